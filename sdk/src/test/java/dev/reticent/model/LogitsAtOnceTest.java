package dev.reticent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.format.Safetensors;
import dev.reticent.weights.CheckpointSource;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Placement;
import dev.reticent.weights.Processor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Losses and gradients of the head where the logits of an example exist a part at a time. */
class LogitsAtOnceTest {

  private static final Path FOLDER = Golden.folder("mistral-tiny");
  private static final ComputeDevice CPU = ComputeDevice.CPU;
  private static final int B = 2;
  private static final int T = 9;
  private static final int K = 7;
  private static final int RANK = 3;

  @Test
  void lossesAndGradientsAreThoseOfAllLogitsTogether() {
    ModelConfig config = ModelConfig.read(FOLDER);
    // Of two examples together, of one, and of at most three positions of one: 3, 3 and 1
    List<List<float[]>> found = new ArrayList<>();
    for (int most : new int[] {B * K, K, 3}) {
      found.add(head(config, most * config.vocabSize()));
    }
    for (int part = 0; part < found.get(0).size(); part++) {
      float[] together = found.get(0).get(part);
      for (List<float[]> other : found.subList(1, found.size())) {
        assertThat(other.get(part)).hasSameSizeAs(together);
        for (int i = 0; i < together.length; i++) {
          assertThat(other.get(part)[i]).isCloseTo(together[i], within(2e-6f));
        }
      }
    }
  }

  @Test
  void thePlanCountsWhatExistsAtOnce() {
    long most = DecoderProgram.LOGITS_AT_ONCE;
    assertThat(LayerMemory.logitsAtOnce(8, 100, 1000, false)).isEqualTo(8 * 100 * 1000);
    assertThat(LayerMemory.logitsAtOnce(8, 1024, 8192, false)).isEqualTo(most);
    assertThat(LayerMemory.logitsAtOnce(1, 1024, 32_000, false)).isEqualTo(512 * 32_000);
    assertThat(LayerMemory.logitsAtOnce(4, 1024, 256_000, false)).isLessThanOrEqualTo(most);
    assertThat(LayerMemory.logitsAtOnce(4, 1024, 32_000, true)).isEqualTo(1024 * 32_000);
  }

  private static List<float[]> head(ModelConfig config, int logitsAtOnce) {
    ProgramCache<?>.Lease program =
        DecoderProgram.lease(config, Processor.own(), DecoderProgram.Cards.THEIR_OWN, logitsAtOnce);
    DecoderOptions options = DecoderOptions.standard();
    Random random = new Random(3);
    List<float[]> found = new ArrayList<>();
    try (Safetensors files = Safetensors.open(FOLDER);
        DecoderGroup group =
            new DecoderGroup(
                config,
                new CheckpointSource(files, Optional.empty(), options, program.program()),
                List.of(CPU),
                options,
                Placement.REPLICATED,
                program);
        AdapterTensors adapter = AdapterTensors.none(config, CPU);
        Scope scope = new Scope()) {
      int d = config.hiddenSize();
      adapter.putHead(
          Tensor.of(CPU, numbers(random, RANK * d), RANK, d),
          Tensor.of(CPU, numbers(random, config.vocabSize() * RANK), config.vocabSize(), RANK),
          Tensor.of(CPU, new float[] {2}, 1));
      Tensor h = scope.own(Tensor.of(CPU, numbers(random, B * T * d), B, T, d));
      LossTargets answers = answers(scope, random, config.vocabSize());
      Decoder decoder = group.decoders().get(0);
      found.add(decoder.losses(scope, h, answers, adapter).toFloats());
      for (boolean perExample : new boolean[] {true, false}) {
        for (boolean weights : new boolean[] {true, false}) {
          HeadGradients head =
              decoder.headBackward(scope, h, answers, adapter, perExample, weights);
          found.add(head.losses().toFloats());
          found.add(head.input().toFloats());
          head.parameters().forEach(part -> found.add(part.toFloats()));
        }
      }
    }
    return found;
  }

  private static float[] numbers(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (0.1 * random.nextGaussian());
    }
    return values;
  }

  /** The second example has an answer less. */
  private static LossTargets answers(Scope scope, Random random, int vocabulary) {
    long[] positions = new long[B * K];
    long[] targets = new long[B * K];
    float[] mask = new float[B * K];
    for (int i = 0; i < B * K; i++) {
      positions[i] = 1L + i % K;
      targets[i] = random.nextInt(vocabulary);
      mask[i] = i == B * K - 1 ? 0 : 1;
    }
    return new LossTargets(
        scope.own(Tensor.of(CPU, positions, B, K)),
        scope.own(Tensor.of(CPU, targets, B, K)),
        scope.own(Tensor.of(CPU, mask, B, K)));
  }
}

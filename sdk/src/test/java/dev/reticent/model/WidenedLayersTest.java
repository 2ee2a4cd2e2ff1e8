package dev.reticent.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.format.Safetensors;
import dev.reticent.weights.CheckpointSource;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Placement;
import dev.reticent.weights.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Training in bf16 on processors that are fast in it and on those that are not, whichever ours is.
 */
class WidenedLayersTest {

  private static final Processor FAST = new Processor(true, Set.of("GenuineIntel", "amx_bf16"));
  private static final Processor SLOW = new Processor(true, Set.of("GenuineIntel", "avx512_bf16"));
  private static final int B = 2;
  private static final int T = 8;

  static List<String> names() {
    return Golden.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void computingInFp32BringsGradientsNearerToThoseOfFp32(String name) {
    float[] exact = gradients(name, ComputeType.FLOAT32, SLOW);
    assertThat(gradients(name, ComputeType.FLOAT32, FAST)).isEqualTo(exact);
    double plain = distance(gradients(name, ComputeType.BFLOAT16, FAST), exact);
    double widened = distance(gradients(name, ComputeType.BFLOAT16, SLOW), exact);
    assertThat(plain).isBetween(1e-4, 0.1);
    assertThat(widened).isBetween(1e-4, plain);
  }

  private static double distance(float[] values, float[] exact) {
    double square = 0;
    double whole = 0;
    for (int i = 0; i < exact.length; i++) {
      square += Math.pow(values[i] - exact[i], 2);
      whole += Math.pow(exact[i], 2);
    }
    return Math.sqrt(square / whole);
  }

  /**
   * Per-example gradients of rank 4 on every projection, from the last layer to the first; the
   * weights are rounded to bf16 whatever is computed in.
   */
  private static float[] gradients(String name, ComputeType compute, Processor processor) {
    DecoderOptions options = DecoderOptions.standard().with(compute);
    ModelConfig config = ModelConfig.read(Golden.folder(name));
    ProgramCache<?>.Lease program = DecoderProgram.lease(config, processor);
    List<float[]> parts = new ArrayList<>();
    try (Safetensors files = Safetensors.open(Golden.folder(name));
        DecoderGroup group =
            new DecoderGroup(
                config,
                new CheckpointSource(
                    files, Optional.empty(), options.with(ComputeType.BFLOAT16), program.program()),
                List.of(ComputeDevice.CPU),
                options,
                Placement.REPLICATED,
                program);
        AdapterTensors adapter = adapter(config);
        Scope scope = new Scope()) {
      Decoder decoder = group.decoders().get(0);
      long[] ids = new Random(1).longs(B * T, 3, config.vocabSize()).toArray();
      RotaryPositions at = decoder.positions(scope, T, new int[] {T, T});
      List<KeptLayer> kept = new ArrayList<>();
      Tensor given = scope.own(Tensor.of(ComputeDevice.CPU, ids, B, T));
      Tensor x = decoder.embed(scope, given);
      LayerExchange exchange = decoder.exchange(scope, given, x);
      for (int layer = 0; layer < config.layers(); layer++) {
        kept.add(decoder.layerKeep(scope, layer, x, at, exchange, adapter));
        x = kept.get(layer).output();
      }
      Tensor dy = decoder.headBackward(scope, x, answers(scope), adapter, true, false).input();
      for (int layer = config.layers() - 1; layer >= 0; layer--) {
        LayerGradients found =
            decoder.layerBackward(
                scope, layer, kept.get(layer), dy, at, exchange, adapter, true, false);
        dy = found.input();
        found.parameters().forEach(part -> parts.add(part.toFloats()));
      }
    }
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  /** Every position but the last predicts token 5. */
  private static LossTargets answers(Scope scope) {
    long[] positions = new long[B * (T - 1)];
    long[] targets = new long[positions.length];
    float[] mask = new float[positions.length];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = i % (T - 1);
      targets[i] = 5;
      mask[i] = 1;
    }
    return new LossTargets(
        scope.own(Tensor.of(ComputeDevice.CPU, positions, B, T - 1)),
        scope.own(Tensor.of(ComputeDevice.CPU, targets, B, T - 1)),
        scope.own(Tensor.of(ComputeDevice.CPU, mask, B, T - 1)));
  }

  private static AdapterTensors adapter(ModelConfig config) {
    AdapterTensors adapter = AdapterTensors.none(config, ComputeDevice.CPU);
    Random random = new Random(2);
    List<Projection> projections = Projection.of(config);
    for (int layer = 0; layer < config.layers(); layer++) {
      for (int p = 0; p < projections.size(); p++) {
        int in = projections.get(p).in(config, layer);
        int out = projections.get(p).out(config, layer);
        adapter.put(
            layer,
            p,
            Tensor.of(ComputeDevice.CPU, noise(random, 4 * in), 4, in),
            Tensor.of(ComputeDevice.CPU, noise(random, out * 4), out, 4),
            Tensor.scalar(ComputeDevice.CPU, 2));
      }
    }
    return adapter;
  }

  private static float[] noise(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (0.05 * random.nextGaussian());
    }
    return values;
  }
}

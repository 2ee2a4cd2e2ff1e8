package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.format.Safetensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.TensorNames;
import dev.reticent.weights.WeightLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of all weights against central differences of the loss along random directions. */
class WeightGradientTest {

  private static final List<TokenizedExample> EXAMPLES =
      List.of(example(12, 4, 1), example(7, 1, 2), example(15, 9, 3));

  private static TokenizedExample example(int length, int firstAnswer, long seed) {
    int[] ids = new Random(seed).ints(length, 3, 80).toArray();
    boolean[] mask = new boolean[length];
    Arrays.fill(mask, firstAnswer, length, true);
    return new TokenizedExample(ids, mask, "row");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mistral-tiny", "llama-tiny-tied", "qwen3", "phi3", "llama-biases"})
  void gradientsAgreeWithDifferences(String name) {
    agree(Golden.folder(name));
  }

  /** One of each building block that not all families have. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gemma2",
        "gemma3",
        "olmo",
        "olmo2",
        "hunyuan_v1_dense",
        "glm4",
        "granite",
        "youtu",
        "cohere",
        "stablelm-parallel",
        "nemotron",
        "phi",
        "gpt2"
      })
  void theyDoInOtherFamilies(String name) {
    agree(Golden.family(name));
  }

  private static void agree(Path folder) {
    try (Decoder decoder = Decoder.load(folder, DecoderOptions.standard());
        Safetensors files = new TensorNames(decoder.config()).open(folder)) {
      float[] weights = new WeightLayout(decoder.config()).read(files);
      try (TrainableWeights trainable = new TrainableWeights(decoder, weights)) {
        double[] summed = sumOfRows(decoder, trainable, false);
        double[] perExample = sumOfRows(decoder, trainable, true);
        double norm = Math.sqrt(Arrays.stream(summed).map(x -> x * x).sum());
        for (int i = 0; i < summed.length; i++) {
          assertThat(perExample[i]).isCloseTo(summed[i], within(1e-5 * norm));
        }
        float[] start = weights.clone();
        double step = 1e-3;
        // Along the gradient itself, mixed with noise, the change is well above fp32's rounding.
        for (int direction = 0; direction < 3; direction++) {
          Random random = new Random(direction);
          double[] v = new double[summed.length];
          for (int i = 0; i < v.length; i++) {
            v[i] = summed[i] / norm + random.nextGaussian() / Math.sqrt(v.length);
          }
          double up = loss(trainable, start, v, step);
          double down = loss(trainable, start, v, -step);
          double expected = 0;
          for (int i = 0; i < v.length; i++) {
            expected += summed[i] * v[i];
          }
          assertThat((up - down) / (2 * step)).isCloseTo(expected, within(1e-2 * expected));
        }
      }
    }
  }

  private static double loss(TrainableWeights trainable, float[] start, double[] v, double step) {
    for (int i = 0; i < start.length; i++) {
      trainable.values()[i] = (float) (start[i] + step * v[i]);
    }
    trainable.upload();
    try (Crew crew = new LocalCrew(trainable, new PhysicalBatch(8, notice -> {}), new Workers(1))) {
      return HeldOutLoss.mean(EXAMPLES, crew) * EXAMPLES.size();
    }
  }

  private static double[] sumOfRows(
      Decoder decoder, TrainableWeights trainable, boolean perExample) {
    double[] sum = new double[trainable.values().length];
    try (Scope scope = new Scope()) {
      MicroBatch batch = MicroBatch.of(scope, EXAMPLES, decoder);
      int at = 0;
      for (Tensor part : trainable.gradients(scope, batch, perExample).tensors()) {
        int columns = Math.toIntExact(part.shape()[1]);
        float[] rows = part.toFloats();
        assertThat(part.shape()[0]).isEqualTo(perExample ? EXAMPLES.size() : 1);
        for (int i = 0; i < rows.length; i++) {
          sum[at + i % columns] += rows[i];
        }
        at += columns;
      }
      assertThat(at).isEqualTo(sum.length);
    }
    return sum;
  }
}

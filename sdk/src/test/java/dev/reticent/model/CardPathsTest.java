package dev.reticent.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.GraphOptimizers;
import dev.reticent.engine.LaunchCounter;
import dev.reticent.engine.Program;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.format.TensorSpec;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Processor;
import dev.reticent.weights.Quantization;
import dev.reticent.weights.RandomSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the script does on cards, done on the host: the same numbers, and few kernels for them. */
class CardPathsTest {

  private static final ComputeDevice CPU = ComputeDevice.CPU;
  private static final Path MODEL = Golden.folder("llama-rope-llama3");
  private static final ModelConfig CONFIG = ModelConfig.read(MODEL);
  private static final int EXAMPLES = 2;
  private static final int LENGTH = 16;
  private static final int LAYER = 1;
  private static final List<Tensor> GIVEN = List.of(); // nothing beside the layer's input

  @TempDir static Path folder;

  @BeforeAll
  static void compileForTheHost() throws IOException {
    HostKernels.install(folder);
    GraphOptimizers.everywhere(true);
  }

  @AfterAll
  static void asProcessorsHaveIt() {
    GraphOptimizers.everywhere(false);
  }

  /** A layer of the model, forward and back; results in order. */
  private record Pass(Scope scope, Decoder decoder, Program program) {

    static Pass of(Scope scope, ComputeType type, DecoderProgram.Cards cards) {
      Decoder decoder =
          Decoder.load(MODEL, DecoderOptions.standard().with(Quantization.NF4).with(type));
      return new Pass(
          scope, decoder, DecoderProgram.lease(CONFIG, Processor.own(), cards).program());
    }

    Tensor wide(String name, long... shape) {
      int rows = 1;
      for (int i = 0; i < shape.length - 1; i++) {
        rows *= (int) shape[i];
      }
      float[] values = RandomSource.values(TensorSpec.of(name, rows, shape[shape.length - 1]));
      return scope.own(Tensor.of(CPU, values, shape));
    }

    /** In the decoder's type. */
    Tensor random(String name, long... shape) {
      Tensor wide = wide(name, shape);
      return decoder.options().compute() == ComputeType.FLOAT32
          ? wide
          : program.call(scope, "bfloat16", wide).get(0);
    }

    List<Tensor> adapter() {
      List<Tensor> tensors = new ArrayList<>();
      for (Projection projection : Projection.of(CONFIG)) {
        Tensor a = wide("a" + projection, 4, projection.in(CONFIG, 0));
        Tensor b = wide("b" + projection, projection.out(CONFIG, 0), 4);
        if (decoder.options().compute() == ComputeType.FLOAT32) {
          tensors.addAll(List.of(a, b, scope.own(Tensor.of(CPU, new float[] {2}, 1))));
        } else {
          // As a card has it: the scale is in B, and [1,1] beside it.
          tensors.addAll(program.call(scope, "bfloat16", a));
          tensors.addAll(program.call(scope, "bfloat16", b));
          tensors.add(scope.own(Tensor.of(CPU, new float[] {2}, 1, 1)));
        }
        while (tensors.size() % LayerLayout.ADAPTER_TENSORS != 0) {
          tensors.add(scope.own(Tensor.absent(CPU)));
        }
      }
      return tensors;
    }

    List<Tensor> weights() {
      return decoder.weights().layer(LAYER, LAYER + 1).tensors();
    }

    RotaryPositions positions() {
      return decoder.positions(scope, LENGTH, new int[] {LENGTH, LENGTH});
    }

    Tensor input() {
      return random("x", EXAMPLES, LENGTH, CONFIG.hiddenSize());
    }

    /** Logits of two rows at two positions, whose blocks are 4, 3 and so on, and 0, 1 and 2. */
    float[] step(int first, int second, Tensor like, List<Tensor> store) {
      int blocks = first / 4 + 1;
      long[] sizes =
          blocks == second / 4 + 1
              ? new long[] {2, blocks}
              : new long[] {1, blocks, 1, second / 4 + 1};
      long[] table = new long[blocks + second / 4 + 1];
      for (int i = 0; i < table.length; i++) {
        table[i] = i < blocks ? 4 - i : i - blocks;
      }
      TurnRows turns = new TurnRows(CONFIG, 2);
      Turns known = Turns.of(CONFIG, LENGTH);
      turns.set(0, known, first, 1);
      turns.set(1, known, second, 1);
      Tensor absent = scope.own(Tensor.absent(CPU));
      List<Tensor> none =
          Collections.nCopies(
              LayerLayout.ADAPTER_TENSORS * CONFIG.layers() * Projection.of(CONFIG).size(), absent);
      List<Tensor> logits =
          program.call(
              scope,
              "step",
              Tensor.of(CPU, new long[] {5 + first, 9 + second}, 2),
              Tensor.of(CPU, new long[] {4L * (4 - first / 4) + first % 4, second}, 2),
              Tensor.of(CPU, new long[] {first, second}, 2),
              new long[] {0, 1},
              sizes,
              Tensor.of(CPU, table, table.length),
              Tensor.of(CPU, new long[2], 2),
              turns.tensors(CPU, 2, 1, 1),
              like,
              decoder.weights().all(),
              none,
              store,
              decoder.weights().head(),
              none.subList(0, LayerLayout.ADAPTER_TENSORS));
      return program.call(scope, "float32", logits.get(0)).get(0).toFloats();
    }

    List<Tensor> forward(Tensor x, List<Tensor> adapter) {
      return program.call(
          scope,
          "layer_keep",
          x,
          positions().turns().get(LAYER),
          positions().masks().get(LAYER),
          GIVEN,
          weights(),
          adapter);
    }

    List<Tensor> backward(Tensor x, List<Tensor> kept, List<Tensor> adapter) {
      return program.call(
          scope,
          "layer_backward",
          x,
          x,
          positions().turns().get(LAYER),
          positions().masks().get(LAYER),
          GIVEN,
          kept.subList(1, kept.size()),
          weights(),
          adapter,
          true,
          false,
          true);
    }
  }

  @Test
  void sharedHeadsAndWholeMatricesGiveTheNumbersOfTheHost() {
    List<List<float[]>> found = new ArrayList<>();
    for (DecoderProgram.Cards cards : DecoderProgram.Cards.values()) {
      try (Scope scope = new Scope()) {
        Pass pass = Pass.of(scope, ComputeType.FLOAT32, cards);
        Tensor x = pass.input();
        List<Tensor> adapter = pass.adapter();
        List<Tensor> kept = pass.forward(x, adapter);
        List<Tensor> results = new ArrayList<>(List.of(kept.get(0)));
        results.addAll(pass.backward(x, kept, adapter));
        found.add(results.stream().map(Tensor::toFloats).toList());
        pass.decoder().close();
      }
    }
    assertThat(found.get(1)).hasSize(2 + 2 * Projection.of(CONFIG).size());
    for (int t = 0; t < found.get(0).size(); t++) {
      float[] expected = found.get(0).get(t);
      assertThat(found.get(1).get(t))
          .usingComparatorWithPrecision((float) (1e-5 * largest(expected)))
          .containsExactly(expected);
    }
  }

  /** A launch costs a card as much as the work of many: these numbers are what it waits for. */
  @Test
  void aLayerLaunchesFewKernels() throws IOException {
    try (Scope scope = new Scope()) {
      Pass pass = Pass.of(scope, ComputeType.BFLOAT16, DecoderProgram.Cards.EVERYWHERE);
      Tensor x = pass.input();
      List<Tensor> adapter = pass.adapter();
      pass.positions();
      List<Tensor> kept = new ArrayList<>();
      Map<String, Integer> forward =
          LaunchCounter.of(folder, () -> kept.addAll(pass.forward(x, adapter)));
      Map<String, Integer> backward =
          LaunchCounter.of(folder, () -> pass.backward(x, kept, adapter));
      assertThat(sum(forward)).as(forward.toString()).isBetween(20, 40);
      assertThat(sum(backward)).as(backward.toString()).isBetween(40, 81);
      float agrees =
          pass.program()
              .call(scope, "kernels_agree", pass.weights(), new LayerLayout(CONFIG).module(0, 0), x)
              .get(0)
              .toFloats()[0];
      assertThat(agrees).isEqualTo(1);
      assertThat(forward).containsEntry("reticent::nf4_unpack", Projection.of(CONFIG).size());
      pass.decoder().close();
    }
  }

  /** Two rows of different lengths, step after step; keys and values are kept in blocks of 4. */
  @Test
  void singleTokensTakeFewKernelsAndAreWhatOperatorsMakeThem() throws IOException {
    List<float[]> found = new ArrayList<>();
    for (DecoderProgram.Cards cards : DecoderProgram.Cards.values()) {
      try (Scope scope = new Scope()) {
        Pass pass = Pass.of(scope, ComputeType.BFLOAT16, cards);
        long[] shape = {5, 4, CONFIG.keyValueSize(0)};
        Tensor like = pass.input();
        List<Tensor> store = new ArrayList<>();
        for (int i = 0; i < 2 * CONFIG.layers(); i++) {
          store.addAll(pass.program().call(scope, "zeros", shape, like));
        }
        for (int first : new int[] {3, 4}) {
          Map<String, Integer> launched =
              LaunchCounter.of(folder, () -> found.add(pass.step(first, 4 + first, like, store)));
          if (cards == DecoderProgram.Cards.EVERYWHERE) {
            assertThat(launched)
                .containsEntry("reticent::attend", CONFIG.layers())
                .doesNotContainKey("aten::scaled_dot_product_attention");
          }
        }
        pass.decoder().close();
      }
    }
    for (int step = 0; step < 2; step++) {
      float[] expected = found.get(step);
      assertThat(found.get(2 + step))
          .usingComparatorWithPrecision((float) (0.02 * largest(expected)))
          .containsExactly(expected);
    }
  }

  private static double largest(float[] values) {
    double size = 0;
    for (float value : values) {
      size = Math.max(size, Math.abs(value));
    }
    return size;
  }

  private static int sum(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}

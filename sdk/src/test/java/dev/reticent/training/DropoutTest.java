package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.architecture.LayerLayout;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterSlot;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.weights.Activations;
import dev.reticent.weights.DecoderOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dropout against PEFT's, with masks worked out independently (make_dropout.py). */
class DropoutTest {

  /** One with all modules of a layer and many rows a micro-batch, one with the head. */
  @ParameterizedTest
  @CsvSource({
    "mistral-tiny, KEEP",
    "mistral-tiny, RECOMPUTE",
    "mistral-adapter-patterns, KEEP",
    "mistral-adapter-patterns, RECOMPUTE"
  })
  void lossesAndGradientsAreThoseOfAutogradForTheSameMasks(String name, Activations activations)
      throws IOException {
    JsonNode golden = golden();
    Dropout dropout =
        new Dropout(
            golden.get("rate").asDouble(), golden.get("seed").asLong(), golden.get("step").asInt());
    List<JsonNode> expected = new ArrayList<>();
    golden.get(name).get("examples").forEach(expected::add);
    List<TokenizedExample> examples = expected.stream().map(DropoutTest::example).toList();
    try (Decoder decoder =
        Decoder.load(Golden.folder(name), DecoderOptions.standard().with(activations))) {
      Adapter adapter = PeftFolder.read(Golden.folder(name).resolve("adapter"), decoder.config());
      try (TrainableAdapter trainable = new TrainableAdapter(decoder, adapter);
          Scope scope = new Scope()) {
        MicroBatch batch =
            MicroBatch.of(scope, examples, decoder).dropping(scope, examples, dropout);
        Trainable.Gradients found = trainable.gradients(scope, batch, true);
        EngineGradients gradients =
            new EngineGradients(decoder.device(), scope, found, examples.size());
        for (int i = 0; i < examples.size(); i++) {
          assertThat(gradients.losses()[i])
              .isCloseTo(expected.get(i).get("loss").asDouble(), within(1e-4));
          double[][] weights = new double[gradients.groups()][examples.size()];
          for (double[] group : weights) {
            group[i] = 0x1p40;
          }
          float[] own = PrivateGradientsTest.fromGrid(gradients.wholeSum(weights));
          JsonNode norms = expected.get(i).get("grad_norms");
          for (AdapterSlot slot : adapter.layout().slots()) {
            agree(own, slot.startA(), slot.startB(), norms, slot.nameA());
            agree(own, slot.startB(), slot.end(), norms, slot.nameB());
          }
        }
      }
    }
  }

  private static void agree(float[] gradient, int from, int to, JsonNode norms, String name) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) gradient[i] * gradient[i];
    }
    double expected = norms.get(name).asDouble();
    assertThat(Math.sqrt(sum)).as(name).isCloseTo(expected, within(1e-3 * expected + 1e-9));
  }

  /** Standard errors of 400 draws here and 4,000 there; four of them are seen once in 16,000. */
  @Test
  void lossesVaryOverStepsAsTheyDoOverDrawsOfTorch() throws IOException {
    JsonNode golden = golden();
    JsonNode draws = golden.get("mistral-tiny").get("draws");
    TokenizedExample one = example(golden.get("mistral-tiny").get("examples").get(0));
    double mean = 0;
    double squares = 0;
    int steps = 400;
    try (Decoder decoder = Decoder.load(Golden.folder("mistral-tiny"), DecoderOptions.standard())) {
      Adapter adapter =
          PeftFolder.read(Golden.folder("mistral-tiny").resolve("adapter"), decoder.config());
      try (TrainableAdapter trainable = new TrainableAdapter(decoder, adapter)) {
        for (int step = 0; step < steps; step++) {
          try (Scope scope = new Scope()) {
            Dropout dropout = new Dropout(golden.get("rate").asDouble(), 1, step);
            List<TokenizedExample> rows = List.of(one);
            MicroBatch batch = MicroBatch.of(scope, rows, decoder).dropping(scope, rows, dropout);
            LayerwisePass pass =
                new LayerwisePass(decoder, batch.with(trainable.adapter(decoder)), false);
            double loss = pass.losses(batch)[0];
            mean += loss / steps;
            squares += loss * loss / steps;
          }
        }
      }
    }
    double deviation = draws.get("deviation").asDouble();
    double error = deviation * Math.sqrt(1.0 / steps + 1.0 / draws.get("count").asInt());
    assertThat(mean).isCloseTo(draws.get("mean").asDouble(), within(4 * error));
    assertThat(Math.sqrt(squares - mean * mean) / deviation).isCloseTo(1, within(0.2));
  }

  @Test
  void shareThatIsLeftOutIsTheRateAndEachModuleRowAndPositionHasItsOwn() {
    int width = 30; // no multiple of the four elements of a draw
    int positions = 400;
    try (Decoder decoder = Decoder.load(Golden.folder("mistral-tiny"), DecoderOptions.standard());
        Scope scope = new Scope()) {
      float[] ones = new float[3 * positions * width];
      Arrays.fill(ones, 1);
      Tensor x = scope.own(Tensor.of(decoder.device(), ones, 3, positions, width));
      TokenizedExample row = new TokenizedExample(new int[] {1, 2}, new boolean[2], "");
      TokenizedExample other = new TokenizedExample(new int[] {2, 1}, new boolean[2], "");
      Dropout dropout = new Dropout(0.25, 1, 0);
      Tensor numbers = dropout.tensors(scope, List.of(row, other, row), 3, decoder).get(0);
      Set<List<Float>> seen = new HashSet<>();
      for (int module = 0; module < 7; module++) {
        float[] left = dropped(decoder, scope, x, numbers, module);
        int gone = 0;
        int each = positions * width;
        for (int i = 0; i < 2 * each; i++) {
          gone += left[i] == 0 ? 1 : 0;
          if (left[i] != 0 && left[i] != (float) (1 / 0.75)) {
            throw new AssertionError("an element is " + left[i]);
          }
        }
        double error = Math.sqrt(0.25 * 0.75 / (2 * each));
        assertThat(gone / (2.0 * each)).isCloseTo(0.25, within(4 * error));
        assertThat(Arrays.copyOf(left, each))
            .as("equal rows")
            .isEqualTo(part(left, 2 * each, each));
        for (int i = 0; i < 2 * positions; i++) {
          Float[] boxed = new Float[width];
          Arrays.setAll(boxed, new Boxes(left, i * width));
          seen.add(List.of(boxed));
        }
      }
      // Two draws of 30 are equal once in 1.3 million pairs: a dozen of these 16 million are.
      assertThat(seen).as("draws of all modules, rows and positions").hasSizeGreaterThan(5500);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // a view, never compared
  private record Boxes(float[] values, int start) implements java.util.function.IntFunction<Float> {
    @Override
    public Float apply(int i) {
      return values[start + i];
    }
  }

  private static float[] part(float[] values, int from, int length) {
    return Arrays.copyOfRange(values, from, from + length);
  }

  private static float[] dropped(
      Decoder decoder, Scope scope, Tensor x, Tensor numbers, int module) {
    int place = module * LayerLayout.ADAPTER_TENSORS;
    return decoder.program().call(scope, "dropped", x, numbers, place).get(0).toFloats();
  }

  private static TokenizedExample example(JsonNode node) {
    int n = node.get("input_ids").size();
    int[] ids = new int[n];
    boolean[] mask = new boolean[n];
    for (int i = 0; i < n; i++) {
      ids[i] = node.get("input_ids").get(i).asInt();
      mask[i] = node.get("loss_mask").get(i).asInt() == 1;
    }
    return new TokenizedExample(ids, mask, "row");
  }

  private static JsonNode golden() throws IOException {
    return new ObjectMapper().readTree(Golden.folder("dropout.json").toFile());
  }
}

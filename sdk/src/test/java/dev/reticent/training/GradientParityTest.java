package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterSlot;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.weights.Activations;
import dev.reticent.weights.DecoderOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses and per-example LoRA gradients against PEFT's, one example at a time (make_golden.py). */
class GradientParityTest {

  static List<String> names() {
    return Golden.names();
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

  @ParameterizedTest
  @MethodSource("names")
  void lossesAndGradientNormsAgreeInAnyMicroBatch(String name) throws IOException {
    agree(name, Activations.KEEP);
  }

  @ParameterizedTest
  @MethodSource("names")
  void theyDoWhenLayersAreRunAgain(String name) throws IOException {
    agree(name, Activations.RECOMPUTE);
  }

  private static void agree(String name, Activations activations) throws IOException {
    JsonNode golden =
        new ObjectMapper().readTree(Golden.folder(name).resolve("golden.json").toFile());
    JsonNode examples = golden.get("lora").get("examples");
    List<TokenizedExample> tokenized = new ArrayList<>();
    examples.forEach(node -> tokenized.add(example(node)));
    try (Decoder decoder =
        Decoder.load(Golden.folder(name), DecoderOptions.standard().with(activations))) {
      Adapter adapter = PeftFolder.read(Golden.folder(name).resolve("adapter"), decoder.config());
      try (TrainableAdapter trainable = new TrainableAdapter(decoder, adapter)) {
        check(decoder, trainable, adapter, tokenized, examples);
        for (int i = 0; i < tokenized.size(); i++) {
          List<JsonNode> one = List.of(examples.get(i));
          check(decoder, trainable, adapter, tokenized.subList(i, i + 1), one);
        }
        float[] logits = decoder.logits(ids(golden.get("input_ids").get(0)), trainable.adapter());
        JsonNode last = golden.get("lora").get("logits_last_first_prompt");
        int v = decoder.config().vocabSize();
        for (int i = 0; i < v; i++) {
          assertThat((double) logits[logits.length - v + i])
              .isCloseTo(last.get(i).asDouble(), within(2e-4));
        }
      }
    }
  }

  private static int[] ids(JsonNode node) {
    int[] ids = new int[node.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = node.get(i).asInt();
    }
    return ids;
  }

  private static void check(
      Decoder decoder,
      TrainableAdapter trainable,
      Adapter adapter,
      List<TokenizedExample> examples,
      Iterable<JsonNode> expected) {
    try (Scope scope = new Scope()) {
      MicroBatch batch = MicroBatch.of(scope, examples, decoder);
      Trainable.Gradients found = trainable.gradients(scope, batch, true);
      EngineGradients gradients =
          new EngineGradients(decoder.device(), scope, found, examples.size());
      assertThat(gradients.dimension()).isEqualTo(adapter.layout().size());
      int i = 0;
      for (JsonNode node : expected) {
        assertThat(gradients.losses()[i]).isCloseTo(node.get("loss").asDouble(), within(1e-4));
        double[][] weights = new double[gradients.groups()][examples.size()];
        for (double[] group : weights) {
          group[i] = 0x1p40;
        }
        float[] own = PrivateGradientsTest.fromGrid(gradients.wholeSum(weights));
        for (AdapterSlot slot : adapter.layout().slots()) {
          compare(own, slot.startA(), slot.startB(), node, slot.nameA());
          compare(own, slot.startB(), slot.end(), node, slot.nameB());
        }
        i++;
      }
    }
  }

  private static void compare(float[] gradient, int from, int to, JsonNode node, String name) {
    JsonNode norms = node.get("grad_norms");
    String key =
        norms.has(name)
            ? name
            : norms.has("base_model.model." + name)
                ? "base_model.model." + name
                : name.replace(".weight", ".default.weight");
    if (!norms.has(key)) {
      key = "base_model.model." + key;
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) gradient[i] * gradient[i];
    }
    assertThat(norms.has(key)).as("oracle for %s in %s", name, norms.fieldNames().next()).isTrue();
    double expected = norms.get(key).asDouble();
    assertThat(Math.sqrt(sum)).as(name).isCloseTo(expected, within(1e-3 * expected + 1e-9));
  }
}

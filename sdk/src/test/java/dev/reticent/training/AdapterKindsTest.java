package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.data.TokenizedExample;
import dev.reticent.decoding.AdapterRoom;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.decoding.SessionOptions;
import dev.reticent.engine.Scope;
import dev.reticent.format.Dtype;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.AdapterSlot;
import dev.reticent.lora.LoraSpec;
import dev.reticent.lora.MergedModel;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.weights.DecoderOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Adapters with more than A and B, against the logits of PEFT that wrote them (make_adapters.py).
 */
class AdapterKindsTest {

  private static final double NEAR = 2e-4;

  @TempDir Path folder;

  private static Path adapter(String name) {
    return Golden.folder("").resolveSibling("adapters").resolve(name);
  }

  private static JsonNode expected(String name) throws IOException {
    return new ObjectMapper().readTree(adapter(name).resolve("expected.json").toFile());
  }

  private static Path base(String name) throws IOException {
    return Golden.folder(expected(name).get("base").asText());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dora",
        "dora-head",
        "biases",
        "biases-lora-only",
        "saved",
        "saved-tied",
        "saved-projection"
      })
  void logitsAreThoseOfPeftAsAnAdapterInCompanyAndMerged(String name) throws IOException {
    JsonNode expected = expected(name);
    try (Decoder decoder = Decoder.load(base(name), DecoderOptions.standard())) {
      Adapter read = PeftFolder.read(adapter(name), decoder.config());
      Adapter plain =
          Adapter.initial(
              AdapterLayout.of(decoder.config(), LoraSpec.of(2, 4, List.of("q_proj"))), 1);
      Arrays.fill(plain.values(), 0.05f);
      try (AdapterTensors tensors = read.on(decoder);
          AdapterTensors other = plain.on(decoder)) {
        for (int i = 0; i < expected.get("input_ids").size(); i++) {
          int[] ids = ids(expected.get("input_ids").get(i));
          agree(decoder.logits(ids, tensors), expected.get("logits_last").get(i), "alone");
        }
        inCompany(decoder, read, plain, other, expected);
      }
      Path merged = Files.createDirectories(folder.resolve("merged"));
      new MergedModel(base(name), Optional.of(read), Dtype.F32)
          .write(merged, Long.MAX_VALUE, (done, total) -> {});
    }
    try (Decoder merged = Decoder.load(folder.resolve("merged"), DecoderOptions.standard());
        AdapterTensors none = AdapterTensors.none(merged.config(), merged.device())) {
      int[] ids = ids(expected.get("input_ids").get(0));
      agree(merged.logits(ids, none), expected.get("logits_last").get(0), "merged");
    }
  }

  /** Beside the model as it is and another adapter, whose bits are those they have without it. */
  private static void inCompany(
      Decoder decoder, Adapter read, Adapter plain, AdapterTensors other, JsonNode expected) {
    int[] ids = ids(expected.get("input_ids").get(0));
    int[] start = Arrays.copyOf(ids, ids.length - 1);
    int[] last = {ids[ids.length - 1]};
    Map<AdapterId, AdapterTensors> both = new LinkedHashMap<>();
    both.put(plain.id(), other);
    float[][] without = new float[2][];
    SessionOptions options = SessionOptions.of(3, 128);
    int rank = Math.max(decoder.config().hiddenSize(), 8);
    try (DecodingSession session =
        DecodingSession.on(decoder, both, options, new AdapterRoom(1, rank))) {
      without[0] = step(session, AdapterId.NONE, start, last);
      without[1] = step(session, plain.id(), start, last);
      AdapterTensors own = read.on(decoder);
      session.loading(read.id(), own).run();
      float[] found = step(session, read.id(), start, last);
      agree(found, expected.get("logits_last").get(0), "in a session");
      assertThat(step(session, AdapterId.NONE, start, last)).isEqualTo(without[0]);
      assertThat(step(session, plain.id(), start, last)).isEqualTo(without[1]);
    }
  }

  private static float[] step(DecodingSession session, AdapterId id, int[] start, int[] last) {
    int row = session.open(id, start, start.length + 1);
    session.extend(row, Arrays.copyOfRange(start, session.length(row), start.length));
    float[] logits = session.step(new int[] {row}, last)[0];
    session.release(row);
    return logits;
  }

  private static void agree(float[] logits, JsonNode last, String how) {
    int v = last.size();
    for (int i = 0; i < v; i++) {
      assertThat((double) logits[logits.length - v + i])
          .as(how)
          .isCloseTo(last.get(i).asDouble(), within(NEAR));
    }
  }

  /** As autograd has them, the norm being taken as given. */
  @ParameterizedTest
  @ValueSource(strings = {"dora", "dora-head"})
  void gradientsOfDoraAreThoseOfPeftForEachExample(String name) throws IOException {
    JsonNode example = expected(name).get("example");
    try (Decoder decoder = Decoder.load(base(name), DecoderOptions.standard())) {
      Adapter adapter = PeftFolder.read(adapter(name), decoder.config());
      boolean[] mask = new boolean[example.get("loss_mask").size()];
      for (int i = 0; i < mask.length; i++) {
        mask[i] = example.get("loss_mask").get(i).asInt() == 1;
      }
      int[] ids = ids(example.get("input_ids"));
      TokenizedExample one = new TokenizedExample(ids, mask, "row");
      TokenizedExample two =
          new TokenizedExample(new int[] {5, 6, 7}, new boolean[] {false, true, true}, "other");
      try (TrainableAdapter trainable = new TrainableAdapter(decoder, adapter);
          Scope scope = new Scope()) {
        MicroBatch batch = MicroBatch.of(scope, List.of(two, one), decoder);
        Trainable.Gradients found = trainable.gradients(scope, batch, true);
        EngineGradients gradients = new EngineGradients(decoder.device(), scope, found, 2);
        assertThat(gradients.losses()[1]).isCloseTo(example.get("loss").asDouble(), within(1e-4));
        double[][] weights = new double[gradients.groups()][2];
        for (double[] group : weights) {
          group[1] = 0x1p40;
        }
        float[] own = PrivateGradientsTest.fromGrid(gradients.wholeSum(weights));
        assertThat(own).hasSize(adapter.layout().size());
        JsonNode norms = example.get("grad_norms");
        for (AdapterSlot slot : adapter.layout().slots()) {
          near(own, slot.startA(), slot.startB(), norms, slot.nameA());
          near(own, slot.startB(), slot.startM(), norms, slot.nameB());
          near(own, slot.startM(), slot.end(), norms, slot.nameM());
        }
      }
    }
  }

  private static void near(float[] gradient, int from, int to, JsonNode norms, String name) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) gradient[i] * gradient[i];
    }
    JsonNode found = norms.has(name) ? norms.get(name) : norms.get(name + ".weight");
    double expected = found.asDouble();
    assertThat(Math.sqrt(sum)).as(name).isCloseTo(expected, within(1e-3 * expected + 1e-9));
  }

  @Test
  void aFreshDoraAdapterChangesNothing() {
    try (Decoder decoder = Decoder.load(Golden.folder("mistral-tiny"), DecoderOptions.standard())) {
      LoraSpec spec = LoraSpec.of(2, 4, List.of("q_proj", "down_proj")).withDora(true);
      Adapter fresh = Adapter.initial(AdapterLayout.of(decoder.config(), spec), 1, decoder);
      int[] ids = {3, 4, 5, 6};
      try (AdapterTensors tensors = fresh.on(decoder);
          AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device())) {
        float[] with = decoder.logits(ids, tensors);
        float[] without = decoder.logits(ids, none);
        List<Double> apart = new ArrayList<>();
        for (int i = 0; i < with.length; i++) {
          apart.add(Math.abs((double) with[i] - without[i]));
        }
        assertThat(apart).allMatch(difference -> difference < 1e-5);
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
}

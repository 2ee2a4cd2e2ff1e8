package dev.reticent.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.weights.DecoderOptions;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The decoder against outputs of transformers on the same tiny checkpoints (make_golden.py). */
class DecoderParityTest {

  static List<String> names() {
    return Golden.names();
  }

  private static JsonNode golden(String name) throws IOException {
    return new ObjectMapper().readTree(Golden.folder(name).resolve("golden.json").toFile());
  }

  static int[] ids(JsonNode node) {
    int[] ids = new int[node.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = node.get(i).asInt();
    }
    return ids;
  }

  private static double logProbability(float[] logits, int from, int size, int id) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      max = Math.max(max, logits[from + i]);
    }
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += Math.exp(logits[from + i] - max);
    }
    return logits[from + id] - max - Math.log(sum);
  }

  @ParameterizedTest
  @MethodSource("names")
  void logitsAndLogProbabilitiesAgree(String name) throws IOException {
    JsonNode golden = golden(name);
    try (Decoder decoder = Decoder.load(Golden.folder(name), DecoderOptions.standard());
        AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device())) {
      int v = decoder.config().vocabSize();
      for (int p = 0; p < golden.get("input_ids").size(); p++) {
        int[] ids = ids(golden.get("input_ids").get(p));
        float[] logits = decoder.logits(ids, none);
        JsonNode last = golden.get("logits_last").get(p);
        for (int i = 0; i < v; i++) {
          assertThat((double) logits[(ids.length - 1) * v + i])
              .isCloseTo(last.get(i).asDouble(), org.assertj.core.data.Offset.offset(2e-4));
        }
        JsonNode expected = golden.get("logprobs").get(p);
        for (int t = 0; t + 1 < ids.length; t++) {
          assertThat(logProbability(logits, t * v, v, ids[t + 1]))
              .isCloseTo(expected.get(t).asDouble(), org.assertj.core.data.Offset.offset(2e-4));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void greedyTokensAreTheSameInAnyCompany(String name) throws IOException {
    JsonNode golden = golden(name);
    try (Decoder decoder = Decoder.load(Golden.folder(name), DecoderOptions.standard());
        AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device());
        DecodingSession session = DecodingSession.on(decoder, none, 4, 160)) {
      int n = golden.get("input_ids").size();
      int[] rows = new int[n];
      int[] next = new int[n];
      int[][] produced = new int[n][48];
      session.open(AdapterId.NONE, new int[0], 160); // a stranger's row in front
      for (int p = 0; p < n; p++) {
        int[] prompt = ids(golden.get("input_ids").get(p));
        rows[p] = session.open(AdapterId.NONE, prompt, prompt.length + 48);
        int half = prompt.length / 2;
        session.extend(rows[p], java.util.Arrays.copyOfRange(prompt, 0, half));
        next[p] =
            argmax(
                session.extend(rows[p], java.util.Arrays.copyOfRange(prompt, half, prompt.length)));
      }
      for (int t = 0; t < 48; t++) {
        for (int p = 0; p < n; p++) {
          produced[p][t] = next[p];
        }
        float[][] logits = session.step(rows, next);
        for (int p = 0; p < n; p++) {
          next[p] = argmax(logits[p]);
        }
      }
      for (int p = 0; p < n; p++) {
        assertThat(produced[p]).as("prompt " + p).isEqualTo(ids(golden.get("greedy").get(p)));
      }
    }
  }

  static int argmax(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }
}

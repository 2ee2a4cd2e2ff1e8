package dev.reticent.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.decoding.SessionOptions;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Quantization;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Continues a batch of prompts greedily for each line on standard input: the Java side of {@code
 * benchmark.py decode}, which lets it and Python take turns.
 */
public final class DecodeBenchmark {

  private DecodeBenchmark() {}

  public static void main(String[] args) throws IOException {
    JsonNode spec = new ObjectMapper().readTree(args[0]);
    DecoderOptions options =
        DecoderOptions.standard()
            .with(ComputeDevice.parse(spec.path("device").asText("cpu")))
            .with(ComputeType.valueOf(spec.get("compute").asText()))
            .with(Quantization.valueOf(spec.path("quantization").asText("NONE")));
    JsonNode prompts = spec.get("prompts");
    int more = spec.get("new_tokens").asInt();
    int length = prompts.get(0).size();
    SessionOptions size = SessionOptions.of(prompts.size(), length + more);
    try (Decoder decoder = Decoder.load(Path.of(spec.get("folder").asText()), options);
        AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device());
        DecodingSession session =
            DecodingSession.on(
                decoder,
                Map.of(AdapterId.NONE, none),
                new SessionOptions(
                    size.rows(),
                    size.maxTokens(),
                    size.cacheTokens(),
                    size.blockTokens(),
                    false))) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      System.out.println("ready");
      while (in.readLine() != null) {
        long start = System.nanoTime();
        round(session, new ObjectMapper().convertValue(prompts, int[][].class), more);
        System.out.printf(Locale.ROOT, "%.6f%n", (System.nanoTime() - start) * 1e-9);
      }
    }
  }

  /** Continues each prompt by so many tokens. */
  public static void round(DecodingSession session, int[][] prompts, int more) {
    int[] rows = new int[prompts.length];
    int[] next = new int[prompts.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = session.open(AdapterId.NONE, prompts[i], prompts[i].length + more);
      next[i] = argmax(session.extend(rows[i], prompts[i]));
    }
    for (int t = 1; t < more; t++) {
      float[][] logits = session.step(rows, next);
      next = IntStream.range(0, rows.length).map(i -> argmax(logits[i])).toArray();
    }
    IntStream.of(rows).forEach(session::release);
  }

  private static int argmax(float[] logits) {
    return DecoderParityTest.argmax(logits);
  }
}

package dev.reticent.sampling;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Models made of a function, texts of bytes, and requests for them. */
final class Scripts {

  static final int END = 256;
  static final int V = 257;

  /** Bytes as tokens; text is given out when its characters are whole. */
  static final class ByteDecoder implements TextDecoder {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public String next(int id) {
      bytes.write(id);
      String text = bytes.toString(StandardCharsets.UTF_8);
      return text.endsWith("\uFFFD") ? "" : finish();
    }

    @Override
    public String finish() {
      String text = bytes.toString(StandardCharsets.UTF_8);
      bytes.reset();
      return text;
    }
  }

  static Generator generator(ScriptedSession session) {
    return new Generator(session, ByteDecoder::new, Set.of(END));
  }

  /** Logits that any change to the tokens of a row changes everywhere. */
  static float[] hashed(List<Integer> tokens) {
    SplittableRandom random = new SplittableRandom(tokens.hashCode());
    float[] logits = new float[V];
    for (int i = 0; i < V; i++) {
      logits[i] = (float) (4 * random.nextDouble() - (i == END ? 1 : 0));
    }
    return logits;
  }

  /** A model that says a text, then ends, after a prompt of one token. */
  static Function<List<Integer>, float[]> saying(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return tokens -> {
      float[] logits = new float[V];
      int at = tokens.size() - 1;
      logits[at < bytes.length ? bytes[at] & 0xff : END] = 10;
      return logits;
    };
  }

  static GenerationRequest request(int index) {
    int[] prompt = new SplittableRandom(index).ints(1 + index % 7, 0, END).toArray();
    SamplingParameters parameters =
        switch (index % 3) {
          case 0 -> SamplingParameters.greedy();
          case 1 -> SamplingParameters.sampled().withTopP(0.9).withPenalties(1.1, 0.2, 0.1);
          default -> SamplingParameters.sampled().withTopK(20).withMinP(0.05);
        };
    return GenerationRequest.of(prompt, parameters, StopConditions.after(5 + index % 11))
        .withSeed(42, index)
        .withTopLogprobs(index % 4);
  }

  static List<GenerationRequest> requests(int n) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      requests.add(request(i));
    }
    return requests;
  }

  private Scripts() {}
}

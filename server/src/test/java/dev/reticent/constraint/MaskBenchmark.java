package dev.reticent.constraint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.reticent.sampling.TokenConstraint;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What a token costs under a constraint, with a made-up vocabulary of 32 000 tokens.
 *
 * <p>{@code mvn -q -pl sdk -am test-compile}, then {@code java -cp <test class path>
 * dev.reticent.constraint.MaskBenchmark}.
 */
final class MaskBenchmark {
  private static final int ANSWERS = 60;
  private static final int TOKENS = 200;

  private MaskBenchmark() {}

  public static void main(String[] args) throws JsonProcessingException {
    List<byte[]> tokens = Vocabularies.tokens(32_000, 1);
    long start = System.nanoTime();
    JsonVocabulary vocabulary = Vocabularies.of(tokens);
    System.out.printf("vocabulary of %d tokens: %.1f ms%n", tokens.size(), since(start));
    Map<String, String> schemas = new LinkedHashMap<>();
    schemas.put("any object", "{'type':'object'}");
    schemas.put(
        "record",
        "{'type':'object','additionalProperties':false,'required':['name','age','tags'],"
            + "'properties':{'name':{'type':'string'},'age':{'type':'integer','minimum':0,"
            + "'maximum':120},'tags':{'type':'array','items':{'type':'string','maxLength':12}},"
            + "'mood':{'enum':['good','bad','neither']}}}");
    schemas.put(
        "pattern", "{'type':'array','minItems':9,'items':{'pattern':'^[A-Z][a-z]{2,9} \\\\d+$'}}");
    for (var schema : schemas.entrySet()) {
      JsonNode json = JsonMapper.builder().build().readTree(schema.getValue().replace('\'', '"'));
      measure(schema.getKey(), json, vocabulary, tokens);
    }
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  private static void measure(
      String name, JsonNode schema, JsonVocabulary vocabulary, List<byte[]> tokens) {
    long start = System.nanoTime();
    JsonFormat format = JsonFormat.schema(schema, vocabulary);
    double compiled = since(start);
    TokenConstraint.Factory factory = format.within(TOKENS);
    SplittableRandom random = new SplittableRandom(1);
    double[] times = new double[ANSWERS * TOKENS];
    int n = 0;
    for (int answer = 0; answer < ANSWERS; answer++) {
      TokenConstraint constraint = factory.create();
      for (int i = 0; i < TOKENS; i++) {
        long before = System.nanoTime();
        BitSet allowed = constraint.allowed();
        times[n] = since(before);
        int[] ids = allowed.stream().toArray();
        int id = likely(ids, tokens, random);
        before = System.nanoTime();
        constraint.accept(id);
        times[n++] += since(before);
        if (id == Vocabularies.END) {
          break;
        }
      }
    }
    double[] sorted = Arrays.copyOf(times, n);
    Arrays.sort(sorted);
    System.out.printf(
        "%-10s compiled %6.1f ms; %5d tokens: mean %.3f ms, median %.4f, 99 %% %.2f, most %.1f%n",
        name,
        compiled,
        n,
        Arrays.stream(sorted).average().orElse(0),
        sorted[n / 2],
        sorted[n * 99 / 100],
        sorted[n - 1]);
  }

  /** One that is at most 6 bytes long: strings of long tokens alone say little. */
  private static int likely(int[] ids, List<byte[]> tokens, SplittableRandom random) {
    int id = ids[random.nextInt(ids.length)];
    for (int i = 0; i < 20 && tokens.get(id).length > 6; i++) {
      id = ids[random.nextInt(ids.length)];
    }
    return id;
  }
}

package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.UserInputException;
import dev.reticent.sampling.TokenConstraint;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * What a token costs under MaskBench's schemas, with a made-up vocabulary of 131,000 tokens: two
 * answers of up to 60 tokens for each schema, drawn from what each mask leaves; and what compiling
 * takes of a processor, which hardly depends on what else the machine does. {@code
 * mask_times_llguidance.py} does the same with llguidance; with a file's name as the last argument
 * the vocabulary is written for it.
 *
 * <pre>
 * java -cp $CP dev.reticent.constraint.MaskTimes jsonschemabench/maskbench/data EVERY FIRST [VOCABULARY]
 * </pre>
 */
final class MaskTimes {
  private static final int VOCABULARY = 131_000;
  private static final int ANSWERS = 2;
  private static final int TOKENS = 60;

  private final List<byte[]> tokens = Vocabularies.tokens(VOCABULARY, 1);
  private final JsonVocabulary vocabulary = Vocabularies.of(tokens);
  private final ThreadMXBean processor = ManagementFactory.getThreadMXBean();
  private final List<Double> compiled = new ArrayList<>();
  private final List<Double> worked = new ArrayList<>();
  private final List<Double> first = new ArrayList<>();
  private final List<Double> all = new ArrayList<>();

  private MaskTimes() {}

  public static void main(String[] args) throws IOException {
    MaskTimes times = new MaskTimes();
    if (args.length > 3) {
      Files.write(Path.of(args[3]), times.tokens.stream().map(HexFormat.of()::formatHex).toList());
    }
    List<Path> files;
    try (Stream<Path> every = Files.list(Path.of(args[0]))) {
      files = every.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    for (int i = Integer.parseInt(args[2]); i < files.size(); i += Integer.parseInt(args[1])) {
      times.measure(Judge.JSON.readTree(files.get(i).toFile()).get("schema"));
    }
    say("compiled", times.compiled);
    say("processor", times.worked);
    say("first mask", times.first);
    say("every mask", times.all);
  }

  private void measure(JsonNode schema) {
    long start = System.nanoTime();
    long work = processor.getCurrentThreadCpuTime();
    JsonFormat format;
    try {
      format = JsonFormat.schema(schema, vocabulary);
    } catch (UserInputException e) {
      return;
    }
    worked.add((processor.getCurrentThreadCpuTime() - work) * 1e-3);
    compiled.add(micros(start));
    SplittableRandom random = new SplittableRandom(1);
    try {
      for (int answer = 0; answer < ANSWERS; answer++) {
        answer(format.within(4096).create(), random, answer == 0);
      }
    } catch (UserInputException | IllegalStateException e) {
      System.out.println("stopped: " + e.getMessage());
    }
  }

  private void answer(TokenConstraint constraint, SplittableRandom random, boolean firstOfAll) {
    for (int i = 0; i < TOKENS; i++) {
      long before = System.nanoTime();
      BitSet allowed = constraint.allowed();
      double spent = micros(before);
      int id = drawn(allowed, random);
      before = System.nanoTime();
      constraint.accept(id);
      spent += micros(before);
      all.add(spent);
      if (i == 0 && firstOfAll) {
        first.add(spent);
      }
      if (id == Vocabularies.END) {
        return;
      }
    }
  }

  /** One that is at most 6 bytes long, if there is one among twenty. */
  private int drawn(BitSet allowed, SplittableRandom random) {
    int[] ids = allowed.stream().toArray();
    int id = ids[random.nextInt(ids.length)];
    for (int i = 0; i < 20 && tokens.get(id).length > 6; i++) {
      id = ids[random.nextInt(ids.length)];
    }
    return id;
  }

  private static double micros(long start) {
    return (System.nanoTime() - start) * 1e-3;
  }

  private static void say(String what, List<Double> micros) {
    Collections.sort(micros);
    int n = micros.size();
    System.out.printf(
        Locale.ROOT,
        "%-10s of %6d, us: mean %.0f, p50 %.0f, p95 %.0f, p99 %.0f, most %.0f%n",
        what,
        n,
        micros.stream().mapToDouble(Double::doubleValue).average().orElse(0),
        micros.get(n / 2),
        micros.get(n * 95 / 100),
        micros.get(n * 99 / 100),
        micros.get(n - 1));
  }
}

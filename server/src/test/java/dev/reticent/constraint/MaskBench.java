package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How MaskBench's schemas fare: how many are compiled, which of their invalid instances are let
 * through and which of their valid ones are not. Each is held against its schema byte by byte, its
 * members in any order that is let through.
 *
 * <pre>
 * git clone https://github.com/guidance-ai/jsonschemabench
 * java -cp $CP dev.reticent.constraint.MaskBench jsonschemabench/maskbench/data 10
 * </pre>
 *
 * <p>The second argument takes every tenth schema, from the one on that the third names (0). What
 * is not as it should be is listed.
 */
final class MaskBench {
  private int schemas;
  private int compiled;
  private int valid;
  private int rejected;
  private int invalid;
  private int accepted;
  private final Map<String, Integer> refusals = new TreeMap<>();

  private MaskBench() {}

  public static void main(String[] args) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(Path.of(args[0]))) {
      files = all.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    int every = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    int first = args.length > 2 ? Integer.parseInt(args[2]) : 0;
    MaskBench bench = new MaskBench();
    for (int i = first; i < files.size(); i += every) {
      bench.one(files.get(i));
    }
    bench.print();
  }

  private void one(Path file) throws IOException {
    JsonNode bench = Judge.JSON.readTree(file.toFile());
    JsonNode schema = bench.get("schema");
    schemas++;
    Grammar grammar;
    try {
      grammar =
          new Grammar(
              SchemaCompiler.compile(schema, false, SchemaRules.STANDARD),
              Texts.VOCABULARY.tokens());
    } catch (UserInputException e) {
      refusals.merge(
          String.valueOf(e.getMessage()).replaceAll("#[^ :]*|\"[^\"]*\"|'[^']*'|\\d+", "_"),
          1,
          Integer::sum);
      return;
    }
    compiled++;
    for (JsonNode test : bench.get("tests")) {
      boolean good = test.get("valid").asBoolean();
      boolean admitted = admits(grammar, test.get("data"));
      if (good) {
        valid++;
        rejected += admitted ? 0 : 1;
      } else {
        invalid++;
        accepted += admitted ? 1 : 0;
      }
      if (good != admitted) {
        System.out.println((good ? "rejected " : "ACCEPTED ") + file.getFileName() + " " + test);
      }
    }
  }

  /** Whether a value can be written, its members in some order. */
  private static boolean admits(Grammar grammar, JsonNode value) {
    return new OrderedText(grammar).after(grammar.start(), value).complete();
  }

  private void print() {
    System.out.printf(
        "%d schemas, %d compiled (%.1f %%)%n", schemas, compiled, 100.0 * compiled / schemas);
    System.out.printf("%d of %d invalid instances accepted%n", accepted, invalid);
    System.out.printf(
        "%d of %d valid instances rejected (%.2f %%)%n",
        rejected, valid, 100.0 * rejected / Math.max(1, valid));
    refusals.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(15)
        .forEach(refusal -> System.out.println(refusal.getValue() + " " + refusal.getKey()));
  }
}

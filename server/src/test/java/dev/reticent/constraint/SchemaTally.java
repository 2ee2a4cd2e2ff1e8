package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.UserInputException;
import java.util.Map;
import java.util.TreeMap;

/**
 * How schemas with instances fare: how many are compiled, which invalid instances are let through
 * and which valid ones are not, an instance being written byte by byte with its members in any
 * order that is let through. What is not as it should be is listed.
 */
final class SchemaTally {
  private final SchemaRules rules;
  private int schemas;
  private int compiled;
  private int valid;
  private int rejected;
  private int invalid;
  private int accepted;
  private final Map<String, Integer> refusals = new TreeMap<>();

  SchemaTally(SchemaRules rules) {
    this.rules = rules;
  }

  /**
   * @param tests instances with whether they are valid
   */
  void add(String name, JsonNode schema, JsonNode tests) {
    schemas++;
    Grammar grammar;
    try {
      grammar =
          new Grammar(SchemaCompiler.compile(schema, false, rules), Texts.VOCABULARY.tokens());
    } catch (UserInputException e) {
      refusals.merge(
          String.valueOf(e.getMessage()).replaceAll("#[^ :]*|\"[^\"]*\"|'[^']*'|\\d+", "_"),
          1,
          Integer::sum);
      return;
    }
    compiled++;
    for (JsonNode test : tests) {
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
        System.out.println((good ? "rejected " : "ACCEPTED ") + name + " " + test);
      }
    }
  }

  /** Whether a value can be written, its members in some order. */
  private static boolean admits(Grammar grammar, JsonNode value) {
    return new OrderedText(grammar).after(grammar.start(), value).complete();
  }

  void print() {
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

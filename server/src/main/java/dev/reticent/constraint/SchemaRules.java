package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.UserInputException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * How schemas are read.
 *
 * @param assertedFormats formats that texts must have; any other {@code format} is an annotation
 * @param strict whether schemas must be as OpenAI's {@code strict} asks: objects list all of their
 *     members, require each, and admit no others; no keyword is unknown
 */
public record SchemaRules(Set<String> assertedFormats, boolean strict) {
  /** Every format of the draft is asserted, and schemas are as the draft has them. */
  public static final SchemaRules STANDARD = new SchemaRules(Formats.PATTERNS.keySet(), false);

  /**
   * @throws UserInputException if a format is not known
   */
  public SchemaRules {
    assertedFormats = Set.copyOf(assertedFormats);
    Set<String> unknown = new TreeSet<>(assertedFormats);
    unknown.removeAll(Formats.PATTERNS.keySet());
    if (!unknown.isEmpty()) {
      throw new UserInputException(
          "No such formats: %s. Known are %s."
              .formatted(String.join(", ", unknown), String.join(", ", Formats.PATTERNS.keySet())));
    }
  }

  /** These, with other formats asserted; none makes each an annotation. */
  public SchemaRules withAssertedFormats(Collection<String> formats) {
    return new SchemaRules(Set.copyOf(formats), strict);
  }

  public SchemaRules withStrict(boolean value) {
    return new SchemaRules(assertedFormats, value);
  }

  /**
   * Looks whether a schema keeps to the rules, without compiling it.
   *
   * @throws UserInputException naming the place that does not
   */
  public void check(JsonNode schema) {
    if (strict) {
      StrictSchema.check(schema);
    }
  }

  boolean asserts(String format) {
    return assertedFormats.contains(format);
  }
}

package dev.reticent.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Against java.util.regex, which searches as JSON Schema has it. */
class PatternTest {
  private static final String LETTERS = "ab0_ \n\"\\é\u0085😀-A\u00a0";
  private static final List<String> PARTS =
      List.of(
          "a",
          "b",
          ".",
          "\\d",
          "\\w",
          "\\W",
          "\\D",
          "[ab]",
          "[^a]",
          "[a-b0]",
          "\\\\",
          "\"",
          "é",
          "[^\\w]",
          "(a|b)",
          "(?:ab|0)",
          "😀",
          "\\x61",
          "\\u00e9",
          "\\.",
          "[\\]a-]");
  private static final List<String> COUNTS =
      List.of("", "", "", "*", "+", "?", "{2}", "{1,3}", "{1,}", "*?");

  @Test
  void stringsFitExactlyWhenAnEngineFindsThePattern() {
    SplittableRandom random = new SplittableRandom(9);
    int fitted = 0;
    for (int i = 0; i < 400; i++) {
      String pattern = pattern(random);
      Dfa dfa =
          Pattern.parse(pattern, CodePoints.ALL).dfa(10_000, WorkLimit.unlimited()).orElseThrow();
      // Where engines differ about a line's end, texts have none: $ before a last line break.
      java.util.regex.Pattern engine = java.util.regex.Pattern.compile(pattern);
      for (int j = 0; j < 60; j++) {
        String text = text(random);
        boolean fits = new StringRule(0, 99, List.of(dfa), List.of()).accepts(text);
        boolean found = engine.matcher(text).find();
        boolean lineEnd = pattern.contains("$") && text.matches("(?s).*[\n\u0085]");
        if (!lineEnd) {
          assertThat(fits).as("%s in '%s'", pattern, text).isEqualTo(found);
        } else {
          assertThat(!fits || found).as("%s in '%s'", pattern, text).isTrue();
        }
        fitted += fits ? 1 : 0;
      }
    }
    assertThat(fitted).isBetween(4000, 20_000);
  }

  @Test
  void blanksAreThoseOfEveryEngine() {
    Dfa blank =
        Pattern.parse("^\\s[^\\s]\\S$", CodePoints.ALL)
            .dfa(1000, WorkLimit.unlimited())
            .orElseThrow();
    assertThat(blank.matches(JsonText.utf8(" ab"))).isTrue();
    assertThat(blank.matches(JsonText.utf8("\u00a0ab"))).isFalse();
    assertThat(blank.matches(JsonText.utf8(" \u00a0b"))).isFalse();
    assertThat(blank.matches(JsonText.utf8(" a\u00a0"))).isFalse();
  }

  private static String pattern(SplittableRandom random) {
    StringBuilder pattern = new StringBuilder(random.nextInt(3) == 0 ? "^" : "");
    int parts = 1 + random.nextInt(4);
    for (int i = 0; i < parts; i++) {
      pattern.append(PARTS.get(random.nextInt(PARTS.size())));
      pattern.append(COUNTS.get(random.nextInt(COUNTS.size())));
    }
    return pattern + (random.nextInt(3) == 0 ? "$" : "") + (random.nextInt(4) == 0 ? "|^ab" : "");
  }

  private static String text(SplittableRandom random) {
    int[] letters = LETTERS.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(6);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(letters[random.nextInt(random.nextBoolean() ? 4 : letters.length)]);
    }
    return text.toString();
  }
}

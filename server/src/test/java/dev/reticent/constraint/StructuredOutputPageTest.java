package dev.reticent.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/structured-output.md lists what the code honours, no more and no less. */
class StructuredOutputPageTest {
  private static final Path PAGE = Path.of("..", "docs", "structured-output.md");

  private static Set<String> names(String heading, String cell) throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf("\n## " + heading + "\n");
    assertThat(start).as(heading).isNotNegative();
    int end = page.indexOf("\n## ", start + 1);
    String section = page.substring(start, end < 0 ? page.length() : end);
    Set<String> names = new TreeSet<>();
    Matcher row = Pattern.compile(cell, Pattern.MULTILINE).matcher(section);
    while (row.find()) {
      Matcher name = Pattern.compile("`([^`]+)`").matcher(row.group(1));
      while (name.find()) {
        names.add(name.group(1));
      }
    }
    return names;
  }

  @Test
  void theKeywordsAreThose() throws IOException {
    assertThat(names("Keywords that are honoured", "^\\| ([^|]*) \\|"))
        .isEqualTo(new TreeSet<>(Keywords.HONOURED));
    assertThat(names("Keywords without effect", "^(`.*)$"))
        .isEqualTo(new TreeSet<>(Keywords.WITHOUT_EFFECT));
  }

  @Test
  void theFormatsAreThose() throws IOException {
    assertThat(names("Formats", "^\\| ([^|]*) \\|"))
        .isEqualTo(new TreeSet<>(Formats.PATTERNS.keySet()));
  }
}

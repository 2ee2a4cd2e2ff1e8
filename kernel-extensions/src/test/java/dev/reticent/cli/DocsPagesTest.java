package dev.reticent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.JavaSnippets;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What README and docs point at is there: links, headings, classes, and what their Java calls. */
class DocsPagesTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern TYPE =
      Pattern.compile("`([A-Z][a-z0-9]+(?:[A-Z]+[a-z0-9]*)+)(?:\\.(\\w+))?(?:\\([^`]*\\))?`");

  /** Types of the JDK and of other libraries that pages name. */
  private static final Set<String> OTHERS =
      Set.of(
          "FileInputStream",
          "SecureRandom",
          "RepeatAndSelectDpEvent",
          "ContextWindowExceededError",
          "GlobalOpenTelemetry",
          "ChatModel",
          "StreamingChatModel",
          "NoClassDefFoundError",
          "UnsupportedClassVersionError");

  /** What a page has in hand before its block. */
  private static final Map<String, String> GIVEN =
      Map.of(
          "evaluation.md",
          "List<Item> items",
          "structured-output.md",
          "dev.reticent.text.Tokenizer tokenizer, com.fasterxml.jackson.databind.JsonNode schema,"
              + " GenerationRequest request, int maxNewTokens");

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<Path> pages = new ArrayList<>(JavaSnippets.pages(ROOT));
    pages.add(ROOT.resolve("CONTRIBUTING.md"));
    for (Path page : pages) {
      for (MatchResult link : LINK.matcher(Files.readString(page)).results().toList()) {
        String[] parts = link.group(1).split("#", 2);
        if (parts[0].startsWith("http")) {
          continue;
        }
        Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]);
        assertThat(target).as("%s: %s", page, link.group()).exists();
        if (parts.length > 1) {
          assertThat(headings(target)).as("%s: %s", page, link.group()).contains(parts[1]);
        }
      }
    }
  }

  /** As GitHub makes anchors of them. */
  private static List<String> headings(Path page) throws IOException {
    return Files.readAllLines(page).stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^\\p{L}\\p{N}_\\- ]", "").replace(' ', '-'))
        .toList();
  }

  @Test
  void everyClassThatIsNamedIsThere() throws IOException {
    Set<String> known = sources();
    Set<String> missing = new TreeSet<>();
    for (Path page : JavaSnippets.pages(ROOT)) {
      for (MatchResult type : TYPE.matcher(Files.readString(page)).results().toList()) {
        if (!known.contains(type.group(1)) && !OTHERS.contains(type.group(1))) {
          missing.add(page.getFileName() + ": " + type.group(1));
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  /** Types that the sources declare, nested ones too. */
  private static Set<String> sources() throws IOException {
    Pattern declared = Pattern.compile("\\b(?:class|record|interface|enum) (\\w+)");
    Set<String> names = new HashSet<>();
    for (Path file : javaFiles()) {
      declared.matcher(Files.readString(file)).results().forEach(name -> names.add(name.group(1)));
    }
    return names;
  }

  private static List<Path> javaFiles() throws IOException {
    try (DirectoryStream<Path> modules = Files.newDirectoryStream(ROOT, Files::isDirectory)) {
      List<Path> files = new ArrayList<>();
      for (Path module : modules) {
        for (Path sources : List.of(module.resolve("src"), module.resolve("cluster/src"))) {
          if (Files.isDirectory(sources)) {
            try (Stream<Path> all = Files.walk(sources)) {
              all.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
            }
          }
        }
      }
      return files;
    }
  }

  /** Those with another library's types are compiled where these are. */
  @Test
  void theJavaCompiles() throws IOException {
    List<String> packages =
        Stream.of(
                "config",
                "settings",
                "recipe",
                "run",
                "sampling",
                "serving",
                "constraint",
                "evaluation.judge",
                "evaluation.recipe",
                "evaluation.report")
            .map(name -> "dev.reticent." + name)
            .toList();
    for (JavaSnippets.Snippet snippet : JavaSnippets.all(ROOT)) {
      if (!snippet.mentions("Reticent(Chat)?Model|SparkFinetuning")) {
        snippet.assertCompiles(packages, GIVEN);
      }
    }
  }
}

package dev.reticent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.Config;
import dev.reticent.settings.FinetuneConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands that README, docs and configs name, where the commands of all modules are known. */
class DocsCommandsTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK =
      Pattern.compile("(?m)^ {4}(?:\\w+=\\S+ )?\\./reticent ((?:[^\\n\\\\]|\\\\\\n)*)");
  private static final Pattern WORD = Pattern.compile("'[^']*'|\"[^\"]*\"|[^\\s'\"]+");

  private static final Pattern EXAMPLE = Pattern.compile("(?m)^  \\./reticent (.*)$");
  private static final Pattern PAGE = Pattern.compile("docs/[a-z-]+\\.md");

  /**
   * Picocli's own, and one that the command line's tests bring where they are on the class path.
   */
  private static final Set<String> NOT_OURS = Set.of("generate-completion", "guest");

  @TempDir Path folder;

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  /** Commands in blocks of code, as the shell splits them, with all their options in brackets. */
  private static List<List<String>> commands(Path page) throws IOException {
    List<List<String>> commands = new ArrayList<>();
    Matcher block = BLOCK.matcher(Files.readString(page));
    while (block.find()) {
      String line = block.group(1).replace("\\\n", " ").replaceFirst("\\s#\\s.*", "");
      line = line.replaceAll("\\[(--[^\\]]*)\\]", "$1");
      commands.add(words(line));
    }
    return commands;
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(line);
    while (word.find()) {
      words.add(word.group().replaceAll("^['\"]|['\"]$", ""));
    }
    return words;
  }

  @Test
  void everyCommandIsOneThatThereIsAndItsConfigsAreThere() throws IOException {
    int found = 0;
    for (Path page : pages()) {
      for (List<String> words : commands(page)) {
        String command = page + ": ./reticent " + String.join(" ", words);
        // An unknown command or option, or one that is missing, throws here.
        assertThat(Main.commandLine().parseArgs(words.toArray(String[]::new)).hasSubcommand())
            .as(command)
            .isTrue();
        words.stream()
            .filter(word -> word.startsWith("configs/"))
            .forEach(config -> assertThat(ROOT.resolve(config)).as(command).exists());
        found++;
      }
    }
    assertThat(found).isGreaterThan(20);
  }

  /** Someone who asks for help wants to see the command typed, and where to read on. */
  @Test
  void everyCommandsHelpHasAnExampleThatParsesAndAPage() {
    CommandLine line = Main.commandLine();
    helped(line, new ArrayList<>());
  }

  private void helped(CommandLine line, List<String> path) {
    line.getSubcommands()
        .forEach(
            (name, command) -> {
              List<String> words = new ArrayList<>(path);
              words.add(name);
              if (command.getSubcommands().isEmpty() && !NOT_OURS.contains(name)) {
                String help = command.getUsageMessage();
                Matcher example = EXAMPLE.matcher(help.replaceAll("\\\\\\R", ""));
                int examples = 0;
                while (example.find()) {
                  List<String> typed = words(example.group(1));
                  assertThat(typed.subList(0, words.size())).isEqualTo(words);
                  assertThat(
                          Main.commandLine()
                              .parseArgs(typed.toArray(String[]::new))
                              .hasSubcommand())
                      .as(help)
                      .isTrue();
                  typed.stream()
                      .filter(word -> word.startsWith("configs/"))
                      .forEach(config -> assertThat(ROOT.resolve(config)).as(help).exists());
                  examples++;
                }
                assertThat(examples).as(help).isPositive();
                Matcher page = PAGE.matcher(help);
                assertThat(page.find()).as(help).isTrue();
                assertThat(ROOT.resolve(page.group())).exists();
              }
              helped(command, words);
            });
  }

  @Test
  void thoseOfAccountingPrintWhatTheySay() throws IOException {
    List<List<String>> commands = commands(ROOT.resolve("docs").resolve("accounting.md"));
    assertThat(commands).hasSizeGreaterThan(3);
    for (List<String> words : commands) {
      assertThat(printed(words)).as(String.join(" ", words)).isNotBlank();
    }
  }

  /** In their order, with the config that quickstart has. */
  @Test
  void thoseOfChoosingRunInTheirOrderAndWhatTheyWriteCanBeTrained() throws IOException {
    Path better = folder.resolve("better.yaml");
    Path own = folder.resolve("my.yaml");
    Files.copy(ROOT.resolve("configs").resolve("quickstart.yaml"), own);
    List<List<String>> commands = commands(ROOT.resolve("docs").resolve("choosing.md"));
    assertThat(commands).hasSizeGreaterThan(1);
    for (List<String> words : commands) {
      List<String> here = new ArrayList<>(words);
      here.replaceAll(
          word ->
              word.equals("my.yaml")
                  ? own.toString()
                  : word.equals("better.yaml") ? better.toString() : word);
      assertThat(printed(here)).as(String.join(" ", words)).contains("9,000 privacy units");
    }
    assertThat(FinetuneConfig.of(Config.read(better)).maxSteps()).isPresent();
  }

  private static String printed(List<String> words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Main.run(words.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
    assertThat(status).as(err.toString()).isZero();
    return out.toString();
  }
}

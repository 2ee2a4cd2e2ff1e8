package dev.reticent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Neither the library nor its tests fill the machine's temporary folder. */
class TemporaryFilesTest {

  private static final Path ROOT = Path.of("..");

  /** Calls without a folder of one's own, or with the machine's by its name. */
  private static final Pattern MACHINES_FOLDER =
      Pattern.compile(
          "createTempDirectory\\(\\s*(\"|\\))|createTempFile\\(\\s*\"|java\\.io\\.tmpdir");

  /** These delete what they make there, when the process is ended too. */
  private static final Set<String> TIDY =
      Set.of("Scratch", "TestStep", "FinetuneData", "CtrlCTest");

  @Test
  void onlyTheseClassesMakeFilesThere() throws IOException {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> all = Files.walk(ROOT, 3).filter(path -> path.endsWith("src"))) {
      for (Path sources : all.toList()) {
        for (Path file : java(sources)) {
          if (MACHINES_FOLDER.matcher(Files.readString(file)).find()) {
            found.add(file.getFileName().toString().replace(".java", ""));
          }
        }
      }
    }
    assertThat(found).isEqualTo(new TreeSet<>(TIDY));
  }

  private static List<Path> java(Path sources) throws IOException {
    try (Stream<Path> all = Files.walk(sources)) {
      return all.filter(path -> path.toString().endsWith(".java")).toList();
    }
  }
}

package dev.reticent.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Places for files of tests that JUnit gives no folder: all in one folder, which goes when the JVM
 * does. So tests and benchmarks leave nothing in the machine's temporary folder.
 */
public final class Scratch {

  private static final Path ROOT = root();

  private Scratch() {}

  /** A new folder. */
  public static Path folder(String name) throws IOException {
    return Files.createTempDirectory(ROOT, name);
  }

  /** A new, empty file. */
  public static Path file(String name, String suffix) throws IOException {
    return Files.createTempFile(ROOT, name, suffix);
  }

  private static Path root() {
    try {
      Path root = Files.createTempDirectory("reticent-tests");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(root), "delete-scratch"));
      return root;
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder can be made", e);
    }
  }

  private static void delete(Path root) {
    try (Stream<Path> all = Files.walk(root)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // Something still writes there. The JVM ends now, and nobody could act on a message.
      return;
    }
  }
}

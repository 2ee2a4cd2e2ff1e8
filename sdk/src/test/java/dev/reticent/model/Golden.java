package dev.reticent.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The tiny checkpoints with outputs of an independent implementation; see make_golden.py. */
public final class Golden {
  private static final String RESOURCES = "sdk/src/test/resources";

  private Golden() {}

  public static Path folder(String name) {
    return root("golden").resolve(name);
  }

  /** One of the smaller checkpoints, of which each family has one or more. */
  public static Path family(String name) {
    return root("families").resolve(name);
  }

  public static List<String> families() {
    return names("families");
  }

  public static List<String> names() {
    return names("golden");
  }

  private static List<String> names(String root) {
    try (Stream<Path> folders = Files.list(root(root))) {
      return folders
          .filter(f -> Files.exists(f.resolve("golden.json")))
          .map(f -> f.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A folder of this module's test resources, for the tests of other modules too. */
  private static Path root(String name) {
    Path base = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(base.resolve(RESOURCES))) {
      base = Objects.requireNonNull(base.getParent(), "tests run inside the checkout");
    }
    return base.resolve(RESOURCES).resolve(name);
  }
}

package dev.reticent.tensorboard;

import dev.reticent.testing.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Scalars a second, from the call to bytes that the system has, on one thread. Compiled with the
 * tests:
 *
 * <pre>
 * mvn -q -pl tensorboard test-compile
 * java -Xmx2g -cp tensorboard/target/classes:tensorboard/target/test-classes \
 *     dev.reticent.tensorboard.WriterBenchmark
 * </pre>
 */
final class WriterBenchmark {

  private static final int SCALARS = 4_000_000;
  private static final int ROUNDS = 8;
  private static final List<String> TAGS =
      List.of("train/loss", "train/learning_rate", "privacy/epsilon", "perf/tokens_per_second");

  private WriterBenchmark() {}

  /** Prints a line for each round; the first ones warm up. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Scratch.folder("events");
    try {
      for (int round = 1; round <= ROUNDS; round++) {
        Path run = folder.resolve("run" + round);
        long start = System.nanoTime();
        write(run);
        double seconds = (System.nanoTime() - start) * 1e-9;
        System.out.printf(
            Locale.ROOT,
            "round %d: %,.0f scalars/s, %.1f bytes each%n",
            round,
            SCALARS / seconds,
            (double) bytes(run) / SCALARS);
        delete(run);
      }
    } finally {
      delete(folder);
    }
  }

  private static void write(Path run) {
    try (SummaryWriter writer = SummaryWriter.open(run)) {
      int tags = TAGS.size();
      for (int i = 0; i < SCALARS; i++) {
        writer.scalar(TAGS.get(i % tags), i / tags, i * 0.25);
      }
      writer.flush();
      writer
          .problem()
          .ifPresent(
              problem -> {
                throw new IllegalStateException(problem);
              });
    }
  }

  private static long bytes(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}

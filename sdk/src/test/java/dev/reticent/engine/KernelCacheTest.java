package dev.reticent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCacheTest {

  private static final byte[] CODE = {1, 2, 3, 4, 5};

  @TempDir Path folder;
  private final AtomicInteger compiled = new AtomicInteger();

  private byte[] get(Path where, String key) {
    return new KernelCache(where)
        .get(
            key,
            () -> {
              compiled.incrementAndGet();
              return CODE.clone();
            });
  }

  private static List<Path> files(Path where) throws IOException {
    try (Stream<Path> all = Files.list(where)) {
      return all.toList();
    }
  }

  @Test
  void aKeyIsCompiledOnceAndLeavesOneFile() throws IOException {
    Path kernels = folder.resolve("kernels");
    assertThat(get(kernels, "source, 9.0")).isEqualTo(CODE);
    assertThat(get(kernels, "source, 9.0")).isEqualTo(CODE);
    assertThat(compiled).hasValue(1);
    assertThat(get(kernels, "source, 8.0")).isEqualTo(CODE);
    assertThat(compiled).hasValue(2);
    assertThat(files(kernels)).hasSize(2);
  }

  @Test
  void whatIsDamagedIsCompiledAnew() throws IOException {
    get(folder, "source");
    Path file = files(folder).get(0);
    byte[] whole = Files.readAllBytes(file);
    for (int bytes : new int[] {0, 20, whole.length - 1}) {
      Files.write(file, java.util.Arrays.copyOf(whole, bytes));
      assertThat(get(folder, "source")).isEqualTo(CODE);
      assertThat(Files.readAllBytes(file)).isEqualTo(whole);
    }
    byte[] flipped = whole.clone();
    flipped[flipped.length - 1] ^= 1;
    Files.write(file, flipped);
    assertThat(get(folder, "source")).isEqualTo(CODE);
    assertThat(compiled).hasValue(5);
  }

  @Test
  void whereNothingCanBeKeptItIsCompiledEachTime() throws IOException {
    Path inTheWay = Files.writeString(folder.resolve("file"), "in the way");
    assertThat(get(inTheWay, "source")).isEqualTo(CODE);
    assertThat(get(inTheWay, "source")).isEqualTo(CODE);
    assertThat(compiled).hasValue(2);
    assertThat(files(folder)).containsExactly(inTheWay);
  }
}

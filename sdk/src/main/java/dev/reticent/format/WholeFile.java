package dev.reticent.format;

import dev.reticent.api.Internal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are there whole, as they were or as they are to be, and never half-written. */
@Internal
public final class WholeFile {

  private WholeFile() {}

  /** Writes a text in UTF-8 in a file's place. */
  public static void replace(Path file, String text) throws IOException {
    replace(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes bytes in a file's place. One writer at a time: what is written stands beside the file
   * meanwhile, under a name that follows from the file's.
   */
  public static void replace(Path file, byte[] bytes) throws IOException {
    Path part = file.resolveSibling("." + file.getFileName() + ".part");
    Files.write(part, bytes);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}

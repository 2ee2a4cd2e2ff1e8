package dev.reticent.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** SHA-256 sums of files and texts, in hexadecimal. */
public final class FileDigest {
  private static final int PART = 1 << 26;

  private FileDigest() {}

  /** Of a file's bytes. */
  public static String sha256(Path file) throws IOException {
    return sha256(List.of(file));
  }

  /** Of the bytes of several files, one behind the other. */
  public static String sha256(List<Path> files) throws IOException {
    MessageDigest digest = digest();
    byte[] part = new byte[1 << 20];
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        for (int n = in.read(part); n >= 0; n = in.read(part)) {
          digest.update(part, 0, n);
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Of a text in UTF-8. */
  public static String sha256(String text) {
    return HexFormat.of().formatHex(digest().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Of the parts of several files: the SHA-256 of the sums of each 64 MiB, which are taken on all
   * cores. For what this SDK writes for itself; nobody else computes it.
   */
  public static String sha256OfParts(List<Path> files) throws IOException {
    List<Part> parts = new ArrayList<>();
    for (Path file : files) {
      long size = Files.size(file);
      for (long start = 0; start == 0 || start < size; start += PART) {
        parts.add(new Part(file, start, (int) Math.min(PART, size - start)));
      }
    }
    try {
      return sha256(parts.parallelStream().map(Part::sum).collect(Collectors.joining("\n")));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private record Part(Path file, long start, int size) {
    String sum() {
      try (FileChannel channel = FileChannel.open(file)) {
        MessageDigest digest = digest();
        ByteBuffer some = ByteBuffer.allocate(1 << 20);
        for (long at = start; at < start + size; ) {
          some.clear().limit((int) Math.min(some.capacity(), start + size - at));
          int n = channel.read(some, at);
          if (n < 0) {
            throw new IOException(file + " became shorter while it was read");
          }
          digest.update(some.flip());
          at += n;
        }
        return HexFormat.of().formatHex(digest.digest());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}

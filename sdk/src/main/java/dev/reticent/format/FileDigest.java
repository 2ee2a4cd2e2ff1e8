package dev.reticent.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 sums of files and texts, in hexadecimal. */
public final class FileDigest {
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

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}

package dev.reticent.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Supplier;

/**
 * Compiled kernels on disk, so that a machine compiles them once.
 *
 * <p>A file is named by what it was compiled from and by, and begins with the SHA-256 of the rest:
 * a damaged one is compiled anew, as all are where nothing can be kept.
 */
record KernelCache(Path folder) {

  private static final System.Logger LOG = System.getLogger(KernelCache.class.getName());

  /** In {@code .cache/reticent/kernels} below the user's home. */
  static KernelCache standard() {
    return new KernelCache(
        Path.of(System.getProperty("user.home")).resolve(".cache/reticent/kernels"));
  }

  /**
   * The code of a key.
   *
   * @param key all that decides about it: source, card, compiler
   */
  byte[] get(String key, Supplier<byte[]> compile) {
    Path file =
        folder.resolve(HexFormat.of().formatHex(digest(key.getBytes(StandardCharsets.UTF_8))));
    try {
      byte[] kept = Files.readAllBytes(file);
      int start = digest(new byte[0]).length;
      byte[] code = Arrays.copyOfRange(kept, Math.min(start, kept.length), kept.length);
      if (Arrays.equals(digest(code), Arrays.copyOf(kept, start))) {
        return code;
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "no kernels are kept yet: {0}", e);
    }
    byte[] code = compile.get();
    keep(file, code);
    return code;
  }

  private void keep(Path file, byte[] code) {
    try {
      Files.createDirectories(folder);
      Path partial = Files.createTempFile(folder, ".", ".part");
      try {
        byte[] digest = digest(code);
        byte[] all = Arrays.copyOf(digest, digest.length + code.length);
        System.arraycopy(code, 0, all, digest.length, code.length);
        Files.write(partial, all);
        Files.move(
            partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "kernels cannot be kept: {0}", e);
    }
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}

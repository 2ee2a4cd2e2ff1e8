package dev.reticent.privacy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret of the data's owner, in a file that only the owner can read, beside a registry or in a
 * run's {@code local} folder.
 *
 * <p>What is computed from private rows and has to be recognised later is kept as its HMAC-SHA-256
 * under this secret. A bare digest would let anyone who knows all rows but one try candidates for
 * the last; without the secret there is nothing to try them against.
 */
public final class LocalSecret {

  /** The file's name. */
  public static final String FILE = "secret.key";

  private static final int BYTES = 32;
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  private LocalSecret(byte[] bytes) {
    this.key = new SecretKeySpec(bytes, ALGORITHM);
  }

  /**
   * The secret of a folder, drawn when there is none yet.
   *
   * @throws IllegalArgumentException when the file is not one of ours
   */
  public static LocalSecret in(Path folder) {
    Path file = folder.resolve(FILE);
    String text;
    try {
      if (!Files.exists(file)) {
        draw(file);
      }
      text = Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("the secret " + file + " cannot be used", e);
    }
    if (!text.matches("[0-9a-f]{" + 2 * BYTES + "}")) {
      throw new IllegalArgumentException(
          file
              + ": expected "
              + 2 * BYTES
              + " hexadecimal digits; data cannot be recognised without them, so restore the file"
              + " from a copy");
    }
    return new LocalSecret(HexFormat.of().parseHex(text));
  }

  /** The secret of a folder, if it has one. */
  public static Optional<LocalSecret> find(Path folder) {
    return Files.exists(folder.resolve(FILE)) ? Optional.of(in(folder)) : Optional.empty();
  }

  private static void draw(Path file) throws IOException {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    FileAttribute<?>[] ownerOnly =
        file.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Files.createDirectories(file.toAbsolutePath().getParent());
    // Written beside its place and linked into it, so that nobody finds half a secret.
    Path part =
        Files.createTempFile(file.toAbsolutePath().getParent(), ".secret", ".part", ownerOnly);
    try {
      Files.writeString(part, HexFormat.of().formatHex(bytes) + "\n");
      Files.createLink(file, part);
    } catch (UnsupportedOperationException e) {
      Files.move(part, file); // a file system without links
    } catch (FileAlreadyExistsException e) {
      return; // another run was quicker: its secret is the folder's
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /**
   * HMAC-SHA-256 of texts in hexadecimal; each with its length, so that none can slide into the
   * next.
   *
   * @param purpose keeps two uses of one secret apart
   */
  public String mac(String purpose, List<String> texts) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      update(mac, purpose);
      texts.forEach(text -> update(mac, text));
      return HexFormat.of().formatHex(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks " + ALGORITHM, e);
    }
  }

  private static void update(Mac mac, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    mac.update(bytes);
  }

  /**
   * What rows are recognised by, in any order.
   *
   * @param rows one digest of each row's whole content
   */
  public String dataKey(Collection<String> rows) {
    return mac("data", rows.stream().sorted().toList());
  }
}

package dev.reticent.data;

import dev.reticent.config.UserInputException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * A file with rows, by its name and its first bytes; what gzip packed is unpacked on the way.
 *
 * @param path where it is
 * @param packed whether the file's bytes are gzip's
 * @param start the first bytes, unpacked; fewer than 1,024 only in a shorter file
 */
@SuppressWarnings("ArrayRecordComponent") // looked at, never compared
public record DataFile(Path path, boolean packed, byte[] start) {
  private static final int LOOKED_AT = 1024;
  private static final int BUFFER = 1 << 16;

  /**
   * @throws UserInputException if there is no such file, or it cannot be read
   */
  public static DataFile of(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new UserInputException(
          path + (Files.exists(path) ? " is not a file" : " does not exist") + ".");
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] start = in.readNBytes(LOOKED_AT);
      boolean packed = start.length > 2 && (start[0] & 0xFF) == 0x1F && (start[1] & 0xFF) == 0x8B;
      if (!packed) {
        return new DataFile(path, false, start);
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    try (InputStream in = new GZIPInputStream(Files.newInputStream(path))) {
      return new DataFile(path, true, in.readNBytes(LOOKED_AT));
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** The file's bytes, unpacked. */
  public InputStream open() throws IOException {
    InputStream in = Files.newInputStream(path);
    return new BufferedInputStream(packed ? new GZIPInputStream(in, BUFFER) : in, BUFFER);
  }

  /** Whether the name, without {@code .gz}, ends so; case does not matter. */
  public boolean endsWith(String ending) {
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    return (name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name).endsWith(ending);
  }

  /** Whether the bytes, unpacked, begin so. */
  public boolean startsWith(String magic) {
    byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
    return start.length >= bytes.length
        && Arrays.equals(start, 0, bytes.length, bytes, 0, bytes.length);
  }

  static UserInputException unreadable(Path path, IOException e) {
    return new UserInputException(path + ": cannot be read: " + e.getMessage() + ".", e);
  }
}

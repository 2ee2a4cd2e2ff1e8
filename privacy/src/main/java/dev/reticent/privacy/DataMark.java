package dev.reticent.privacy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which rows a run is about, kept in its {@code local} folder so that it goes on with them only.
 *
 * <p>It is the {@link LocalSecret#dataKey} and stands in no file that may leave.
 */
public final class DataMark {

  /** The file's name. */
  public static final String FILE = "data.key";

  private DataMark() {}

  /**
   * Marks a run that begins, or holds one that goes on against its mark.
   *
   * @param local the run's folder for what does not leave
   * @param dataKey of the rows at hand
   * @param begun whether the run has a ledger already
   * @throws IllegalArgumentException when the run was begun on other rows, or its mark is missing
   */
  public static void require(Path local, String dataKey, boolean begun) {
    Path file = local.resolve(FILE);
    try {
      if (!begun) {
        Files.createDirectories(local);
        Files.writeString(file, dataKey + "\n");
        return;
      }
      if (!Files.exists(file)) {
        throw new IllegalArgumentException(
            file
                + " is missing: this folder is of an earlier version, or a copy that was given"
                + " away. A run goes on only where its local folder is; start afresh in another"
                + " folder, and count both runs");
      }
      if (!Files.readString(file).strip().equals(dataKey)) {
        throw new IllegalArgumentException(
            file
                + ": this run was begun on other data, or with another registry, whose secret data"
                + " is recognised by; resume with the same, or start afresh in another folder");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be used", e);
    }
  }
}

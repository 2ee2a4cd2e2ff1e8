package dev.reticent.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import dev.reticent.format.FileDigest;
import dev.reticent.format.JsonFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The list of a checkpoint's files with their sizes and SHA-256 sums; written last. */
final class Manifest {
  static final String NAME = "manifest.json";
  private static final int FORMAT = 1;

  private Manifest() {}

  /** Lists every file below the folder, brings each to disk, then the list. */
  static void write(Path folder, long step) throws IOException {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("format", FORMAT).put("step", step);
    ObjectNode files = json.putObject("files");
    for (Path file : Disk.filesBelow(folder)) {
      Disk.force(file);
      files
          .putObject(Disk.name(folder, file))
          .put("bytes", Files.size(file))
          .put("sha256", FileDigest.sha256(file));
    }
    Path manifest = folder.resolve(NAME);
    Files.writeString(manifest, json.toPrettyString() + "\n");
    Disk.force(manifest);
    Disk.force(folder);
  }

  /**
   * Holds a folder against its list and returns the step.
   *
   * @throws UserInputException naming the first file that is missing or differs
   */
  static long check(Path folder) {
    Path manifest = folder.resolve(NAME);
    if (!Files.isRegularFile(manifest)) {
      throw new UserInputException(folder + ": no " + NAME + " here: not a complete checkpoint.");
    }
    JsonFields json = JsonFields.read(manifest);
    if (json.integer("format") != FORMAT) {
      throw json.wrong("format", FORMAT + ", the format this version reads");
    }
    JsonFields files = json.object("files");
    for (String name : files.keys()) {
      checkFile(folder.resolve(name), files.object(name));
    }
    return (long) json.number("step");
  }

  private static void checkFile(Path file, JsonFields expected) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new UserInputException(file + ": missing.");
      }
      double bytes = expected.number("bytes");
      if (Files.size(file) != (long) bytes) {
        throw new UserInputException(
            file + ": expected " + (long) bytes + " bytes, found " + Files.size(file) + ".");
      }
      String sum = FileDigest.sha256(file);
      if (!sum.equals(expected.text("sha256"))) {
        throw new UserInputException(
            file
                + ": damaged: expected SHA-256 "
                + expected.text("sha256")
                + ", found "
                + sum
                + ".");
      }
    } catch (IOException e) {
      throw new UserInputException(file + ": cannot be read: " + e, e);
    }
  }
}

package dev.reticent.kernel;

import dev.reticent.config.KeyReference;
import dev.reticent.settings.ModelSettings;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Values that a key may have: its choices, its default, files and folders. */
final class KeyValues {

  private static final String CHOICE = "one of ";
  private static final List<String> NO_VALUE = List.of("required", "none", "its defaults");

  private KeyValues() {}

  /**
   * @param typed of the value so far; paths go on from it
   */
  static List<String> of(KeyReference key, String typed) {
    List<String> values = new ArrayList<>();
    if (key.type().startsWith(CHOICE)) {
      values.addAll(List.of(key.type().substring(CHOICE.length()).split(",? (?:and|or) |, ")));
    } else if (key.type().startsWith("true or false")) {
      values.addAll(List.of("true", "false"));
    } else if (!NO_VALUE.contains(key.preset())) {
      values.add(key.preset());
    }
    if (key.path().equals("foundation_model_name")) {
      values.add(ModelSettings.EMBEDDED);
    }
    if (key.type().startsWith("a path")) {
      values.addAll(files(typed));
    }
    return List.copyOf(new TreeSet<>(values));
  }

  /** What is in the folder that is typed so far; folders end in a slash. */
  private static List<String> files(String typed) {
    String parent = typed.substring(0, typed.lastIndexOf('/') + 1);
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("./" + parent))) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (!name.startsWith(".")) {
          found.add(parent + name + (Files.isDirectory(entry) ? "/" : ""));
        }
      }
    } catch (IOException | InvalidPathException e) {
      // There is no such folder: nothing to offer.
      return List.of();
    }
    return found;
  }
}

package dev.reticent.engine;

import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks a libtorch that the user brings along through {@code PYTORCH_LIBRARY_PATH}.
 *
 * <p>The binding calls C++ symbols whose layout changes between releases, and nothing in it checks:
 * another release starts, reads wrong shapes and crashes later. The release is read from {@code
 * version.py} (a pip wheel) or {@code build-version} (a libtorch zip) beside the library folder.
 */
final class NativeLibrary {

  /** The only libtorch release the binding on the class path works with. */
  static final String REQUIRED = "2.7.1";

  private static final Pattern RELEASE = Pattern.compile("(\\d+\\.\\d+\\.\\d+)");

  private NativeLibrary() {}

  /**
   * @throws UserInputException when a library folder is given whose release is another one, or
   *     cannot be told
   */
  static void check(Map<String, String> environment) {
    String folder =
        System.getProperty(
            "PYTORCH_LIBRARY_PATH", environment.getOrDefault("PYTORCH_LIBRARY_PATH", ""));
    if (folder.isBlank()) {
      return;
    }
    String found = release(Path.of(folder));
    if (!found.equals(REQUIRED)) {
      throw new UserInputException(
          "PYTORCH_LIBRARY_PATH=%s holds libtorch %s, but exactly %s is needed: other releases start and then compute wrong results. Install it (pip install torch==%s) and point PYTORCH_LIBRARY_PATH at its torch/lib folder, or unset the variable to use the CPU build on the class path."
              .formatted(folder, found, REQUIRED, REQUIRED));
    }
  }

  private static String release(Path folder) {
    Path parent = folder.toAbsolutePath().normalize().getParent();
    if (parent != null) {
      for (String name : new String[] {"version.py", "build-version"}) {
        Path file = parent.resolve(name);
        if (Files.isReadable(file)) {
          try {
            Matcher matcher = RELEASE.matcher(Files.readString(file));
            if (matcher.find()) {
              return matcher.group(1);
            }
          } catch (IOException e) {
            return "of an unknown release (" + file + " cannot be read)";
          }
        }
      }
    }
    return "of an unknown release (no version.py or build-version beside it)";
  }
}

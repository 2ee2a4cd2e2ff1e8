package dev.reticent.engine;

import ai.djl.util.Platform;
import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The libtorch that is used: the CPU build on the class path, or one that the user brings along
 * through {@code PYTORCH_LIBRARY_PATH}.
 *
 * <p>The binding calls C++ symbols whose layout changes between releases, and nothing in it checks:
 * another release starts, reads wrong shapes and crashes later. The release is read from {@code
 * version.py} (a pip wheel) or {@code build-version} (a libtorch zip) beside the library folder.
 *
 * @param release such as {@code 2.7.1}, or words where it cannot be told
 * @param cuda whether it computes on cards
 * @param folder where the user has it; empty for the one on the class path
 */
@Internal
public record Libtorch(String release, boolean cuda, Optional<Path> folder) {

  /** The only libtorch release the binding on the class path works with. */
  public static final String REQUIRED = "2.7.1";

  /** The variable that names the folder of another libtorch. */
  public static final String VARIABLE = "PYTORCH_LIBRARY_PATH";

  private static final String FLAVOR = "PYTORCH_FLAVOR";
  private static final String VERSION = "PYTORCH_VERSION";
  private static final Pattern RELEASE = Pattern.compile("(\\d+\\.\\d+\\.\\d+)");

  /** The builds for CUDA that the binding has an interface for. */
  private static final String CUDA_FLAVOR = "cu128";

  /** What an environment leads to. */
  static Libtorch of(Map<String, String> environment) {
    String given = System.getProperty(VARIABLE, environment.getOrDefault(VARIABLE, "")).strip();
    if (given.isEmpty()) {
      Platform platform = Platform.detectPlatform("pytorch");
      return new Libtorch(
          platform.getVersion().replaceAll("-.*", ""),
          platform.getFlavor().startsWith("cu"),
          Optional.empty());
    }
    Path folder = Path.of(given);
    return new Libtorch(release(folder), holds(folder, "torch_cuda"), Optional.of(folder));
  }

  private static boolean holds(Path folder, String library) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(
          file -> file.getFileName().toString().matches("(lib)?" + library + "\\.(so|dll|dylib)"));
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * @throws UserInputException when a library folder is given whose release is another one, or
   *     cannot be told
   */
  void check() {
    if (folder.isPresent() && !release.equals(REQUIRED)) {
      throw new UserInputException(
          "%s=%s holds libtorch %s, but exactly %s is needed: other releases start and then compute wrong results. Install it (pip install torch==%s) and point %s at its torch/lib folder, or unset the variable to use the CPU build on the class path."
              .formatted(VARIABLE, folder.get(), release, REQUIRED, REQUIRED, VARIABLE));
    }
  }

  /** Tells DJL, which would look for another build, which one lies in the folder. */
  void announce() {
    if (folder.isPresent()) {
      Engine.setUnlessGiven(VERSION, REQUIRED);
      if (System.getenv(FLAVOR) == null) {
        Engine.setUnlessGiven(FLAVOR, cuda ? CUDA_FLAVOR : "cpu");
      }
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

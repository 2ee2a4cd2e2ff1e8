package dev.reticent.serving;

import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The folders of adapters in one root; with all links followed, nothing outside is opened. */
final class AdapterFolders {
  private static final String[] FILES = {
    "adapter_config.json", "adapter_model.safetensors", "privacy.json"
  };

  private final Path root;

  AdapterFolders(Path root) {
    this.root = root;
  }

  /**
   * A folder, its links followed.
   *
   * @param path relative to the root, or within it
   * @throws UserInputException if there is none, or it or a file in it leads out of the root
   */
  Path folder(String path) {
    try {
      Path real = root.toRealPath();
      Path folder = real.resolve(path).toRealPath();
      if (!folder.startsWith(real)) {
        throw outside(path);
      }
      for (String file : FILES) {
        Path inside = folder.resolve(file);
        if (Files.exists(inside) && !inside.toRealPath().startsWith(real)) {
          throw outside(path + "/" + file);
        }
      }
      return folder;
    } catch (IOException | InvalidPathException e) {
      throw new UserInputException(
          "adapters: there is no folder '%s' in adapters_root, which is %s; give the names of folders there."
              .formatted(path, root.toAbsolutePath()),
          e);
    }
  }

  private UserInputException outside(String path) {
    return new UserInputException(
        "adapters: '%s' leads out of adapters_root, which is %s; put the adapter itself there."
            .formatted(path, root.toAbsolutePath()));
  }
}

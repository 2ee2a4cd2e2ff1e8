package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.checkpoint.Provenance;
import dev.reticent.quickstart.QuickstartQuestions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** The model that comes with Reticent, unpacked into a folder where it can be mapped. */
@Internal
public final class EmbeddedModel {

  private static final List<String> FILES =
      List.of("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors");

  private EmbeddedModel() {}

  /** The model's folder in the user's cache, written when it is not there yet. */
  public static Path folder() {
    try {
      byte[] config = read("config.json");
      byte[] weights = read("model.safetensors");
      String digest =
          Provenance.digest(
              HexFormat.of().formatHex(config) + Arrays.hashCode(weights) + weights.length);
      Path folder =
          cache().resolve("reticent-tiny-" + digest.replaceAll("\\W", "").substring(0, 16));
      Files.createDirectories(folder);
      for (String name : FILES) {
        Path file = folder.resolve(name);
        byte[] bytes = read(name);
        if (!Files.exists(file) || Files.size(file) != bytes.length) {
          // A name of its own for each process, and not a temporary file: those are for one user.
          Path part = folder.resolve(name + "." + ProcessHandle.current().pid() + ".part");
          Files.write(part, bytes);
          Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("the embedded model cannot be unpacked", e);
    }
  }

  private static Path cache() {
    String given = System.getenv("XDG_CACHE_HOME");
    return (given == null || given.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(given))
        .resolve("reticent");
  }

  private static byte[] read(String name) throws IOException {
    try (InputStream in = QuickstartQuestions.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the resource " + name + " is missing from the jar");
      }
      return in.readAllBytes();
    }
  }
}

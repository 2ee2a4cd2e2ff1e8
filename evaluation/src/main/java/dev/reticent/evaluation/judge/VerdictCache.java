package dev.reticent.evaluation.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.checkpoint.Provenance;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Good replies kept in files, one each, so that running again asks only what failed.
 *
 * <p>The key is a digest of address, model, parameters, the whole prompt and the repeat; a file
 * appears whole or not at all. Replies without a verdict are never kept.
 */
final class VerdictCache {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final String asked;

  /**
   * @param asked everything but prompt and repeat that a reply depends on
   */
  VerdictCache(Path folder, String asked) {
    this.folder = folder;
    this.asked = asked;
  }

  Optional<Reply> find(JudgePrompt prompt, int repeat) {
    try {
      return Optional.of(JSON.readValue(file(prompt, repeat).toFile(), Reply.class));
    } catch (NoSuchFileException | java.io.FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // damaged: ask again, and write it anew
    }
  }

  void keep(JudgePrompt prompt, int repeat, Reply reply) {
    Path file = file(prompt, repeat);
    try {
      Files.createDirectories(file.resolveSibling("."));
      Path part = Files.createTempFile(file.resolveSibling("."), "verdict", ".part");
      Files.writeString(part, JSON.writeValueAsString(reply));
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UserInputException(
          "the verdict cannot be kept in "
              + file
              + ": "
              + e
              + "; make room, or name another folder",
          e);
    }
  }

  private Path file(JudgePrompt prompt, int repeat) {
    String all = String.join("\u0000", asked, prompt.system(), prompt.user(), "" + repeat);
    String digest = Provenance.digest(all);
    return folder.resolve(digest.substring(0, 2)).resolve(digest.substring(2) + ".json");
  }
}

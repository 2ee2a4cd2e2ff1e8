package dev.reticent.config;

import dev.reticent.api.Internal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What Git leaves in the place of a large file that was not fetched: a text of three lines. Any
 * file of a model or of rows can be one.
 */
@Internal
public final class GitLfs {

  /** How each such text begins. */
  public static final String START = "version https://git-lfs.github.com/spec/";

  /** What it is and what to do, to follow the file's name. */
  public static final String CURE =
      " is a Git LFS pointer and not the file itself: run `git lfs pull` in its repository.";

  private GitLfs() {}

  /**
   * @param start the file's first bytes
   * @throws UserInputException where they are a pointer's
   */
  public static void refuse(Path file, byte[] start) {
    int length = Math.min(start.length, START.length());
    if (new String(start, 0, length, StandardCharsets.ISO_8859_1).equals(START)) {
      throw new UserInputException(file + CURE);
    }
  }
}

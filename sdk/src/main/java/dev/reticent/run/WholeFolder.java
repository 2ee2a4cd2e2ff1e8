package dev.reticent.run;

import dev.reticent.api.Internal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Folders that are there whole or not at all. */
@Internal
public final class WholeFolder {

  private WholeFolder() {}

  /** Fills a folder. */
  @FunctionalInterface
  public interface Filler {
    void fill(RunFolder folder) throws IOException;
  }

  /**
   * Fills a folder beside its place and then moves it there; removes what a process left that was
   * killed meanwhile.
   *
   * @param target must not be there
   */
  public static void make(Path target, Filler filler) throws IOException {
    Path place = target.toAbsolutePath();
    RunFolder part = new RunFolder(place.resolveSibling("." + place.getFileName() + ".part"));
    part.remove();
    try {
      Files.createDirectories(part.path());
      filler.fill(part);
      Files.move(part.path(), place, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      part.remove();
    }
  }
}

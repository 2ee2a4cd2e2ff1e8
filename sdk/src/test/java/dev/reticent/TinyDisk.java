package dev.reticent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system of its own, of a few kilobytes, that can be filled or made read-only. Mounting
 * needs the rights of root: without them a test that asks for one is skipped.
 */
public final class TinyDisk implements AutoCloseable {
  private final Path folder;

  private TinyDisk(Path folder) {
    this.folder = folder;
  }

  /** Mounts one on an empty folder. */
  public static TinyDisk mount(Path folder, int kilobytes) throws IOException {
    Files.createDirectories(folder);
    boolean mounted =
        run("mount", "-t", "tmpfs", "-o", "size=" + kilobytes + "k", "tmpfs", folder.toString());
    Assumptions.assumeTrue(mounted, "needs the right to mount a tmpfs (run as root on Linux)");
    return new TinyDisk(folder);
  }

  public Path folder() {
    return folder;
  }

  /** From now on every write fails. */
  public void makeReadOnly() {
    if (!run("mount", "-o", "remount,ro", folder.toString())) {
      throw new AssertionError("remounting failed");
    }
  }

  private static boolean run(String... command) {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (!run("umount", "-l", folder.toString())) {
      throw new AssertionError("unmounting failed");
    }
  }
}

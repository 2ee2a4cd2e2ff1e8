package dev.reticent.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Standard output, which remembers when it could not be written: a writer on top of it would go on
 * in silence. A reader that has seen enough, such as {@code head}, is no failure.
 */
final class StandardOutput extends OutputStream {
  private final OutputStream out;
  private Optional<String> failure = Optional.empty();

  StandardOutput() {
    this(new FileOutputStream(FileDescriptor.out));
  }

  StandardOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int start, int length) throws IOException {
    try {
      out.write(bytes, start, length);
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      failure = failure.or(() -> Optional.of(reason));
      throw e;
    }
  }

  /** Why something was lost that somebody waits for. */
  Optional<String> failure() {
    return failure.filter(reason -> !reason.contains("Broken pipe"));
  }
}

package dev.reticent.tensorboard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Keeps whole copies of a writer's files in a second folder, since some storage cannot append. */
final class Mirror {

  private final Optional<Path> folder;
  private final double seconds;
  private long last = System.nanoTime();
  private String published = "";

  Mirror(Optional<Path> folder, double seconds) {
    this.folder = folder;
    this.seconds = seconds;
  }

  List<Path> foldersWith(Path local) {
    return folder.map(remote -> List.of(local, remote)).orElse(List.of(local));
  }

  /** Copies the file if it has changed and it is time. */
  synchronized void publish(Path file, boolean now) throws IOException {
    boolean due = now || (System.nanoTime() - last) * 1e-9 >= seconds;
    if (folder.isEmpty() || !due) {
      return;
    }
    last = System.nanoTime();
    String state = file + " " + Files.size(file);
    if (!state.equals(published)) {
      EventFile.replace(file, folder.get());
      published = state;
    }
  }
}

package dev.reticent.spark;

import dev.reticent.privacy.LedgerStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;

/**
 * A ledger's lines as files {@code 000000.json} and so on, on a file system of Hadoop's.
 *
 * <p>A file is created only where there is none. Stores whose objects appear when they are closed
 * (ABFS, GCS, and S3A with {@code fs.s3a.create.conditional.enabled}) do that as one act. On the
 * disk of this machine a whole file is linked to its name.
 */
final class HadoopLedgerStore implements LedgerStore {

  private final FileSystem files;
  private final Path folder;

  HadoopLedgerStore(FileSystem files, Path folder) {
    this.files = files;
    this.folder = folder;
  }

  @Override
  public List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    if (!files.exists(folder)) {
      return lines;
    }
    FileStatus[] found = files.listStatus(folder, path -> path.getName().matches("\\d+\\.json"));
    Arrays.sort(found);
    for (FileStatus file : found) {
      if (!file.getPath().getName().equals(name(lines.size()))) {
        throw new IllegalArgumentException(
            this + ": " + name(lines.size()) + " is missing, and there are later ones; restore it");
      }
      String text = read(file.getPath());
      if (!text.endsWith("\n")) {
        throw new IllegalArgumentException(
            file.getPath()
                + " is cut off, so its step was not released; delete it and run the same command"
                + " again");
      }
      lines.add(text.strip());
    }
    return lines;
  }

  @Override
  public boolean add(int number, String line) throws IOException {
    Path file = new Path(folder, name(number));
    byte[] text = (line + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      files.mkdirs(folder);
      if (files.getScheme().equals("file")) {
        link(file, text);
      } else {
        try (OutputStream out = files.create(file, false)) {
          out.write(text);
        }
      }
      return true;
    } catch (FileAlreadyExistsException
        | org.apache.hadoop.fs.FileAlreadyExistsException
        | PathIOException e) {
      // S3A says when an object is closed, and as a fault of its path, that there is one already.
      if (!files.exists(file)) {
        throw e;
      }
      // This line's own, when an answer to writing it was lost on the way.
      return read(file).equals(line + "\n");
    }
  }

  private static void link(Path file, byte[] text) throws IOException {
    java.nio.file.Path target = java.nio.file.Path.of(file.toUri().getPath());
    java.nio.file.Path whole = Files.createTempFile(target.getParent(), "line", ".part");
    try {
      Files.write(whole, text);
      Files.createLink(target, whole);
    } finally {
      Files.delete(whole);
    }
  }

  private String read(Path file) throws IOException {
    try (FSDataInputStream in = files.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String name(int number) {
    return String.format(Locale.ROOT, "%06d.json", number);
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}

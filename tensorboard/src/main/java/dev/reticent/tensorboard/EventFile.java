package dev.reticent.tensorboard;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One event file, handed to the system in whole records. A file is always new and its name sorts
 * behind all others of its folders, since TensorBoard reads the files of a run in the order of
 * their names.
 */
final class EventFile implements AutoCloseable {

  private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d{10}).*");
  private static final AtomicInteger COUNTER = new AtomicInteger();

  private final Path path;
  private final FileChannel channel;
  private int writes;

  private EventFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * A new file in the first folder, later than all files of these folders.
   *
   * @param named whether its name tells the host and process that wrote it
   */
  static EventFile create(List<Path> folders, long nowSeconds, boolean named) throws IOException {
    Files.createDirectories(folders.get(0));
    long time = nowSeconds;
    for (Path folder : folders) {
      time = Math.max(time, newest(folder) + 1);
    }
    String writer =
        named
            ? host() + "." + ProcessHandle.current().pid() + "." + COUNTER.getAndIncrement()
            : "run";
    String name = String.format(Locale.ROOT, "events.out.tfevents.%010d.%s", time, writer);
    Path path = folders.get(0).resolve(name);
    return new EventFile(
        path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  private static long newest(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> NAME.matcher(String.valueOf(file.getFileName())))
          .filter(Matcher::matches)
          .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
          .max()
          .orElse(0);
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9_-]", "_");
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  Path path() {
    return path;
  }

  /** Writes whole records in one go. */
  void write(byte[] records) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(records);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    writes++;
  }

  /** Deletes the file if it holds no more than its opening; whether it is gone. */
  boolean deletedAsEmpty() {
    try {
      return writes < 2 && Files.deleteIfExists(path);
    } catch (IOException e) {
      return false;
    }
  }

  /** Replaces a file's copy in a folder, by renaming where the file system can. */
  static void replace(Path file, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path target = folder.resolve(String.valueOf(file.getFileName()));
    Path part = folder.resolve(".part-" + ProcessHandle.current().pid());
    Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING);
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

package dev.reticent.tensorboard;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * One event file: records of length, checksum, data, checksum (TensorFlow's TFRecord), handed to
 * the system whole. A file is always new and its name sorts behind all others of its folder, since
 * TensorBoard reads the files of a run in the order of their names.
 */
final class EventFile implements AutoCloseable {

  private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d{10}).*");
  private static final AtomicInteger COUNTER = new AtomicInteger();

  private final FileChannel channel;

  private EventFile(FileChannel channel) {
    this.channel = channel;
  }

  static EventFile create(Path folder, long nowSeconds) throws IOException {
    Files.createDirectories(folder);
    long newest = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Matcher matcher = NAME.matcher(String.valueOf(file.getFileName()));
        if (matcher.matches()) {
          newest = Math.max(newest, Long.parseLong(matcher.group(1)));
        }
      }
    }
    String name =
        String.format(
            Locale.ROOT,
            "events.out.tfevents.%010d.%s.%d.%d",
            Math.max(nowSeconds, newest + 1),
            host(),
            ProcessHandle.current().pid(),
            COUNTER.getAndIncrement());
    return new EventFile(
        FileChannel.open(
            folder.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9_-]", "_");
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** An event as a record. */
  static byte[] record(byte[] event) {
    ByteBuffer record = ByteBuffer.allocate(event.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(event.length);
    record.putInt(maskedChecksum(record.array(), 8));
    record.put(event);
    record.putInt(maskedChecksum(event, event.length));
    return record.array();
  }

  private static int maskedChecksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    int c = (int) crc.getValue();
    return ((c >>> 15) | (c << 17)) + 0xa282ead8;
  }

  /** Writes whole records in one go. */
  void write(byte[] records) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(records);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

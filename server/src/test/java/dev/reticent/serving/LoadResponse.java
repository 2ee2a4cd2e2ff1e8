package dev.reticent.serving;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@link LoadClient} keeps of a response.
 *
 * @param firstTextNanos when the first part with a text came, on the clock of {@link
 *     System#nanoTime}
 * @param completionTokens as the server counts them
 */
record LoadResponse(long firstTextNanos, int completionTokens) {
  private static final Pattern TEXT = Pattern.compile("\"text\": ?\"[^\"]");
  private static final Pattern COUNT = Pattern.compile("\"completion_tokens\": ?(\\d+)");
  private static final int TAIL = 1024;

  /** Reads one response of HTTP/1.1 to its end, and no byte more. */
  static LoadResponse read(InputStream in) throws IOException {
    String status = line(in);
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IOException("expected 200, got " + status);
    }
    Kept kept = new Kept();
    int length = -1;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring("content-length:".length()).strip());
      }
    }
    if (length >= 0) {
      kept.add(exactly(in, length));
    } else {
      for (int size = chunk(in); size > 0; size = chunk(in)) {
        kept.add(exactly(in, size));
        line(in);
      }
      line(in);
    }
    Matcher count = COUNT.matcher(new String(kept.tail, StandardCharsets.ISO_8859_1));
    return new LoadResponse(kept.first, count.find() ? Integer.parseInt(count.group(1)) : -1);
  }

  private static final class Kept {
    private long first;
    private byte[] tail = {};

    void add(byte[] part) {
      if (first == 0 && TEXT.matcher(new String(part, StandardCharsets.ISO_8859_1)).find()) {
        first = System.nanoTime();
      }
      byte[] both = Arrays.copyOf(tail, tail.length + part.length);
      System.arraycopy(part, 0, both, tail.length, part.length);
      tail = Arrays.copyOfRange(both, Math.max(0, both.length - TAIL), both.length);
    }
  }

  private static int chunk(InputStream in) throws IOException {
    return Integer.parseInt(line(in).strip(), 16);
  }

  private static byte[] exactly(InputStream in, int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException("the response broke off");
    }
    return bytes;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the response broke off");
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }
}

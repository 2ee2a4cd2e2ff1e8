package dev.reticent.serving;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** JSON whose last text of a name is still open; what stands around it is rendered once. */
final class OpenText {
  private final byte[] before;
  private final byte[] after;

  private OpenText(byte[] before, byte[] after) {
    this.before = before;
    this.after = after;
  }

  /**
   * @param json in which the text is empty
   */
  static OpenText of(ObjectNode json, String name) {
    String all = json.toString();
    String empty = "\"" + name + "\":\"\"";
    int open = all.lastIndexOf(empty) + empty.length() - 1;
    return new OpenText(
        all.substring(0, open).getBytes(StandardCharsets.UTF_8),
        all.substring(open).getBytes(StandardCharsets.UTF_8));
  }

  /** Adds the JSON with its text to a buffer. */
  void close(Buffer buffer, String text) {
    buffer
        .appendBytes(before)
        .appendBytes(JsonStringEncoder.getInstance().quoteAsUTF8(text))
        .appendBytes(after);
  }
}

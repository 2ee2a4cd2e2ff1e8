package dev.reticent.text;

import dev.reticent.api.Internal;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Decodes ids as they arrive, never cutting a character.
 *
 * <p>Text is given out once it can no longer change: the bytes of one character may be spread over
 * several tokens, so a piece that ends in U+FFFD is held back until the next id, or {@link
 * #finish}. Each new piece is decoded together with the piece before it and the difference given
 * out, which keeps the spaces that some decoders drop at the start of a text. The pieces of valid
 * text, put together, are the decoded whole. Not safe for use by several threads.
 */
@Internal
public final class StreamingDecoder {
  private final Function<int[], String> decode;
  private int[] ids = new int[64];
  private int size;
  private int previous; // where the last given-out piece starts
  private int pending; // where the ids not yet given out start

  StreamingDecoder(Function<int[], String> decode) {
    this.decode = decode;
  }

  /** Adds one id and returns the text that it completes, often one word, sometimes empty. */
  public String next(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
    }
    ids[size++] = id;
    String given = text(previous, pending);
    String now = text(previous, size);
    if (now.length() <= given.length() || now.endsWith("\uFFFD")) {
      return "";
    }
    return give(given, now);
  }

  /** The text still held back; a character that never became whole is U+FFFD. */
  public String finish() {
    return give(text(previous, pending), text(previous, size));
  }

  private String give(String given, String now) {
    // An unfinished character can turn the whole run of bytes before it into U+FFFD.
    String piece = now.startsWith(given) ? now.substring(given.length()) : text(pending, size);
    previous = pending;
    pending = size;
    return piece;
  }

  private String text(int from, int to) {
    return from == to ? "" : decode.apply(Arrays.copyOfRange(ids, from, to));
  }
}

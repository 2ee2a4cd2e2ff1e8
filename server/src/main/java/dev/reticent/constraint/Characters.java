package dev.reticent.constraint;

import java.util.ArrayList;
import java.util.List;

/** How Unicode characters are spelled inside a JSON string: UTF-8 and escapes (RFC 8259). */
final class Characters {
  private static final int[] LAST_OF_LENGTH = {0x7F, 0x7FF, 0xFFFF, Character.MAX_CODE_POINT};
  private static final Regular HEX =
      Regular.choice(
          new Regular.Bytes('0', '9'), new Regular.Bytes('A', 'F'), new Regular.Bytes('a', 'f'));

  /** Strings without their quotes, each character in the one spelling that we write. */
  static final Dfa CANONICAL = new Regular.Star(canonical(CodePoints.ALL)).dfa();

  private Characters() {}

  /** Every spelling of one character; a surrogate comes in a pair or not at all. */
  static Regular any() {
    Regular escape =
        Regular.sequence(
            Regular.ascii("\\"),
            Regular.choice("\"\\/bfnrt".chars().mapToObj(c -> one(c)).toArray(Regular[]::new)));
    return Regular.choice(plain(0x20, Character.MAX_CODE_POINT), escape, unicodeEscape());
  }

  private static Regular unicodeEscape() {
    Regular d = Regular.choice(one('D'), one('d'));
    Regular two = Regular.sequence(HEX, HEX);
    Regular notD =
        Regular.choice(
            new Regular.Bytes('0', '9'),
            new Regular.Bytes('A', 'C'),
            new Regular.Bytes('E', 'F'),
            new Regular.Bytes('a', 'c'),
            new Regular.Bytes('e', 'f'));
    Regular high =
        Regular.choice(
            new Regular.Bytes('8', '9'), new Regular.Bytes('A', 'B'), new Regular.Bytes('a', 'b'));
    Regular low = Regular.choice(new Regular.Bytes('C', 'F'), new Regular.Bytes('c', 'f'));
    Regular u = Regular.ascii("\\u");
    return Regular.choice(
        Regular.sequence(u, notD, HEX, two),
        Regular.sequence(u, d, new Regular.Bytes('0', '7'), two),
        Regular.sequence(u, d, high, two, u, d, low, two));
  }

  private static Regular one(int b) {
    return new Regular.Bytes(b, b);
  }

  /** The one spelling of each character that {@link JsonText} writes too. */
  static Regular canonical(CodePoints set) {
    List<Regular> options = new ArrayList<>();
    int[] ranges = set.ranges();
    for (int i = 0; i < ranges.length; i += 2) {
      int low = ranges[i];
      for (; low < 0x20 && low <= ranges[i + 1]; low++) {
        options.add(Regular.ascii(JsonText.character(low)));
      }
      if (low <= ranges[i + 1]) {
        options.add(plain(low, ranges[i + 1]));
        for (int special : new int[] {'"', '\\'}) {
          if (low <= special && special <= ranges[i + 1]) {
            options.add(Regular.ascii(JsonText.character(special)));
          }
        }
      }
    }
    return new Regular.Choice(options);
  }

  /** UTF-8 of a range of characters, those that need an escape left out. */
  private static Regular plain(int low, int high) {
    List<Regular> options = new ArrayList<>();
    int from = low;
    for (int hole : new int[] {'"', '\\'}) {
      utf8(from, Math.min(high, hole - 1), options);
      from = Math.max(from, hole + 1);
    }
    utf8(from, Math.min(high, 0xD7FF), options);
    utf8(Math.max(from, 0xE000), high, options);
    return new Regular.Choice(options);
  }

  /** Splits a range until each part is one range for every byte. */
  private static void utf8(int low, int high, List<Regular> out) {
    if (low > high) {
      return;
    }
    int length = 1;
    while (LAST_OF_LENGTH[length - 1] < low) {
      length++;
    }
    int last = LAST_OF_LENGTH[length - 1];
    if (high > last) {
      utf8(low, last, out);
      utf8(last + 1, high, out);
      return;
    }
    for (int tail = length - 1; tail > 0; tail--) {
      int mask = (1 << (6 * tail)) - 1;
      if ((low & ~mask) != (high & ~mask)) {
        if ((low & mask) != 0) {
          utf8(low, low | mask, out);
          utf8((low | mask) + 1, high, out);
          return;
        }
        if ((high & mask) != mask) {
          utf8(low, (high & ~mask) - 1, out);
          utf8(high & ~mask, high, out);
          return;
        }
      }
    }
    byte[] first = JsonText.utf8(Character.toString(low));
    byte[] second = JsonText.utf8(Character.toString(high));
    Regular[] parts = new Regular[length];
    for (int i = 0; i < length; i++) {
      parts[i] = new Regular.Bytes(first[i] & 0xFF, second[i] & 0xFF);
    }
    out.add(Regular.sequence(parts));
  }
}

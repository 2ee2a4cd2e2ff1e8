package dev.reticent.constraint;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the part of ECMA-262's regular expressions that is regular and that every validator reads
 * alike: characters, {@code .}, classes, {@code \d \w \s} and their opposites, groups, {@code |},
 * quantifiers, and {@code ^} and {@code $} at the ends of an alternative.
 */
final class Pattern {
  private static final int MOST_REPEATS = 1000;
  private static final int MOST_GROUPS = 100; // in one another
  private static final CodePoints DIGIT = CodePoints.of('0', '9');
  private static final CodePoints WORD = CodePoints.of('0', '9', 'A', 'Z', 'a', 'z', '_', '_');

  /** Blanks for every engine; and for any engine. */
  private static final CodePoints BLANK = CodePoints.of('\t', '\r', ' ', ' ');

  private static final CodePoints BLANKS =
      BLANK.or(
          CodePoints.of(
              0x1C, 0x1F, 0x85, 0x85, 0xA0, 0xA0, 0x1680, 0x1680, 0x180E, 0x180E, 0x2000, 0x200A,
              0x2028, 0x2029, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000, 0xFEFF, 0xFEFF));

  private static final CodePoints DOT =
      CodePoints.of('\n', '\n', '\r', '\r', 0x85, 0x85, 0x2028, 0x2029).not();

  private final int[] text;
  private final CodePoints alphabet;
  private int at;
  private int groups;

  private Pattern(String text, CodePoints alphabet) {
    this.text = text.codePoints().toArray();
    this.alphabet = alphabet;
  }

  /**
   * The canonical spellings of the strings in which the pattern is found.
   *
   * @param alphabet the characters that strings are made of
   * @throws IllegalArgumentException saying what is not understood, as the end of a sentence
   */
  static Regular parse(String pattern, CodePoints alphabet) {
    Pattern parser = new Pattern(pattern, alphabet);
    List<Regular> options = new ArrayList<>();
    Regular anything = new Regular.Star(Characters.canonical(alphabet));
    do {
      boolean fromStart = parser.take('^');
      Regular body = parser.sequence();
      boolean toEnd = parser.take('$');
      options.add(
          Regular.sequence(
              fromStart ? Regular.empty() : anything, body, toEnd ? Regular.empty() : anything));
    } while (parser.take('|'));
    if (parser.at < parser.text.length) {
      throw parser.refused("'" + Character.toString(parser.peek()) + "' stands where it cannot");
    }
    return new Regular.Choice(options);
  }

  private IllegalArgumentException refused(String what) {
    return new IllegalArgumentException(what + " at character " + (at + 1));
  }

  private int peek() {
    return at < text.length ? text[at] : -1;
  }

  private boolean take(int c) {
    if (peek() == c) {
      at++;
      return true;
    }
    return false;
  }

  private int any() {
    if (at == text.length) {
      throw refused("it ends too early");
    }
    return text[at++];
  }

  private Regular sequence() {
    List<Regular> parts = new ArrayList<>();
    while (at < text.length && "|)$".indexOf(peek()) < 0) {
      parts.add(quantified(atom()));
    }
    return new Regular.Sequence(parts);
  }

  private Regular quantified(Regular atom) {
    Regular result = atom;
    if (take('*')) {
      result = new Regular.Star(atom);
    } else if (take('+')) {
      result = Regular.atLeast(atom, 1);
    } else if (take('?')) {
      result = Regular.choice(atom, Regular.empty());
    } else if (take('{')) {
      int least = number();
      if (take(',')) {
        result =
            peek() == '}' ? Regular.atLeast(atom, least) : Regular.repeat(atom, least, number());
      } else {
        result = Regular.repeat(atom, least, least);
      }
      if (!take('}')) {
        throw refused("a repetition is not closed");
      }
    } else {
      return atom;
    }
    take('?'); // a lazy quantifier finds the same strings
    if (peek() >= 0 && "*+?{".indexOf(peek()) >= 0) {
      throw refused("a quantifier follows another");
    }
    return result;
  }

  private int number() {
    int start = at;
    int value = 0;
    while (peek() >= '0' && peek() <= '9' && value <= MOST_REPEATS) {
      value = 10 * value + any() - '0';
    }
    if (at == start || value > MOST_REPEATS) {
      throw refused("a repetition needs a number of at most " + MOST_REPEATS);
    }
    return value;
  }

  private Regular atom() {
    int c = any();
    if ("^*+?{}]".indexOf(c) >= 0) {
      at--;
      throw refused("'" + Character.toString(c) + "' stands where it cannot");
    }
    return switch (c) {
      case '(' -> group();
      case '[' -> characters(characterClass());
      case '.' -> characters(DOT);
      case '\\' -> characters(escape(false));
      default -> characters(CodePoints.of(c, c));
    };
  }

  private Regular characters(CodePoints set) {
    return Characters.canonical(set.and(alphabet));
  }

  private Regular group() {
    if (++groups > MOST_GROUPS) {
      throw refused("more than " + MOST_GROUPS + " groups are in one another");
    }
    if (take('?') && !take(':')) {
      throw refused("a group with (? looks around or has a name, which is not supported,");
    }
    List<Regular> options = new ArrayList<>();
    do {
      options.add(sequence());
    } while (take('|'));
    if (!take(')')) {
      throw refused("a group is not closed, or holds '$',");
    }
    groups--;
    return new Regular.Choice(options);
  }

  private CodePoints characterClass() {
    boolean negated = take('^');
    CodePoints set = CodePoints.of();
    while (!take(']')) {
      boolean both = peek() == '&' && at + 1 < text.length && text[at + 1] == '&';
      if (peek() == '[' || both) {
        throw refused("'[' or '&&' in a class is not read alike by all: escape it,");
      }
      CodePoints item = classItem(negated);
      if (peek() == '-' && at + 1 < text.length && text[at + 1] != ']') {
        at++;
        CodePoints end = classItem(negated);
        int[] low = item.ranges();
        int[] high = end.ranges();
        if (low.length != 2 || low[0] != low[1] || high.length != 2 || high[0] < low[0]) {
          throw refused("a range in a class has no first or last character");
        }
        item = CodePoints.of(low[0], high[0]);
      }
      set = set.or(item);
    }
    return negated ? set.not() : set;
  }

  private CodePoints classItem(boolean negated) {
    int c = any();
    return c == '\\' ? escape(negated) : CodePoints.of(c, c);
  }

  /**
   * @param wide whether to take what any engine takes for a blank, for a set to be turned round
   */
  private CodePoints escape(boolean wide) {
    int c = any();
    return switch (c) {
      case 'd' -> DIGIT;
      case 'D' -> DIGIT.not();
      case 'w' -> WORD;
      case 'W' -> WORD.not();
      case 's' -> wide ? BLANKS : BLANK;
      case 'S' -> (wide ? BLANK : BLANKS).not();
      case 't' -> CodePoints.of('\t', '\t');
      case 'n' -> CodePoints.of('\n', '\n');
      case 'r' -> CodePoints.of('\r', '\r');
      case 'f' -> CodePoints.of('\f', '\f');
      case 'x' -> hex(2);
      case 'u' -> hex(4);
      default -> {
        if (c < 0x80 && Character.isLetterOrDigit(c)) {
          throw refused("\\" + Character.toString(c) + " is not supported,");
        }
        yield CodePoints.of(c, c);
      }
    };
  }

  private CodePoints hex(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(any(), 16);
      if (digit < 0) {
        throw refused("an escape needs " + digits + " hexadecimal digits");
      }
      value = 16 * value + digit;
    }
    if (value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE) {
      throw refused("half of a surrogate pair is escaped");
    }
    return CodePoints.of(value, value);
  }
}

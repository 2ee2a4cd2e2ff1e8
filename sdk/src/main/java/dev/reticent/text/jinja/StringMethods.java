package dev.reticent.text.jinja;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/** The methods that a string has in Python. */
final class StringMethods {
  /** A method before it is bound to its text. */
  interface Method {
    Object apply(Execution run, String text, Arguments arguments);
  }

  private static final Set<String> NOT_HERE =
      Set.of("encode", "format_map", "maketrans", "translate");

  /** Unicode's Numeric_Type=Digit, from and to. */
  private static final int[] SHAPED_DIGITS = {
    0xB2, 0xB3, 0xB9, 0xB9, 0x1369, 0x1371, 0x19DA, 0x19DA, 0x2070, 0x2070, 0x2074, 0x2079, 0x2080,
    0x2089, 0x2460, 0x2468, 0x2474, 0x247C, 0x2488, 0x2490, 0x24EA, 0x24EA, 0x24F5, 0x24FD, 0x24FF,
    0x24FF, 0x2776, 0x277E, 0x2780, 0x2788, 0x278A, 0x2792, 0x10A40, 0x10A43, 0x10E60, 0x10E68,
    0x11052, 0x1105A, 0x1F100, 0x1F10A
  };

  private static final Map<String, Method> ALL =
      Map.ofEntries(
          entry("capitalize", change("capitalize", PythonCase::capitalize)),
          entry("casefold", StringMethods::casefold),
          entry("center", padding("center", Padding::center)),
          entry("count", Searching::count),
          entry("endswith", Searching::endsWith),
          entry("expandtabs", StringMethods::expandTabs),
          entry("find", Searching::find),
          entry("format", BraceFormat::format),
          entry("index", Searching::index),
          entry("isalnum", all(c -> Character.isLetter(c) || CodePoints.isNumeric(c))),
          entry("isalpha", all(Character::isLetter)),
          entry("isascii", (run, text, a) -> text.chars().allMatch(c -> c < 0x80)),
          entry("isdecimal", all(c -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER)),
          entry("isdigit", all(StringMethods::isDigit)),
          entry("isidentifier", (run, text, a) -> isIdentifier(text)),
          entry("islower", (run, text, a) -> PythonCase.allOfCase(text, false)),
          entry("isnumeric", all(CodePoints::isNumeric)),
          entry(
              "isprintable", (run, text, a) -> text.codePoints().allMatch(CodePoints::isPrintable)),
          entry("isspace", all(CodePoints::isSpace)),
          entry("istitle", (run, text, a) -> PythonCase.isTitled(text)),
          entry("isupper", (run, text, a) -> PythonCase.allOfCase(text, true)),
          entry("join", StringMethods::join),
          entry("ljust", padding("ljust", Padding::left)),
          entry("lower", change("lower", text -> text.toLowerCase(Locale.ROOT))),
          entry("lstrip", strip("lstrip", true, false)),
          entry("partition", Splitting::partition),
          entry("removeprefix", StringMethods::removePrefix),
          entry("removesuffix", StringMethods::removeSuffix),
          entry("replace", StringMethods::replace),
          entry("rfind", Searching::lastFind),
          entry("rindex", Searching::lastIndex),
          entry("rjust", padding("rjust", Padding::right)),
          entry("rpartition", Splitting::lastPartition),
          entry("rsplit", Splitting::splitFromRight),
          entry("rstrip", strip("rstrip", false, true)),
          entry("split", Splitting::split),
          entry("splitlines", Splitting::lines),
          entry("startswith", Searching::startsWith),
          entry("strip", strip("strip", true, true)),
          entry("swapcase", change("swapcase", PythonCase::swapped)),
          entry("title", change("title", PythonCase::titled)),
          entry("upper", change("upper", text -> text.toUpperCase(Locale.ROOT))),
          entry("zfill", StringMethods::zfill));

  private StringMethods() {}

  static boolean isKnown(String name) {
    return ALL.containsKey(name) || NOT_HERE.contains(name);
  }

  static Optional<Object> bound(String text, String name) {
    if (NOT_HERE.contains(name)) {
      throw TemplateException.unsupported("the method '" + name + "' of a str");
    }
    return Optional.ofNullable(ALL.get(name))
        .map(method -> (Callable) (run, arguments) -> call(run, method, text, arguments));
  }

  /** Most methods look at the whole text. */
  private static Object call(Execution run, Method method, String text, Arguments arguments) {
    run.budget().size(text.length());
    return method.apply(run, text, arguments);
  }

  /** A text among the arguments of a method. */
  static String text(Object value, String method) {
    return PythonType.expect(value, String.class, method);
  }

  private static Method change(String name, UnaryOperator<String> change) {
    return (run, text, arguments) -> {
      arguments.positionalOnly(name, 0, 0);
      return change.apply(text);
    };
  }

  /** Whether a text is not empty and all its code points are of a kind. */
  private static Method all(IntPredicate kind) {
    return (run, text, arguments) -> {
      arguments.positionalOnly("a method of a str", 0, 0);
      return !text.isEmpty() && text.codePoints().allMatch(kind);
    };
  }

  /** Digits are the decimal ones and those in circles, in brackets and off the line. */
  private static boolean isDigit(int c) {
    boolean shaped = false;
    for (int i = 0; i < SHAPED_DIGITS.length; i += 2) {
      shaped |= c >= SHAPED_DIGITS[i] && c <= SHAPED_DIGITS[i + 1];
    }
    return shaped || Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER;
  }

  private static boolean isIdentifier(String text) {
    return text.codePoints().allMatch(CodePoints::isWord)
        && !text.isEmpty()
        && !CodePoints.isNumeric(text.codePointAt(0));
  }

  private interface Pad {
    String apply(String text, int width, String fill);
  }

  private static Method padding(String name, Pad pad) {
    return (run, text, arguments) -> {
      List<Object> a = arguments.positionalOnly(name, 1, 2);
      String fill = a.size() > 1 ? text(a.get(1), name) : " ";
      if (CodePoints.length(fill) != 1) {
        throw TemplateException.failed(name + ": the fill must be one character");
      }
      int width = Numbers.smallIndex(a.get(0), name);
      run.budget().size(width);
      return pad.apply(text, width, fill);
    };
  }

  private static Method strip(String name, boolean left, boolean right) {
    return (run, text, arguments) -> {
      List<Object> a = arguments.positionalOnly(name, 0, 1);
      return Stripping.strip(text, a.isEmpty() ? None.NONE : a.get(0), left, right);
    };
  }

  private static Object casefold(Execution run, String text, Arguments arguments) {
    arguments.positionalOnly("casefold", 0, 0);
    if (text.chars().anyMatch(c -> c >= 0x80)) {
      throw TemplateException.unsupported("casefold of other than ASCII");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  private static Object expandTabs(Execution run, String text, Arguments arguments) {
    int size = Numbers.smallIndex(arguments.bind("expandtabs", 0, List.of("tabsize"), 8L)[0], "");
    StringBuilder result = new StringBuilder();
    int column = 0;
    for (int c : text.codePoints().toArray()) {
      if (c == '\t') {
        int blanks = size > 0 ? size - column % size : 0;
        run.budget().size((long) result.length() + blanks);
        result.append(" ".repeat(blanks));
        column += blanks;
      } else {
        result.appendCodePoint(c);
        column = c == '\n' || c == '\r' ? 0 : column + 1;
      }
    }
    return result.toString();
  }

  private static Object join(Execution run, String text, Arguments arguments) {
    StringBuilder result = new StringBuilder();
    List<String> parts = new ArrayList<>();
    for (Object part : Sequences.list(arguments.positionalOnly("join", 1, 1).get(0))) {
      parts.add(text(part, "join"));
    }
    for (int i = 0; i < parts.size(); i++) {
      result.append(i > 0 ? text : "").append(parts.get(i));
      run.budget().total(result.length());
    }
    return result.toString();
  }

  private static Object removePrefix(Execution run, String text, Arguments arguments) {
    String prefix = text(arguments.positionalOnly("removeprefix", 1, 1).get(0), "removeprefix");
    return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
  }

  private static Object removeSuffix(Execution run, String text, Arguments arguments) {
    String suffix = text(arguments.positionalOnly("removesuffix", 1, 1).get(0), "removesuffix");
    return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
  }

  private static Object replace(Execution run, String text, Arguments arguments) {
    List<Object> a = arguments.positionalOnly("replace", 2, 3);
    long count = a.size() > 2 ? Numbers.index(a.get(2), "replace") : -1;
    return Replacing.replace(
        run, text, text(a.get(0), "replace"), text(a.get(1), "replace"), count);
  }

  private static Object zfill(Execution run, String text, Arguments arguments) {
    int width = Numbers.smallIndex(arguments.positionalOnly("zfill", 1, 1).get(0), "zfill");
    run.budget().size(width);
    return Padding.zeros(text, width);
  }
}

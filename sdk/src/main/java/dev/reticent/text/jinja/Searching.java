package dev.reticent.text.jinja;

import java.util.List;

/** The methods of a string that look for another, from one place to another where given. */
final class Searching {
  private Searching() {}

  /**
   * The part of a text in which a method looks.
   *
   * @param start in code points
   * @param within the part; before its start nothing is found even if it is empty
   */
  private record Part(long start, String within, boolean possible) {
    static Part of(String text, List<Object> arguments, String method) {
      long size = CodePoints.length(text);
      long from = bound(arguments, 1, 0, size, method);
      long to = Math.min(size, bound(arguments, 2, size, size, method));
      boolean possible = from <= to;
      String within = possible ? CodePoints.slice(text, (int) from, (int) to) : "";
      return new Part(from, within, possible);
    }

    private static long bound(
        List<Object> arguments, int place, long absent, long size, String method) {
      if (arguments.size() <= place || arguments.get(place) instanceof None) {
        return absent;
      }
      long index = Numbers.smallIndex(arguments.get(place), method);
      return index < 0 ? Math.max(0, index + size) : index;
    }
  }

  private static long find(String text, Arguments arguments, String method, boolean last) {
    List<Object> a = arguments.positionalOnly(method, 1, 3);
    Part part = Part.of(text, a, method);
    String wanted = StringMethods.text(a.get(0), method);
    int found = last ? part.within().lastIndexOf(wanted) : part.within().indexOf(wanted);
    return found < 0 || !part.possible()
        ? -1
        : part.start() + CodePoints.count(part.within(), found);
  }

  private static Object found(long index) {
    if (index < 0) {
      throw TemplateException.failed("substring not found");
    }
    return index;
  }

  static Object find(Execution run, String text, Arguments arguments) {
    return find(text, arguments, "find", false);
  }

  static Object lastFind(Execution run, String text, Arguments arguments) {
    return find(text, arguments, "rfind", true);
  }

  static Object index(Execution run, String text, Arguments arguments) {
    return found(find(text, arguments, "index", false));
  }

  static Object lastIndex(Execution run, String text, Arguments arguments) {
    return found(find(text, arguments, "rindex", true));
  }

  static Object count(Execution run, String text, Arguments arguments) {
    List<Object> a = arguments.positionalOnly("count", 1, 3);
    Part part = Part.of(text, a, "count");
    String wanted = StringMethods.text(a.get(0), "count");
    if (!part.possible()) {
      return 0L;
    }
    if (wanted.isEmpty()) {
      return CodePoints.length(part.within()) + 1L;
    }
    long count = 0;
    for (int at = part.within().indexOf(wanted);
        at >= 0;
        at = part.within().indexOf(wanted, at + wanted.length())) {
      count++;
    }
    return count;
  }

  static Object startsWith(Execution run, String text, Arguments arguments) {
    return ends(text, arguments, "startswith");
  }

  static Object endsWith(Execution run, String text, Arguments arguments) {
    return ends(text, arguments, "endswith");
  }

  /** A tuple stands for any of its texts. */
  private static boolean ends(String text, Arguments arguments, String method) {
    List<Object> a = arguments.positionalOnly(method, 1, 3);
    Part part = Part.of(text, a, method);
    List<?> affixes = a.get(0) instanceof Tuple tuple ? tuple.items() : List.of(a.get(0));
    boolean any = false;
    for (Object affix : affixes) {
      String wanted = StringMethods.text(affix, method);
      any |=
          method.equals("startswith")
              ? part.within().startsWith(wanted)
              : part.within().endsWith(wanted);
    }
    return any && part.possible();
  }
}

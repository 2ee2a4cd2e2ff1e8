package dev.reticent.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The methods of a string that cut it into parts. */
final class Splitting {
  private Splitting() {}

  static Object split(Execution run, String text, Arguments arguments) {
    Object[] a = arguments.bind("split", 0, List.of("sep", "maxsplit"), None.NONE, -1L);
    long most = most(a[1]);
    List<String> parts =
        a[0] instanceof None ? atSpaces(text, most) : at(text, separator(a[0], "split"), most);
    return new ArrayList<Object>(parts);
  }

  static Object splitFromRight(Execution run, String text, Arguments arguments) {
    Object[] a = arguments.bind("rsplit", 0, List.of("sep", "maxsplit"), None.NONE, -1L);
    long most = most(a[1]);
    List<String> parts =
        a[0] instanceof None
            ? atSpacesFromRight(text, most)
            : atFromRight(text, separator(a[0], "rsplit"), most);
    return new ArrayList<Object>(parts);
  }

  private static long most(Object maxsplit) {
    long most = Numbers.index(maxsplit, "split");
    return most < 0 ? Long.MAX_VALUE : most;
  }

  private static String separator(Object given, String method) {
    String separator = StringMethods.text(given, method);
    if (separator.isEmpty()) {
      throw TemplateException.failed(method + ": empty separator");
    }
    return separator;
  }

  private static List<String> at(String text, String separator, long most) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int found = text.indexOf(separator);
        found >= 0 && parts.size() < most;
        found = text.indexOf(separator, start)) {
      parts.add(text.substring(start, found));
      start = found + separator.length();
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static List<String> atFromRight(String text, String separator, long most) {
    List<String> parts = new ArrayList<>();
    int end = text.length();
    while (parts.size() < most) {
      int found = text.lastIndexOf(separator, end - separator.length());
      if (found < 0 || end < separator.length()) {
        break;
      }
      parts.add(text.substring(found + separator.length(), end));
      end = found;
    }
    parts.add(text.substring(0, end));
    Collections.reverse(parts);
    return parts;
  }

  private static List<String> atSpaces(String text, long most) {
    List<String> parts = new ArrayList<>();
    int at = spaceEnd(text, 0);
    while (at < text.length()) {
      if (parts.size() >= most) {
        parts.add(Stripping.strip(text.substring(at), None.NONE, false, true));
        return parts;
      }
      int end = at;
      while (end < text.length() && !CodePoints.isSpace(text.charAt(end))) {
        end++;
      }
      parts.add(text.substring(at, end));
      at = spaceEnd(text, end);
    }
    return parts;
  }

  private static int spaceEnd(String text, int from) {
    int at = from;
    while (at < text.length() && CodePoints.isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static List<String> atSpacesFromRight(String text, long most) {
    List<String> parts = new ArrayList<>();
    int end = spaceStart(text, text.length());
    while (end > 0) {
      if (parts.size() >= most) {
        parts.add(Stripping.strip(text.substring(0, end), None.NONE, true, false));
        break;
      }
      int start = end;
      while (start > 0 && !CodePoints.isSpace(text.charAt(start - 1))) {
        start--;
      }
      parts.add(text.substring(start, end));
      end = spaceStart(text, start);
    }
    Collections.reverse(parts);
    return parts;
  }

  private static int spaceStart(String text, int from) {
    int at = from;
    while (at > 0 && CodePoints.isSpace(text.charAt(at - 1))) {
      at--;
    }
    return at;
  }

  static Object lines(Execution run, String text, Arguments arguments) {
    Object keep = arguments.bind("splitlines", 0, List.of("keepends"), false)[0];
    return new ArrayList<Object>(PythonLines.split(text, Ordering.truth(keep)));
  }

  static Object partition(Execution run, String text, Arguments arguments) {
    Object given = arguments.positionalOnly("partition", 1, 1).get(0);
    String separator = separator(given, "partition");
    int found = text.indexOf(separator);
    return found < 0 ? Tuple.of(text, "", "") : cut(text, separator, found);
  }

  static Object lastPartition(Execution run, String text, Arguments arguments) {
    Object given = arguments.positionalOnly("rpartition", 1, 1).get(0);
    String separator = separator(given, "rpartition");
    int found = text.lastIndexOf(separator);
    return found < 0 ? Tuple.of("", "", text) : cut(text, separator, found);
  }

  private static Tuple cut(String text, String separator, int found) {
    return Tuple.of(
        text.substring(0, found), separator, text.substring(found + separator.length()));
  }
}

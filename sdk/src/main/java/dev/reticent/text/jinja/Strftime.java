package dev.reticent.text.jinja;

import static java.util.Map.entry;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Dates as C's strftime writes them in the C locale. */
final class Strftime {
  private static final Map<Character, String> PATTERNS =
      Map.ofEntries(
          entry('a', "EEE"),
          entry('A', "EEEE"),
          entry('b', "MMM"),
          entry('B', "MMMM"),
          entry('c', "EEE MMM ppd HH:mm:ss yyyy"),
          entry('d', "dd"),
          entry('D', "MM/dd/yy"),
          entry('e', "ppd"),
          entry('F', "yyyy-MM-dd"),
          entry('h', "MMM"),
          entry('H', "HH"),
          entry('I', "hh"),
          entry('j', "DDD"),
          entry('k', "ppH"),
          entry('l', "pph"),
          entry('m', "MM"),
          entry('M', "mm"),
          entry('n', "'\n'"),
          entry('p', "a"),
          entry('R', "HH:mm"),
          entry('S', "ss"),
          entry('t', "'\t'"),
          entry('T', "HH:mm:ss"),
          entry('x', "MM/dd/yy"),
          entry('X', "HH:mm:ss"),
          entry('y', "yy"),
          entry('Y', "yyyy"),
          entry('%', "'%'"));

  private Strftime() {}

  static String format(String format, ZonedDateTime time) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        text.append(c);
        continue;
      }
      boolean bare = format.startsWith("-", i + 1);
      i += bare ? 2 : 1;
      String pattern = i < format.length() ? PATTERNS.get(format.charAt(i)) : null;
      if (pattern == null) {
        throw TemplateException.unsupported(
            "strftime_now: " + format.substring(0, Math.min(i + 1, format.length())));
      }
      String written = DateTimeFormatter.ofPattern(pattern, Locale.US).format(time);
      text.append(bare ? written.replaceFirst("^[ 0]+(?=\\d)", "") : written);
    }
    return text.toString();
  }
}

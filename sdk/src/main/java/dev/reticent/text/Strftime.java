package dev.reticent.text;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Dates as C's strftime writes them in the C locale. */
final class Strftime {
  private static final String CODES = "aAbBdHIjmMpSyY";
  private static final String[] PATTERNS = {
    "EEE", "EEEE", "MMM", "MMMM", "dd", "HH", "hh", "DDD", "MM", "mm", "a", "ss", "yy", "yyyy"
  };

  private Strftime() {}

  static String format(String format, ZonedDateTime time) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        text.append(c);
        continue;
      }
      char code = format.charAt(++i);
      int index = CODES.indexOf(code);
      if (code == '%') {
        text.append('%');
      } else if (index >= 0) {
        text.append(DateTimeFormatter.ofPattern(PATTERNS[index], Locale.US).format(time));
      } else {
        throw new IllegalArgumentException("strftime_now: %" + code + " is not supported");
      }
    }
    return text.toString();
  }
}

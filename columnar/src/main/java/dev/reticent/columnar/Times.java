package dev.reticent.columnar;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Points in time as texts of ISO 8601. */
final class Times {
  private Times() {}

  /**
   * @param value since 1970-01-01T00:00
   * @param unit seconds, millis, micros or nanos; case and what follows do not matter
   * @param utc whether it is a point in time, not what a clock on some wall showed
   */
  static String timestamp(long value, String unit, boolean utc) {
    String name = unit.toLowerCase(Locale.ROOT);
    ChronoUnit per =
        name.startsWith("nano")
            ? ChronoUnit.NANOS
            : name.startsWith("micro")
                ? ChronoUnit.MICROS
                : name.startsWith("milli") ? ChronoUnit.MILLIS : ChronoUnit.SECONDS;
    Instant instant = Instant.EPOCH.plus(value, per);
    return utc ? instant.toString() : LocalDateTime.ofInstant(instant, ZoneOffset.UTC).toString();
  }
}

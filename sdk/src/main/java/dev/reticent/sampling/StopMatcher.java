package dev.reticent.sampling;

import java.util.List;

/**
 * Lets text through up to the first complete stop string, holding back what may begin one.
 *
 * <p>The stop string that is complete first counts, so the outcome does not depend on how the text
 * was cut into pieces.
 */
final class StopMatcher {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean stopped;

  StopMatcher(List<String> stops) {
    this.stops = stops;
  }

  /** Takes a piece of text and returns what can be shown. */
  String append(String piece) {
    if (stopped) {
      return "";
    }
    for (int i = 0; i < piece.length(); i++) {
      held.append(piece.charAt(i));
      int length = complete();
      if (length > 0) {
        stopped = true;
        return take(held.length() - length);
      }
    }
    return take(firstPossibleStart());
  }

  boolean stopped() {
    return stopped;
  }

  /** What was held back and turned out not to be a stop string. */
  String finish() {
    return stopped ? "" : take(held.length());
  }

  private String take(int end) {
    String shown = held.substring(0, end);
    held.delete(0, end);
    return shown;
  }

  /** The length of the longest stop string that the held text ends with, or 0. */
  private int complete() {
    int longest = 0;
    for (String stop : stops) {
      if (stop.length() > longest && endsWith(stop)) {
        longest = stop.length();
      }
    }
    return longest;
  }

  private boolean endsWith(String stop) {
    int start = held.length() - stop.length();
    return start >= 0 && held.indexOf(stop, start) == start;
  }

  /** Where the longest end of the held text starts that begins a stop string. */
  private int firstPossibleStart() {
    for (int start = 0; start < held.length(); start++) {
      String end = held.substring(start);
      if (stops.stream().anyMatch(stop -> stop.startsWith(end))) {
        return start;
      }
    }
    return held.length();
  }
}

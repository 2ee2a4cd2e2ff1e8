package dev.reticent.text.jinja;

/** {@code replace} with a count. */
final class Replacing {
  private Replacing() {}

  /**
   * @param count how often at most; below 0 for always
   */
  static String replace(Execution run, String text, String old, String now, long count) {
    StringBuilder result = new StringBuilder();
    long left = count < 0 ? Long.MAX_VALUE : count;
    int at = 0;
    if (old.isEmpty()) {
      for (; left > 0 && at <= text.length(); left--) {
        result.append(now);
        int next = at == text.length() ? at + 1 : text.offsetByCodePoints(at, 1);
        result.append(text, at, Math.min(next, text.length()));
        at = next;
        run.budget().total(result.length());
      }
      return result.append(text.substring(Math.min(at, text.length()))).toString();
    }
    for (int found = text.indexOf(old); found >= 0 && left > 0; left--) {
      result.append(text, at, found).append(now);
      at = found + old.length();
      found = text.indexOf(old, at);
      run.budget().total(result.length());
    }
    return result.append(text, at, text.length()).toString();
  }
}

package dev.reticent.evaluation.judge;

/** A key that shows itself to nobody but the one who sends it. */
public final class EndpointKey {
  private static final int SHORTEST = 6;

  private final String value;

  public EndpointKey(String value) {
    this.value = value.strip();
  }

  /** For judges that want none. */
  public static EndpointKey none() {
    return new EndpointKey("");
  }

  /** The key itself, to be sent and not to be shown. */
  public String reveal() {
    return value;
  }

  public boolean isNone() {
    return value.isEmpty();
  }

  /** The text with the key, where it occurs, blacked out. */
  public String redact(String text) {
    return value.length() < SHORTEST ? text : text.replace(value, "•••");
  }

  @Override
  public String toString() {
    return isNone() ? "no key" : "•••";
  }
}

package dev.reticent.privacy.disclosure;

/** Whether something that a run makes may be given away. */
public enum Disclosure {
  /** Computed from the rows, and covered by the run's (ε, δ). */
  RELEASED("released"),
  /** What does not depend on the rows: what the user set, and what the base model brought. */
  PUBLIC_SETTING("public setting"),
  /** Computed from the rows without noise: it stays where it is. */
  LOCAL_ONLY("local only");

  private final String words;

  Disclosure(String words) {
    this.words = words;
  }

  /** The word for it in the documentation. */
  public String words() {
    return words;
  }
}

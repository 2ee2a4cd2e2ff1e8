package dev.reticent.model;

/**
 * Names an adapter by what it holds: the SHA-256 of its weights and their places, in hex.
 *
 * <p>Two adapters of one name have different ids, and one adapter loaded twice has one; so what is
 * kept under an id, such as keys and values of a prompt, can never be another adapter's.
 */
public record AdapterId(String digest) {

  /** No adapter: the base model as it is. */
  public static final AdapterId NONE = new AdapterId("");

  public AdapterId {
    if (!digest.isEmpty() && !digest.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "an adapter's id is 64 hex digits, got \"" + digest + "\"");
    }
  }
}

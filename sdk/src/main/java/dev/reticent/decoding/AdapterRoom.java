package dev.reticent.decoding;

/**
 * Room for adapters that are loaded while a {@link DecodingSession} is open. It is part of every
 * product from the beginning, whether taken or not, so that loading changes no answer by a bit.
 *
 * @param slots adapters at a time
 * @param rank the highest rank of one
 */
public record AdapterRoom(int slots, int rank) {
  /** No room. */
  public static final AdapterRoom NONE = new AdapterRoom(0, 0);

  public AdapterRoom {
    if (slots < 0 || rank < 0 || (slots == 0) != (rank == 0)) {
      throw new IllegalArgumentException("slots %d, rank %d".formatted(slots, rank));
    }
  }
}

package dev.reticent.decoding;

import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.Map;

/**
 * Sequences being decoded, each in its own row, over one store of keys and values.
 *
 * <p>Rows come and go between steps, so a caller can batch requests of any age. What a row yields
 * depends on its own tokens and adapter only, to the last bit. Not thread-safe: one thread drives a
 * session.
 */
public interface DecodingSession extends AutoCloseable {

  /**
   * Opens a session with one adapter, which {@link AdapterId#NONE} stands for.
   *
   * @param adapter borrowed, and must outlive the session
   * @param capacity rows
   * @param maxTokens tokens a row can hold
   */
  static DecodingSession on(Decoder decoder, AdapterTensors adapter, int capacity, int maxTokens) {
    return on(decoder, Map.of(AdapterId.NONE, adapter), SessionOptions.of(capacity, maxTokens));
  }

  /**
   * Opens a session whose rows may use different adapters. The decoder's weights must not be
   * replaced while it is open.
   *
   * @param adapters by the ids with which rows are opened; copied. {@link AdapterId#NONE} may be
   *     left out and means the model as it is
   * @throws dev.reticent.config.UserInputException if an adapter holds a value that is not finite
   */
  static DecodingSession on(
      Decoder decoder, Map<AdapterId, AdapterTensors> adapters, SessionOptions options) {
    return on(decoder, adapters, options, AdapterRoom.NONE);
  }

  /**
   * A session with room for adapters that come and go.
   *
   * @param adapters where there is room for others, they must outlive the session
   */
  static DecodingSession on(
      Decoder decoder,
      Map<AdapterId, AdapterTensors> adapters,
      SessionOptions options,
      AdapterRoom room) {
    return new CachedSession(decoder, adapters, options, room);
  }

  /** V, the number of logits. */
  int vocabularySize();

  /** How many tokens a row can hold. */
  int maxTokens();

  /** Prompts are computed and shared in blocks of so many tokens. */
  int blockTokens();

  /** How many rows there are. */
  int capacity();

  /** Whether rows may be opened with an adapter. */
  boolean knows(AdapterId adapter);

  /**
   * Works out what it takes for rows to be opened with one more adapter; on any thread, but one at
   * a time. No row's logits change by a bit.
   *
   * @param tensors owned from here on
   * @return what the thread that drives the session has to run
   * @throws dev.reticent.config.UserInputException if there is no room for it, or it holds a value
   *     that is not finite
   */
  default Runnable loading(AdapterId adapter, AdapterTensors tensors) {
    throw new UnsupportedOperationException("this session takes no more adapters");
  }

  /** Lets another adapter take the place of one that was loaded and that no row uses. */
  default void unload(AdapterId adapter) {
    throw new UnsupportedOperationException("this session takes no more adapters");
  }

  /** Whether a row is free, and the store has room for one more that grows to so many tokens. */
  boolean fits(int mostTokens);

  /**
   * Reserves a free row, and room in the store for all it will hold.
   *
   * <p>If earlier rows of the same adapter began with the same tokens, what was computed for them
   * is taken over: {@link #length} then says how many tokens the row holds already, always fewer
   * than the prompt.
   *
   * @param prompt what the row is going to begin with
   * @param mostTokens how many tokens it may hold in the end
   * @throws IllegalStateException when it does not fit
   */
  int open(AdapterId adapter, int[] prompt, int mostTokens);

  /**
   * Appends tokens to a row: a prompt, or a piece of one.
   *
   * @return logits [V] after the last of them
   */
  float[] extend(int row, int[] ids);

  /**
   * Appends n tokens, each to its row. A row may come several times, as far as {@link #atOnce}
   * goes, and takes its tokens in their order; logits have the bits that as many steps give.
   *
   * @return logits [n][V], after each of the tokens
   */
  float[][] step(int[] rows, int[] ids);

  /**
   * How many tokens of a row one step may take, so that those behind the first can be taken back.
   */
  default int atOnce(int row) {
    return 1;
  }

  /**
   * Takes back the last tokens of a row, which steps appended.
   *
   * @param length how many it keeps
   */
  default void shorten(int row, int length) {
    throw new UnsupportedOperationException("this session takes no tokens back");
  }

  /** How many tokens a row holds. */
  int length(int row);

  /** Frees a row. */
  void release(int row);

  /** How the store of keys and values is used. */
  BlockUse blocks();

  @Override
  void close();
}

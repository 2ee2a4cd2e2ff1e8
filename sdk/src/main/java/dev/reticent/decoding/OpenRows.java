package dev.reticent.decoding;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.model.AdapterId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The rows of a session by number, and the blocks that they hold.
 *
 * <p>Knows nothing of tensors.
 */
final class OpenRows {

  private final SessionOptions options;
  private final BlockPool pool;
  private final Map<Integer, CacheRow> rows = new TreeMap<>();
  private final int boundary;
  private final boolean recurrent;
  private final boolean sharing;

  OpenRows(ModelConfig config, SessionOptions options) {
    this.options = options;
    this.pool = new BlockPool(options.blocks(options.cacheTokens()));
    this.boundary = config.boundary();
    this.recurrent = config.recurrent();
    // A state that went on from a prefix is nobody's but the row's.
    this.sharing = options.reusePrefixes() && !recurrent;
  }

  /** Whether one more row of so many tokens has room. */
  boolean fits(int mostTokens) {
    return rows.size() < options.rows()
        && mostTokens <= options.maxTokens()
        && options.blocks(mostTokens) <= pool.available();
  }

  /**
   * Opens a row under the least number that is free. It begins behind what it takes over of earlier
   * prompts.
   *
   * @param clear told the blocks that nothing may be left in
   * @throws IllegalStateException if there is no room
   */
  CacheRow open(AdapterId adapter, int[] prompt, int mostTokens, Consumer<List<Integer>> clear) {
    if (!fits(mostTokens)) {
      throw new IllegalStateException(
          "no room for a row of %d tokens: %d of %d rows are taken and %d blocks of %d tokens are free"
              .formatted(
                  mostTokens,
                  rows.size(),
                  options.rows(),
                  pool.available(),
                  options.blockTokens()));
    }
    int number = 0;
    while (rows.containsKey(number)) {
      number++;
    }
    // A row that may cross the boundary will have its first keys turned again.
    boolean shares = sharing && mostTokens <= boundary;
    List<Integer> blocks = new ArrayList<>();
    if (shares) {
      blocks.addAll(pool.hold(adapter, prompt, options.blockTokens()));
    }
    int held = blocks.size();
    List<Integer> fresh = pool.take(options.blocks(mostTokens) - held);
    clear.accept(fresh);
    blocks.addAll(fresh);
    CacheRow row = new CacheRow(number, adapter, mostTokens, blocks);
    row.length = held * options.blockTokens();
    row.far = prompt.length > boundary;
    row.publishing = shares;
    row.parent = held == 0 ? 0 : pool.serial(blocks.get(held - 1));
    System.arraycopy(prompt, 0, row.tokens, 0, row.length);
    rows.put(number, row);
    return row;
  }

  CacheRow row(int number) {
    CacheRow row = rows.get(number);
    if (row == null) {
      throw new IllegalArgumentException("row " + number + " is not open");
    }
    return row;
  }

  /**
   * A row that is about to grow.
   *
   * @throws IllegalArgumentException if it cannot grow by so many tokens
   */
  CacheRow growing(int number, int more) {
    CacheRow row = row(number);
    if (row.length + more > row.tokens.length) {
      throw new IllegalArgumentException(
          "row %d holds %d tokens and cannot take %d more: the limit is %d"
              .formatted(number, row.length, more, row.tokens.length));
    }
    return row;
  }

  /** Whether a growing row passes the length beyond which its earlier keys turn otherwise. */
  boolean crosses(CacheRow row, int end) {
    return !row.far && end > boundary;
  }

  /**
   * How many tokens of a row can be appended at once and taken back: not a state that goes on, nor
   * the turn of all earlier keys.
   */
  int atOnce(CacheRow row) {
    if (recurrent) {
      return 1;
    }
    int left = (row.far ? row.tokens.length : Math.min(row.tokens.length, boundary)) - row.length;
    return Math.max(1, left);
  }

  void shorten(CacheRow row, int length) {
    if (length > row.length || (recurrent && length < row.length)) {
      throw new IllegalArgumentException(
          "row %d holds %d tokens and cannot be cut to %d"
              .formatted(row.number, row.length, length));
    }
    row.length = length;
  }

  /** Where a token of a row is in the store, counted over all blocks. */
  long slot(CacheRow row, int position) {
    int width = options.blockTokens();
    return (long) row.blocks.get(position / width) * width + position % width;
  }

  /** Offers a row's block, whose tokens have just been computed, to prompts that begin alike. */
  void publish(CacheRow row, int from, int to) {
    int block = row.blocks.get(from / options.blockTokens());
    row.parent = pool.publish(block, BlockPool.key(row.adapter, row.parent, row.tokens, from, to));
  }

  void release(int number) {
    pool.release(row(number).blocks);
    rows.remove(number);
  }

  BlockUse blocks() {
    return pool.use();
  }
}

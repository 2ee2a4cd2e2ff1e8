package dev.reticent.sampling;

import dev.reticent.decoding.BlockUse;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.model.AdapterId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** A session without a model: a row's logits are any function of its tokens. */
final class ScriptedSession implements DecodingSession {
  private final int vocabularySize;
  private final int maxTokens;
  private final List<Integer>[] rows;
  private final Function<List<Integer>, float[]> script;
  private int mostTogether;
  private int longestPiece;
  private int steps;

  @SuppressWarnings({"unchecked", "rawtypes"})
  ScriptedSession(
      int vocabularySize, int maxTokens, int capacity, Function<List<Integer>, float[]> script) {
    this.vocabularySize = vocabularySize;
    this.maxTokens = maxTokens;
    this.rows = new List[capacity];
    this.script = script;
  }

  @Override
  public int vocabularySize() {
    return vocabularySize;
  }

  @Override
  public int maxTokens() {
    return maxTokens;
  }

  @Override
  public int blockTokens() {
    return 4;
  }

  @Override
  public int capacity() {
    return rows.length;
  }

  @Override
  public boolean knows(AdapterId adapter) {
    return adapter.equals(AdapterId.NONE);
  }

  @Override
  public boolean fits(int mostTokens) {
    return taken() < rows.length && mostTokens <= maxTokens;
  }

  @Override
  public BlockUse blocks() {
    return new BlockUse(rows.length, taken(), 0);
  }

  @Override
  public int open(AdapterId adapter, int[] prompt, int mostTokens) {
    for (int row = 0; row < rows.length; row++) {
      if (rows[row] == null) {
        rows[row] = new ArrayList<>();
        return row;
      }
    }
    throw new IllegalStateException("every row is taken");
  }

  @Override
  public float[] extend(int row, int[] ids) {
    if (ids.length == 0 || rows[row].size() + ids.length > maxTokens) {
      throw new IllegalArgumentException("cannot take " + ids.length + " more tokens");
    }
    longestPiece = Math.max(longestPiece, ids.length);
    Arrays.stream(ids).forEach(rows[row]::add);
    return script.apply(rows[row]);
  }

  @Override
  public float[][] step(int[] chosen, int[] ids) {
    steps++;
    mostTogether = Math.max(mostTogether, (int) Arrays.stream(chosen).distinct().count());
    float[][] logits = new float[chosen.length][];
    for (int i = 0; i < chosen.length; i++) {
      logits[i] = extend(chosen[i], new int[] {ids[i]});
    }
    return logits;
  }

  @Override
  public int atOnce(int row) {
    return maxTokens - rows[row].size();
  }

  @Override
  public void shorten(int row, int length) {
    rows[row].subList(length, rows[row].size()).clear();
  }

  @Override
  public int length(int row) {
    return rows[row].size();
  }

  @Override
  public void release(int row) {
    if (rows[row] == null) {
      throw new IllegalStateException("row " + row + " is released twice");
    }
    rows[row] = null;
  }

  int taken() {
    return (int) Arrays.stream(rows).filter(row -> row != null).count();
  }

  int steps() {
    return steps;
  }

  int mostTogether() {
    return mostTogether;
  }

  int longestPiece() {
    return longestPiece;
  }

  @Override
  public void close() {}
}

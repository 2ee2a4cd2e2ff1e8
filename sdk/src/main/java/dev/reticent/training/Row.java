package dev.reticent.training;

import dev.reticent.data.TokenizedExample;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A row of a micro-batch.
 *
 * @param unit the number of its privacy unit; its place among others where none is asked for
 * @param example its tokens
 */
public record Row(int unit, TokenizedExample example) implements Serializable {

  /** A place of a micro-batch that nobody takes. */
  static final Row EMPTY = new Row(-1, new TokenizedExample(new int[0], new boolean[0], ""));

  /** This row without the name of its unit, which stays where the data is. */
  Row withoutName() {
    return new Row(unit, new TokenizedExample(example.ids(), example.lossMask(), ""));
  }

  /** Rows without units, in their order. */
  static List<Row> of(List<TokenizedExample> examples) {
    List<Row> rows = new ArrayList<>();
    examples.forEach(example -> rows.add(new Row(rows.size(), example)));
    return rows;
  }

  static List<TokenizedExample> examples(List<Row> rows) {
    return rows.stream().map(Row::example).toList();
  }

  static int[] units(List<Row> rows) {
    return rows.stream().mapToInt(Row::unit).toArray();
  }

  /** Lists that can go to other machines. */
  static List<List<Row>> cut(List<Row> rows, int size) {
    List<List<Row>> parts = new ArrayList<>();
    MicroBatch.cut(rows, size).forEach(part -> parts.add(new ArrayList<>(part)));
    return parts;
  }
}

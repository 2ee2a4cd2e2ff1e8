package dev.reticent.model;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.RopeTable;
import java.util.List;

/**
 * How the first positions of sequences turn, one table for each kind of rotation that a model's
 * layers use.
 *
 * @param length sequences have at most so many positions
 */
public record Turns(ModelConfig config, int length, List<RopeTable> tables) {

  /** The turns of sequences of at most so many tokens. */
  public static Turns of(ModelConfig config, int length) {
    List<RopeTable> tables =
        config.ropes().stream().map(rope -> RopeTable.of(rope, length)).toList();
    return new Turns(config, length, tables);
  }
}

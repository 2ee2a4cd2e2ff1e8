package dev.reticent.model;

import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.RopeTable;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The turns of some positions, gathered row by row, as the decoder's functions take them: for each
 * kind of layer its cosines, sines and the queries' reach.
 */
public final class TurnRows {

  private final ModelConfig config;
  private final List<float[]> cos = new ArrayList<>();
  private final List<float[]> sin = new ArrayList<>();
  private final float[] reach;

  public TurnRows(ModelConfig config, int rows) {
    this.config = config;
    this.reach = new float[rows];
    for (int kind = 0; kind < config.ropes().size(); kind++) {
      int half = half(kind);
      cos.add(new float[Math.multiplyExact(rows, half)]);
      sin.add(new float[rows * half]);
    }
  }

  /** All positions of a table, from the first on. */
  public static TurnRows all(Turns turns) {
    TurnRows rows = new TurnRows(turns.config(), turns.length());
    rows.set(0, turns, 0, turns.length());
    return rows;
  }

  /** Rows that stand for any: they turn, and by a number that is none of the others'. */
  public static TurnRows some(ModelConfig config, int rows) {
    TurnRows some = new TurnRows(config, rows);
    some.cos.forEach(values -> Arrays.fill(values, 0.8f));
    some.sin.forEach(values -> Arrays.fill(values, 0.6f));
    Arrays.fill(some.reach, 1);
    return some;
  }

  private int half(int kind) {
    return config.ropes().get(kind).rotaryDim() / 2;
  }

  /** Rows from {@code row} on become the turns of {@code count} positions from {@code position}. */
  public void set(int row, Turns turns, int position, int count) {
    for (int kind = 0; kind < cos.size(); kind++) {
      RopeTable table = turns.tables().get(kind);
      int half = half(kind);
      System.arraycopy(table.cos(), position * half, cos.get(kind), row * half, count * half);
      System.arraycopy(table.sin(), position * half, sin.get(kind), row * half, count * half);
    }
    for (int i = 0; i < count; i++) {
      reach[row + i] = config.reach().at(position + i);
    }
  }

  /**
   * @param shape of all dimensions but the last
   * @return {@link LayerLayout#TURN_TENSORS} for each kind of layer
   */
  public List<Tensor> tensors(ComputeDevice device, long... shape) {
    List<Tensor> tensors = new ArrayList<>();
    for (int kind = 0; kind < cos.size(); kind++) {
      tensors.add(Tensor.of(device, cos.get(kind), with(shape, half(kind))));
      tensors.add(Tensor.of(device, sin.get(kind), with(shape, half(kind))));
      tensors.add(reach(device, false, shape));
    }
    if (config.turns().contains(cos.size())) { // a layer without positions
      tensors.add(Tensor.absent(device));
      tensors.add(Tensor.absent(device));
      tensors.add(reach(device, true, shape));
    }
    return tensors;
  }

  private Tensor reach(ComputeDevice device, boolean unturned, long[] shape) {
    return config.reach().grows() && config.reach().unturned() == unturned
        ? Tensor.of(device, reach, with(shape, 1))
        : Tensor.absent(device);
  }

  private static long[] with(long[] shape, long last) {
    long[] whole = Arrays.copyOf(shape, shape.length + 1);
    whole[shape.length] = last;
    return whole;
  }

  /** For each layer its own of those tensors. */
  public static List<List<Tensor>> byLayer(ModelConfig config, List<Tensor> tensors) {
    return config.turns().stream()
        .map(
            kind ->
                tensors.subList(
                    kind * LayerLayout.TURN_TENSORS, (kind + 1) * LayerLayout.TURN_TENSORS))
        .toList();
  }
}

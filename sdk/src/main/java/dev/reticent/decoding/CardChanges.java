package dev.reticent.decoding;

import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.LayerLayout.AdapterPart;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.NativeOperators;
import dev.reticent.engine.Tensor;
import dev.reticent.model.StepKernels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A stack of adapters as a step's kernels read it: for each module and adapter where its own part
 * of the stack lies. All stacks of a session have the same shapes, so one table takes the place of
 * another.
 */
final class CardChanges implements StepKernels.Changes {

  private final ModelConfig config;
  private final List<Projection> projections;
  private final AdapterStack stack;
  private final int most;
  private final boolean[] ranked;

  CardChanges(ModelConfig config, AdapterStack stack) {
    this.config = config;
    this.projections = Projection.of(config);
    this.stack = stack;
    this.ranked = new boolean[modules()];
    int highest = 1;
    for (int module = 0; module < ranked.length; module++) {
      ranked[module] = there(part(module, AdapterPart.A));
      for (StackSlot slot : stack.slots()) {
        highest = Math.max(highest, slot.width(module, projection(module)));
      }
    }
    this.most = highest;
  }

  /** The output matrix is the last. */
  private int modules() {
    return config.layers() * projections.size() + 1;
  }

  private Projection projection(int module) {
    return module == modules() - 1 ? Projection.HEAD : projections.get(module % projections.size());
  }

  @Override
  public int kinds() {
    return stack.lastIndex() + 1;
  }

  @Override
  public int most() {
    return most;
  }

  @Override
  public boolean ranked(int module) {
    return ranked[module];
  }

  /** Bytes of {@link #table}. */
  long bytes() {
    return 8L * CELLS * kinds() * modules();
  }

  /** The table [modules, kinds, CELLS], whose addresses hold as long as the stack's tensors. */
  ByteBuffer table() {
    ByteBuffer table = ByteBuffer.allocate(Math.toIntExact(bytes())).order(ByteOrder.nativeOrder());
    for (int module = 0; module < modules(); module++) {
      int column = 0;
      table.position(table.position() + 8 * CELLS); // none
      for (int slot = 0; slot < stack.slots().size(); slot++) {
        record(table, module, slot, column);
        column += stack.slots().get(slot).width(module, projection(module));
      }
    }
    return table.flip();
  }

  private void record(ByteBuffer table, int module, int slot, int column) {
    Tensor a = part(module, AdapterPart.A);
    Tensor b = part(module, AdapterPart.B);
    int rank = stack.slots().get(slot).tensors().rank(module);
    if (rank > 0) {
      long in = a.shape()[1];
      long ranks = b.shape()[1];
      table.putLong(address(a) + 2 * in * column);
      table.putLong(address(b) + 2L * column);
      table.putLong(ranks);
      table.putLong(rank);
      long row = (slot + 1) * ranks;
      table.putLong(address(part(module, AdapterPart.SCALE)) + Float.BYTES * (row + column));
    } else {
      table.position(table.position() + 8 * 5);
    }
    table.putLong(row(part(module, AdapterPart.GAIN), slot));
    table.putLong(row(part(module, AdapterPart.SHIFT), slot));
  }

  /**
   * The address of an adapter's row of a table [adapters+1, out] in fp32; 0 where there is none.
   */
  private static long row(Tensor table, int slot) {
    return there(table) ? address(table) + Float.BYTES * table.shape()[1] * (slot + 1) : 0;
  }

  private Tensor part(int module, AdapterPart part) {
    List<Tensor> own =
        module == modules() - 1
            ? stack.head()
            : stack
                .all()
                .subList(
                    module * LayerLayout.ADAPTER_TENSORS,
                    (module + 1) * LayerLayout.ADAPTER_TENSORS);
    return own.get(part.place());
  }

  private static boolean there(Tensor tensor) {
    return tensor.shape()[0] > 0;
  }

  private static long address(Tensor tensor) {
    return NativeOperators.operand(tensor).address();
  }
}

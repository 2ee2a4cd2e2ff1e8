package dev.reticent.model;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.RopeTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Where on a device a step of single tokens finds what it is given and leaves what it works out:
 * one piece of memory, of whose places no kernel's parameters ever change.
 *
 * <p>It begins with what changes from step to step, laid out on the host as it lies there: for each
 * row its token, the slot of its keys, its position, where its blocks end and its adapter; the
 * turns of the rows; the blocks. So one copy brings a step over.
 */
@Internal
public final class StepMemory {

  /** Every place begins at a multiple of this. */
  private static final long ALIGNMENT = 256;

  private final int rows;
  private final long ids;
  private final long slots;
  private final long positions;
  private final long ends;
  private final long adapters;
  private final List<Long> cos = new ArrayList<>();
  private final List<Long> sin = new ArrayList<>();
  private final long blocks;
  private final long changes;
  private final long lows;
  private final long hidden;
  private final long normed;
  private final long query;
  private final long key;
  private final long value;
  private final long turned;
  private final long seen;
  private final long wide;
  private final long logits;
  private final ByteBuffer given;
  private long bytes;
  private long address;
  private int listed;

  /**
   * @param rows the most of a step
   * @param blocksOfRow the most blocks of keys of a row
   * @param changeBytes for what adapters change
   * @param lowRanks for each row, numbers that adapters make of a module's input; of three modules
   */
  public StepMemory(
      ModelConfig config, int rows, int blocksOfRow, long changeBytes, long lowRanks) {
    this.rows = rows;
    this.ids = take(8L * rows);
    this.slots = take(8L * rows);
    this.positions = take(8L * rows);
    this.ends = take(8L * rows);
    this.adapters = take(8L * rows);
    config.ropes().forEach(rope -> cos.add(take(2L * rows * rope.rotaryDim())));
    config.ropes().forEach(rope -> sin.add(take(2L * rows * rope.rotaryDim())));
    this.blocks = take(8L * rows * blocksOfRow);
    this.given = ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    this.changes = take(changeBytes);
    this.lows = take(4L * rows * lowRanks);
    this.hidden = narrow(config.hiddenSize());
    this.normed = narrow(config.hiddenSize());
    this.query = narrow(config.querySize(0));
    this.key = narrow(config.keyValueSize(0));
    this.value = narrow(config.keyValueSize(0));
    this.turned = narrow(config.querySize(0));
    this.seen = narrow(config.querySize(0));
    this.wide = narrow(config.shape(0).intermediate());
    this.logits = take(4L * rows * config.vocabSize());
  }

  private long take(long size) {
    long place = bytes;
    bytes += (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return place;
  }

  /** For rows of so many numbers in bf16. */
  private long narrow(int width) {
    return take(2L * rows * width);
  }

  /** How much memory it takes. */
  public long bytes() {
    return bytes;
  }

  /** Where the memory lies, once there is some. */
  public void at(long memory) {
    this.address = memory;
  }

  /** Begins to describe another step. */
  public void begin() {
    listed = 0;
  }

  /**
   * Describes a row of the step, in order.
   *
   * @param slot where its key and value go
   * @param own the blocks that hold its keys, to that of its position
   * @param adapter the kind in the table of changes
   */
  public void set(
      int row, int id, long slot, int position, List<Integer> own, int adapter, Turns turns) {
    for (int block : own) {
      given.putLong((int) blocks + 8 * listed++, block);
    }
    put(ids, row, id);
    put(slots, row, slot);
    put(positions, row, position);
    put(ends, row, listed);
    put(adapters, row, adapter);
    for (int kind = 0; kind < cos.size(); kind++) {
      RopeTable table = turns.tables().get(kind);
      for (int i = 0; i < table.half(); i++) {
        int at = 4 * (row * table.half() + i);
        int from = position * table.half() + i;
        given.putFloat(Math.toIntExact(cos.get(kind)) + at, table.cos()[from]);
        given.putFloat(Math.toIntExact(sin.get(kind)) + at, table.sin()[from]);
      }
    }
  }

  private void put(long place, int row, long value) {
    given.putLong((int) place + 8 * row, value);
  }

  /** What the step is given, to be copied to {@link #given()}. */
  public ByteBuffer described() {
    return given.duplicate().position(0).limit((int) blocks + 8 * listed);
  }

  /** The address of what a step is given. */
  public long given() {
    return address;
  }

  /** The address of what adapters change. */
  public long changes() {
    return address + changes;
  }

  /** The address of logits [rows,V] in fp32. */
  public long logits() {
    return address + logits;
  }

  long ids() {
    return address + ids;
  }

  long slots() {
    return address + slots;
  }

  long positions() {
    return address + positions;
  }

  long ends() {
    return address + ends;
  }

  long adapters() {
    return address + adapters;
  }

  long cos(int kind) {
    return address + cos.get(kind);
  }

  long sin(int kind) {
    return address + sin.get(kind);
  }

  long blocks() {
    return address + blocks;
  }

  long lows() {
    return address + lows;
  }

  long hidden() {
    return address + hidden;
  }

  long normed() {
    return address + normed;
  }

  long query() {
    return address + query;
  }

  long key() {
    return address + key;
  }

  long value() {
    return address + value;
  }

  long turned() {
    return address + turned;
  }

  long seen() {
    return address + seen;
  }

  long wide() {
    return address + wide;
  }
}

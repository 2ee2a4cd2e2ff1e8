package dev.reticent.engine;

import dev.reticent.api.Internal;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Where the same lists of kernels run again and again, in the order of what else the device is
 * given: a card. Of use to one thread at a time.
 */
@Internal
public interface KernelDevice extends AutoCloseable {

  /**
   * A kernel with all that it is given.
   *
   * @param blocks how many, each of {@code threads}
   * @param parameters addresses in the device's memory and numbers, each eight bytes
   */
  record Launch(String kernel, long blocks, int threads, List<Long> parameters) {
    public Launch {
      parameters = List.copyOf(parameters);
    }
  }

  /** A list of kernels that is ready to run. */
  interface Replay extends AutoCloseable {
    /** Has the device run them, and does not wait for it. */
    void run();

    @Override
    void close();
  }

  /** How many multiprocessors share out the blocks. */
  int processors();

  /** Makes a list ready, so that running it costs the host little. */
  Replay prepare(List<Launch> launches);

  /** The same, launched one by one. */
  Replay oneByOne(List<Launch> launches);

  /** Copies bytes to an address, before what runs next. */
  void write(ByteBuffer from, long address);

  /** Waits for what was run, and copies fp32 values from an address, one array behind the other. */
  void read(long address, List<float[]> to);

  @Override
  void close();
}

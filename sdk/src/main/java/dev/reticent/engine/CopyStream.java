package dev.reticent.engine;

import dev.reticent.api.Internal;
import java.util.function.Supplier;

/**
 * A queue of a device's work beside the one that it computes from: what is asked for on it goes on
 * while the device computes.
 *
 * <p>Memory that is asked for on this queue is given out again, once it was freed, to what comes
 * later on this queue. So whoever frees something that the device may still compute with says first
 * which moment the queue has to wait for.
 */
@Internal
public interface CopyStream {

  /** All that a device had been given to compute at some time. */
  interface Moment extends AutoCloseable {
    @Override
    void close();
  }

  /** Calls something whose work on the device, memory included, belongs to this queue. */
  <T> T call(Supplier<T> work);

  /** What the device has been given to compute by now. */
  Moment now();

  /** Lets what comes on this queue from now on begin after a moment, which may be closed then. */
  void after(Moment moment);

  /** A device's own queue; where it has none, everything is in one order anyway. */
  static CopyStream on(ComputeDevice device) {
    return device.onHost() ? OneOrder.INSTANCE : CudaCopyStream.on(device.index());
  }

  /** No queue beside the one that computes. */
  enum OneOrder implements CopyStream, Moment {
    INSTANCE;

    @Override
    public <T> T call(Supplier<T> work) {
      return work.get();
    }

    @Override
    public Moment now() {
      return this;
    }

    @Override
    public void after(Moment moment) {}

    @Override
    public void close() {}
  }
}

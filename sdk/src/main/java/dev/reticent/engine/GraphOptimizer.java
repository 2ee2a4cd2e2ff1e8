package dev.reticent.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;

/**
 * Whether libtorch works on a method's graph before it runs it.
 *
 * <p>It puts a decoder's functions into one graph and goes over that some thirty times: seconds at
 * the first two calls of each method, and more than a hundred megabytes. What this gains is a
 * little of the time between two operators. A card may wait for that time, in programs that are not
 * compiled as written; processors, whose products take longer than it, do better to begin at once,
 * but where one thread makes token after token for as long as a process lives.
 *
 * <p>libtorch has one setting for each thread, and DJL sets it only on a way that {@link
 * NativeCall} does not take. So it is set before every call, which takes some nanoseconds.
 */
final class GraphOptimizer {

  /** Whether every device is treated as a card is. Tests look at what runs on cards so. */
  static volatile boolean everywhere;

  /** Whether a card is treated as such; a benchmark tries the other way. */
  static volatile boolean cards = true;

  private static final ThreadLocal<Boolean> HERE = ThreadLocal.withInitial(() -> false);

  private GraphOptimizer() {}

  /** Works on the graphs of all methods that this thread calls from now on. */
  static void onThisThread() {
    HERE.set(true);
  }

  /**
   * Sets it for a call with these arguments, which are all on the device that computes.
   *
   * @param asWritten of a program that is never worked on
   */
  static void set(boolean asWritten, Object[] arguments) {
    JniUtils.setGraphExecutorOptimize(
        !asWritten && (everywhere || HERE.get() || (cards && onCard(arguments))));
  }

  private static boolean onCard(Object[] arguments) {
    for (Object argument : arguments) {
      Object first = argument instanceof List<?> list && !list.isEmpty() ? list.get(0) : argument;
      if (first instanceof Tensor tensor) {
        PtNDArray array = tensor.array();
        return array.getDevice().isGpu();
      }
    }
    return false;
  }
}

package dev.reticent.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import java.util.List;
import java.util.Locale;

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

  /** What is done with graphs. */
  enum Work {
    /** Nothing: they run as they are written. */
    OFF,
    /** Functions are put into one graph, which is gone over once, before the first call. */
    ONCE,
    /** It is gone over again for the shapes that the first call had, with kernels made for them. */
    ON
  }

  /** Names another amount of work than what follows, for everything: to measure with. */
  static final String PROPERTY = "reticent.graphs";

  private static final String SET_FUSION_STRATEGY =
      "_ZN5torch3jit17setFusionStrategyERSt6vectorISt4pairINS0_14FusionBehaviorEmESaIS4_EE";

  /** Bytes of a C++ vector: begin, end, end of its room. */
  private static final int VECTOR = 24;

  private static final Work ASKED =
      Work.valueOf(System.getProperty(PROPERTY, Work.ON.name()).toUpperCase(Locale.ROOT));

  /** Whether every device is treated as a card is. Tests look at what runs on cards so. */
  static volatile boolean everywhere = System.getProperty(PROPERTY) != null;

  /** Whether a card is treated as such; a benchmark tries the other way. */
  static volatile boolean cards = true;

  private static final ThreadLocal<Boolean> HERE = ThreadLocal.withInitial(() -> false);

  static {
    if (ASKED == Work.ONCE) {
      rememberNoShapes();
    }
  }

  private GraphOptimizer() {}

  /**
   * For how many shapes libtorch makes a graph anew is a vector of its C++ interface, which takes
   * the place of the one given back: an empty vector is three null pointers.
   */
  private static void rememberNoShapes() {
    Memory before = new Memory(VECTOR);
    Memory none = new Memory(VECTOR);
    none.clear();
    NativeLibrary.getInstance(Engine.library("torch_cpu").toString())
        .getFunction(SET_FUSION_STRATEGY)
        .invokeVoid(new Object[] {before, none});
  }

  /** Works on the graphs of all methods that this thread calls from now on. */
  static void onThisThread() {
    HERE.set(true);
  }

  /**
   * Sets it for a call with these arguments, which are all on the device that computes.
   *
   * @param often whether the method is going to be called again, and gains by it
   */
  static void set(boolean often, Object[] arguments) {
    boolean worthIt = often && (everywhere || HERE.get() || (cards && onCard(arguments)));
    JniUtils.setGraphExecutorOptimize(ASKED != Work.OFF && worthIt);
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

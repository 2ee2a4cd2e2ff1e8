package dev.reticent.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.util.List;
import java.util.Locale;

/**
 * Whether libtorch works on a method's graph before it runs it.
 *
 * <p>It puts a decoder's functions into one graph and goes over that, which takes a second or so at
 * the first call of each method. What this gains is a little of the time between two operators. A
 * card may wait for that time, in programs that are not compiled as written; processors, whose
 * products take longer than it, do better to begin at once, but where one thread makes token after
 * token for as long as a process lives. Left to itself, libtorch goes over a graph again for the
 * shapes of its first calls, some thirty times, and what it makes of it then is slower than what it
 * was.
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

  private static final Work DONE = done();

  /** Whether every device is treated as a card is. Tests look at what runs on cards so. */
  static volatile boolean everywhere = System.getProperty(PROPERTY) != null;

  /** Whether a card is treated as such; a benchmark tries the other way. */
  static volatile boolean cards = true;

  private static final ThreadLocal<Boolean> HERE = ThreadLocal.withInitial(() -> false);

  private GraphOptimizer() {}

  /** What was asked for, or where this libtorch does not know it, what it does by itself. */
  private static Work done() {
    Work asked =
        Work.valueOf(System.getProperty(PROPERTY, Work.ONCE.name()).toUpperCase(Locale.ROOT));
    return asked == Work.ONCE && !rememberNoShapes() ? Work.ON : asked;
  }

  /**
   * For how many shapes libtorch makes a graph anew is a vector of its C++ interface, which takes
   * the place of the one given back: an empty vector is three null pointers, and what is given back
   * is the first argument of a call on Linux's x86-64.
   *
   * @return whether that is what there is
   */
  private static boolean rememberNoShapes() {
    if (!Platform.isLinux() || !Platform.isIntel() || !Platform.is64Bit()) {
      return false;
    }
    Memory before = new Memory(VECTOR);
    Memory none = new Memory(VECTOR);
    none.clear();
    try {
      NativeLibrary.getInstance(Engine.library("torch_cpu").toString())
          .getFunction(SET_FUSION_STRATEGY)
          .invokeVoid(new Object[] {before, none});
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
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
    JniUtils.setGraphExecutorOptimize(DONE != Work.OFF && worthIt);
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

package dev.reticent.engine;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.LibUtils;
import dev.reticent.api.Internal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * libtorch as DJL loads it: started once, on first use.
 *
 * <p>Start-up sets what this SDK relies on: no downloads and no telemetry, and a libtorch of
 * exactly the version that the binding was built for; any other starts and then computes nonsense.
 */
@Internal
public final class Engine {

  /**
   * The system property by which a program says that the process is its own, so that it may end
   * without the destructors of native libraries. Somebody else's process keeps them: other
   * libraries there may have something to write.
   */
  public static final String OWN_PROCESS = "reticent.process.own";

  private static final System.Logger LOG = System.getLogger(Engine.class.getName());

  private static volatile Optional<Engine> instance = Optional.empty();

  private final Map<ComputeDevice, NDManager> managers = new ConcurrentHashMap<>();
  private final ai.djl.engine.Engine djl;

  private Engine() {
    setUnlessGiven("ai.djl.offline", "true");
    // Keeps DJL from announcing what GraphOptimizer decides for each call.
    setUnlessGiven("ai.djl.pytorch.graph_optimizer", "false");
    setUnlessGiven("OPT_OUT_TRACKING", "true");
    Libtorch libtorch = Hardware.here().libtorch();
    libtorch.check();
    libtorch.announce();
    djl = Timeline.of("libtorch", () -> ai.djl.engine.Engine.getEngine("PyTorch"));
    if (Boolean.getBoolean(OWN_PROCESS)) {
      ProcessEnd.withoutDestructors();
    }
  }

  static void setUnlessGiven(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /**
   * Makes this thread's calls quicker from the third of each method on, at the price of seconds for
   * the first two: for threads that decode as long as the process lives.
   */
  public static void optimizeForLong() {
    GraphOptimizer.onThisThread();
  }

  /** The engine, started when this is the first call; whoever calls is told why it does not. */
  public static Engine started() {
    return instance.orElseGet(Engine::start);
  }

  private static synchronized Engine start() {
    Engine engine = instance.orElseGet(Engine::new);
    instance = Optional.of(engine);
    return engine;
  }

  /**
   * Starts the engine and the cards that a model is going to be on, in a thread beside whatever is
   * done meanwhile. What goes wrong is said to whoever needs it first.
   */
  public static void begin(List<ComputeDevice> devices) {
    Thread thread = new Thread(() -> start(devices), "reticent-start");
    thread.setDaemon(true);
    thread.start();
  }

  private static void start(List<ComputeDevice> devices) {
    try {
      started();
      for (ComputeDevice device : devices) {
        if (!device.onHost()) {
          Timeline.of("card", () -> Tensor.of(device, new float[1], 1).close());
        }
      }
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.DEBUG, "libtorch does not start", e);
    }
  }

  /**
   * How many of the machine's cores one call may use, from now on and for threads that have not
   * called yet; {@code -Dai.djl.pytorch.num_threads} overrules it.
   */
  public void threads(int count) {
    if (System.getProperty("ai.djl.pytorch.num_threads") == null) {
      JniUtils.setNumThreads(count);
    }
  }

  /** How many of the machine's cores one call may use. */
  public int threads() {
    return JniUtils.getNumThreads();
  }

  /** The file of one of the libraries that libtorch consists of, such as {@code torch_cpu}. */
  static Path library(String name) {
    started();
    return Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName(name));
  }

  NDManager manager(ComputeDevice device) {
    return managers.computeIfAbsent(
        device,
        d -> {
          Hardware.here().require(d);
          return djl.newBaseManager(d.toDjl());
        });
  }
}

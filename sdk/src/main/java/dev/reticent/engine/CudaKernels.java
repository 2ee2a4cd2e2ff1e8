package dev.reticent.engine;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import dev.reticent.api.Internal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Kernels of one source file, compiled for this machine's cards at start and launched on the stream
 * that libtorch computes on, so that their order is that of the script.
 */
@Internal
public final class CudaKernels {

  /** The driver's functions for code; each returns 0 on success. */
  interface Driver extends Library {
    int cuDeviceGet(IntByReference device, int ordinal);

    int cuDevicePrimaryCtxRetain(PointerByReference context, int device);

    int cuCtxPushCurrent_v2(Pointer context);

    int cuCtxPopCurrent_v2(PointerByReference context);

    int cuModuleLoadData(PointerByReference module, Pointer code);

    int cuModuleGetFunction(PointerByReference function, Pointer module, String name);

    int cuLaunchKernel(
        Pointer function,
        int gridX,
        int gridY,
        int gridZ,
        int blockX,
        int blockY,
        int blockZ,
        int sharedBytes,
        Pointer stream,
        Pointer[] parameters,
        Pointer extra);
  }

  /** libtorch's streams, from the same C interface as {@link LibtorchApi}. */
  interface Streams extends Library {
    int aoti_torch_get_current_cuda_stream(int device, PointerByReference stream);
  }

  private final Driver driver;
  private final Streams streams;
  private final Map<String, Memory> codes = new ConcurrentHashMap<>();
  private final Map<Integer, Pointer> contexts = new ConcurrentHashMap<>();
  private final Map<Integer, Pointer> modules = new ConcurrentHashMap<>();
  private final Map<String, Pointer> functions = new ConcurrentHashMap<>();
  private final List<Card> cards;

  private CudaKernels(Driver driver, Streams streams, List<Card> cards) {
    this.driver = driver;
    this.streams = streams;
    this.cards = cards;
  }

  /**
   * Compiles a source file for every card.
   *
   * @throws IllegalStateException when the compiler is missing or refuses
   * @throws UnsatisfiedLinkError when driver or libtorch lack a function
   */
  public static CudaKernels compile(String name, String source) {
    Hardware here = Hardware.here();
    Path libtorch = Engine.library("torch_cuda");
    Nvrtc compiler =
        Optional.ofNullable(libtorch.getParent())
            .flatMap(Nvrtc::beside)
            .orElseThrow(() -> new IllegalStateException("no NVRTC beside " + libtorch));
    CudaKernels kernels =
        new CudaKernels(
            Native.load(CudaDriver.library(), Driver.class),
            Native.load(libtorch.toString(), Streams.class),
            here.cards());
    for (Card card : here.cards()) {
      kernels.codes.computeIfAbsent(
          card.capability(), capability -> compiler.compile(name, source, capability));
    }
    return kernels;
  }

  /**
   * Launches a kernel on a card, after what its stream has been given so far.
   *
   * @param parameters addresses in the card's memory and numbers, each eight bytes
   */
  public void launch(String kernel, int card, long blocks, int threads, List<Long> parameters) {
    Pointer context = contexts.computeIfAbsent(card, this::context);
    check(driver.cuCtxPushCurrent_v2(context), "cuCtxPushCurrent");
    try {
      Pointer module = modules.computeIfAbsent(card, this::module);
      Pointer function =
          functions.computeIfAbsent(kernel + " " + card, key -> function(module, kernel));
      PointerByReference stream = new PointerByReference();
      check(streams.aoti_torch_get_current_cuda_stream(card, stream), "the current stream");
      Memory values = new Memory(8L * parameters.size());
      Pointer[] places = new Pointer[parameters.size()];
      for (int i = 0; i < places.length; i++) {
        places[i] = values.share(8L * i, 8);
        places[i].setLong(0, parameters.get(i));
      }
      check(
          driver.cuLaunchKernel(
              function,
              Math.toIntExact(blocks),
              1,
              1,
              threads,
              1,
              1,
              0,
              stream.getValue(),
              places,
              Pointer.NULL),
          kernel);
    } finally {
      driver.cuCtxPopCurrent_v2(new PointerByReference());
    }
  }

  /** The context that libtorch uses too. */
  private Pointer context(int card) {
    IntByReference device = new IntByReference();
    check(driver.cuDeviceGet(device, card), "cuDeviceGet");
    PointerByReference context = new PointerByReference();
    check(driver.cuDevicePrimaryCtxRetain(context, device.getValue()), "the card's context");
    return context.getValue();
  }

  private Pointer module(int card) {
    PointerByReference module = new PointerByReference();
    Memory code = Objects.requireNonNull(codes.get(cards.get(card).capability()));
    check(driver.cuModuleLoadData(module, code), "cuModuleLoadData");
    return module.getValue();
  }

  private Pointer function(Pointer module, String kernel) {
    PointerByReference function = new PointerByReference();
    check(driver.cuModuleGetFunction(function, module, kernel), kernel);
    return function.getValue();
  }

  private static void check(int status, String what) {
    if (status != 0) {
      throw new IllegalStateException(what + " failed with the driver's status " + status);
    }
  }
}

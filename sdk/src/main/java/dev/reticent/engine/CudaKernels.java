package dev.reticent.engine;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import dev.reticent.api.Internal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Kernels of one source file, compiled for this machine's cards at start and launched on the stream
 * that libtorch computes on, so that their order is that of the script.
 */
@Internal
public final class CudaKernels {

  /** The driver's functions for code; each returns 0 on success. */
  private static final class Driver {
    static {
      Native.register(Driver.class, NativeLibrary.getInstance(CudaDriver.library()));
    }

    static native int cuDeviceGet(IntByReference device, int ordinal);

    static native int cuDevicePrimaryCtxRetain(PointerByReference context, int device);

    static native int cuCtxPushCurrent_v2(long context);

    static native int cuCtxPopCurrent_v2(long context);

    static native int cuModuleLoadData(PointerByReference module, Pointer code);

    static native int cuModuleGetFunction(PointerByReference function, Pointer module, String name);

    static native int cuLaunchKernel(
        long function,
        int gridX,
        int gridY,
        int gridZ,
        int blockX,
        int blockY,
        int blockZ,
        int sharedBytes,
        long stream,
        long parameters,
        long extra);
  }

  /** libtorch's streams, from the same C interface as {@link LibtorchApi}. */
  private static final class Streams {
    static {
      Native.register(
          Streams.class, NativeLibrary.getInstance(Engine.library("torch_cuda").toString()));
    }

    static native int aoti_torch_get_current_cuda_stream(int device, long stream);
  }

  /** The most parameters of a kernel. */
  private static final int MOST_PARAMETERS = 32;

  /** A call's parameters, the places where they are, and an answer: made once for each thread. */
  private static final class Cells {
    private static final ThreadLocal<Cells> OWN = ThreadLocal.withInitial(Cells::new);

    private final Memory memory = new Memory(8L * (2 * MOST_PARAMETERS + 1));

    private Cells() {
      for (int i = 0; i < MOST_PARAMETERS; i++) {
        memory.setLong(8L * (MOST_PARAMETERS + i), values() + 8L * i);
      }
    }

    long values() {
      return Pointer.nativeValue(memory);
    }

    long places() {
      return values() + 8L * MOST_PARAMETERS;
    }

    long answer() {
      return values() + 16L * MOST_PARAMETERS;
    }

    void set(List<Long> parameters) {
      for (int i = 0; i < parameters.size(); i++) {
        memory.setLong(8L * i, parameters.get(i));
      }
    }

    long answered() {
      return memory.getLong(16L * MOST_PARAMETERS);
    }
  }

  private final Map<String, CompletableFuture<byte[]>> codes = new ConcurrentHashMap<>();
  private final Map<Integer, Pointer> contexts = new ConcurrentHashMap<>();
  private final Map<Integer, Pointer> modules = new ConcurrentHashMap<>();
  private final Map<String, Pointer> functions = new ConcurrentHashMap<>();
  private final List<Card> cards;

  private CudaKernels(List<Card> cards) {
    this.cards = cards;
  }

  /**
   * Begins to compile a source file for every card, beside whatever else is done; what the user's
   * cache has is taken from there.
   *
   * @throws IllegalStateException when there is no compiler
   * @throws UnsatisfiedLinkError when it lacks a function
   */
  public static CudaKernels compile(String name, String source) {
    Hardware here = Hardware.here();
    Path folder =
        here.libtorch()
            .folder()
            .or(() -> Optional.ofNullable(Engine.library("torch_cuda").getParent()))
            .orElseThrow();
    Nvrtc compiler =
        Nvrtc.beside(folder)
            .orElseThrow(() -> new IllegalStateException("no NVRTC beside libtorch in " + folder));
    CudaKernels kernels = new CudaKernels(here.cards());
    for (Card card : here.cards()) {
      kernels.codes.computeIfAbsent(
          card.capability(),
          capability ->
              CompletableFuture.supplyAsync(
                  () -> compiled(compiler, name, source, capability), CudaKernels::beside));
    }
    return kernels;
  }

  private static byte[] compiled(Nvrtc compiler, String name, String source, String capability) {
    return Timeline.of(
        "kernels",
        () ->
            KernelCache.standard()
                .get(
                    compiler.key(name, source, capability),
                    () -> compiler.compile(name, source, capability)));
  }

  private static void beside(Runnable task) {
    Thread thread = new Thread(task, "reticent-kernels");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Waits until all are compiled.
   *
   * @throws IllegalStateException with the compiler's words when it refuses
   */
  public void await() {
    for (CompletableFuture<byte[]> code : codes.values()) {
      try {
        code.join();
      } catch (CompletionException e) {
        throw new IllegalStateException(
            Objects.requireNonNullElse(e.getCause(), e).getMessage(), e);
      }
    }
  }

  /** A card that runs lists of these kernels; to be closed. */
  public KernelDevice device(int card) {
    return new CardKernelDevice(this, card);
  }

  /**
   * Launches a kernel on a card, after what its stream has been given so far.
   *
   * @param parameters addresses in the card's memory and numbers, each eight bytes
   */
  public void launch(String kernel, int card, long blocks, int threads, List<Long> parameters) {
    try (Context context = enter(card)) {
      context.launch(
          new KernelDevice.Launch(kernel, blocks, threads, parameters), context.stream());
    }
  }

  /** Makes a card's context this thread's own, until it is closed. */
  Context enter(int card) {
    Pointer context = contexts.computeIfAbsent(card, this::context);
    check(Driver.cuCtxPushCurrent_v2(Pointer.nativeValue(context)), "cuCtxPushCurrent");
    return new Context(card);
  }

  /** A card, as long as its context is this thread's. */
  final class Context implements AutoCloseable {
    private final int card;
    private final Cells cells = Cells.OWN.get();

    private Context(int card) {
      this.card = card;
    }

    /** The driver's number of the card. */
    int device() {
      return number(card);
    }

    /** The stream that libtorch computes on. */
    long stream() {
      check(Streams.aoti_torch_get_current_cuda_stream(card, cells.answer()), "the current stream");
      return cells.answered();
    }

    void launch(KernelDevice.Launch launch, long stream) {
      Pointer module = modules.computeIfAbsent(card, CudaKernels.this::module);
      Pointer function =
          functions.computeIfAbsent(
              launch.kernel() + " " + card, key -> function(module, launch.kernel()));
      cells.set(launch.parameters());
      check(
          Driver.cuLaunchKernel(
              Pointer.nativeValue(function),
              Math.toIntExact(launch.blocks()),
              1,
              1,
              launch.threads(),
              1,
              1,
              0,
              stream,
              cells.places(),
              0),
          launch.kernel());
    }

    @Override
    public void close() {
      Driver.cuCtxPopCurrent_v2(cells.answer());
    }
  }

  /** The context that libtorch uses too. */
  private Pointer context(int card) {
    PointerByReference context = new PointerByReference();
    check(Driver.cuDevicePrimaryCtxRetain(context, number(card)), "the card's context");
    return context.getValue();
  }

  /** The driver's number of a card. */
  private static int number(int card) {
    IntByReference device = new IntByReference();
    check(Driver.cuDeviceGet(device, card), "cuDeviceGet");
    return device.getValue();
  }

  private Pointer module(int card) {
    PointerByReference module = new PointerByReference();
    byte[] code = Objects.requireNonNull(codes.get(cards.get(card).capability())).join();
    Memory image = new Memory(code.length);
    image.write(0, code, 0, code.length);
    check(Driver.cuModuleLoadData(module, image), "cuModuleLoadData");
    return module.getValue();
  }

  private Pointer function(Pointer module, String kernel) {
    PointerByReference function = new PointerByReference();
    check(Driver.cuModuleGetFunction(function, module, kernel), kernel);
    return function.getValue();
  }

  static void check(int status, String what) {
    if (status != 0) {
      throw new IllegalStateException(what + " failed with the driver's status " + status);
    }
  }
}

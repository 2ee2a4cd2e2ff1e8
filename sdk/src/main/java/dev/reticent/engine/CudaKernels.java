package dev.reticent.engine;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
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

  /** The most parameters of a kernel. */
  private static final int MOST_PARAMETERS = 32;

  /** A call's parameters, and the places where they are: made once for each thread. */
  private static final class Cells {
    private static final ThreadLocal<Cells> OWN = ThreadLocal.withInitial(Cells::new);

    private final Memory memory = new Memory(16L * MOST_PARAMETERS);

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

    void set(List<Long> parameters) {
      for (int i = 0; i < parameters.size(); i++) {
        memory.setLong(8L * i, parameters.get(i));
      }
    }
  }

  private final Map<String, CompletableFuture<byte[]>> codes = new ConcurrentHashMap<>();
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
    try (CudaContext context = CudaContext.enter(card)) {
      launch(
          context, new KernelDevice.Launch(kernel, blocks, threads, parameters), context.stream());
    }
  }

  /** Launches a kernel on a stream of the card that was entered. */
  void launch(CudaContext context, KernelDevice.Launch launch, long stream) {
    int card = context.card();
    Pointer module = modules.computeIfAbsent(card, this::module);
    Pointer function =
        functions.computeIfAbsent(
            launch.kernel() + " " + card, key -> function(module, launch.kernel()));
    Cells cells = Cells.OWN.get();
    cells.set(launch.parameters());
    CudaContext.check(
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

  private Pointer module(int card) {
    PointerByReference module = new PointerByReference();
    byte[] code = Objects.requireNonNull(codes.get(cards.get(card).capability())).join();
    Memory image = new Memory(code.length);
    image.write(0, code, 0, code.length);
    CudaContext.check(Driver.cuModuleLoadData(module, image), "cuModuleLoadData");
    return module.getValue();
  }

  private Pointer function(Pointer module, String kernel) {
    PointerByReference function = new PointerByReference();
    CudaContext.check(Driver.cuModuleGetFunction(function, module, kernel), kernel);
    return function.getValue();
  }
}

package dev.reticent.engine;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A stream of a card that does not wait for CUDA's default stream, on which libtorch computes.
 *
 * <p>A card has one for as long as the process lives: libtorch keeps freed memory by stream, and
 * would never give out again what belonged to a stream that is gone.
 */
final class CudaCopyStream implements CopyStream {

  private static final System.Logger LOG = System.getLogger(CudaCopyStream.class.getName());
  private static final int NON_BLOCKING = 1; // CU_STREAM_NON_BLOCKING
  private static final int WITHOUT_TIMES = 2; // CU_EVENT_DISABLE_TIMING
  private static final Map<Integer, CopyStream> STREAMS = new ConcurrentHashMap<>();

  /** The driver's functions for streams and events; each returns 0 on success. */
  private static final class Driver {
    static {
      Native.register(Driver.class, NativeLibrary.getInstance(CudaDriver.library()));
    }

    static native int cuStreamCreate(PointerByReference stream, int flags);

    static native int cuStreamWaitEvent(Pointer stream, Pointer event, int flags);

    static native int cuEventCreate(PointerByReference event, int flags);

    static native int cuEventRecord(Pointer event, long stream);

    static native int cuEventDestroy_v2(Pointer event);
  }

  /** What makes a stream libtorch's own, from the same C interface as {@link LibtorchApi}. */
  private static final class Streams {
    static {
      Native.register(
          Streams.class, NativeLibrary.getInstance(Engine.library("torch_cuda").toString()));
    }

    static native int aoti_torch_create_cuda_stream_guard(
        Pointer stream, int device, PointerByReference guard);

    static native int aoti_torch_delete_cuda_stream_guard(Pointer guard);
  }

  /** A moment, as an event that the computing stream reaches. */
  private record Reached(int card, Pointer event) implements Moment {
    @Override
    public void close() {
      on(card, context -> CudaContext.check(Driver.cuEventDestroy_v2(event), "cuEventDestroy"));
    }
  }

  private final int card;
  private final Pointer stream;

  private CudaCopyStream(int card) {
    this.card = card;
    PointerByReference made = new PointerByReference();
    on(
        card,
        context -> CudaContext.check(Driver.cuStreamCreate(made, NON_BLOCKING), "cuStreamCreate"));
    this.stream = made.getValue();
    call(() -> 0); // libtorch lacks the functions at once, or has them
    now().close();
  }

  private static void on(int card, Consumer<CudaContext> work) {
    try (CudaContext context = CudaContext.enter(card)) {
      work.accept(context);
    }
  }

  /** A card's stream, or one order of all work where driver or libtorch have no other. */
  static CopyStream on(int card) {
    return STREAMS.computeIfAbsent(card, CudaCopyStream::open);
  }

  private static CopyStream open(int card) {
    try {
      return new CudaCopyStream(card);
    } catch (IllegalStateException | LinkageError e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "cuda:" + card + ": copies wait for what is computed: " + e.getMessage());
      return OneOrder.INSTANCE;
    }
  }

  @Override
  public <T> T call(Supplier<T> work) {
    PointerByReference guard = new PointerByReference();
    CudaContext.check(
        Streams.aoti_torch_create_cuda_stream_guard(stream, card, guard), "a stream's guard");
    try {
      return work.get();
    } finally {
      Streams.aoti_torch_delete_cuda_stream_guard(guard.getValue());
    }
  }

  @Override
  public Moment now() {
    PointerByReference event = new PointerByReference();
    on(
        card,
        context -> {
          CudaContext.check(Driver.cuEventCreate(event, WITHOUT_TIMES), "cuEventCreate");
          CudaContext.check(
              Driver.cuEventRecord(event.getValue(), context.stream()), "cuEventRecord");
        });
    return new Reached(card, event.getValue());
  }

  @Override
  public void after(Moment moment) {
    Pointer event = ((Reached) moment).event();
    on(
        card,
        context ->
            CudaContext.check(Driver.cuStreamWaitEvent(stream, event, 0), "cuStreamWaitEvent"));
  }
}

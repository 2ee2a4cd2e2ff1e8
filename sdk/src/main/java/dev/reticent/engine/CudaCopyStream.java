package dev.reticent.engine;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
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

    static native int cuDeviceGet(IntByReference device, int ordinal);

    static native int cuDevicePrimaryCtxRetain(PointerByReference context, int device);

    static native int cuCtxPushCurrent_v2(Pointer context);

    static native int cuCtxPopCurrent_v2(PointerByReference context);

    static native int cuStreamCreate(PointerByReference stream, int flags);

    static native int cuStreamWaitEvent(Pointer stream, Pointer event, int flags);

    static native int cuEventCreate(PointerByReference event, int flags);

    static native int cuEventRecord(Pointer event, Pointer stream);

    static native int cuEventDestroy_v2(Pointer event);
  }

  /** libtorch's current streams, from the same C interface as {@link LibtorchApi}. */
  private static final class Streams {
    static {
      Native.register(
          Streams.class, NativeLibrary.getInstance(Engine.library("torch_cuda").toString()));
    }

    static native int aoti_torch_get_current_cuda_stream(int device, PointerByReference stream);

    static native int aoti_torch_create_cuda_stream_guard(
        Pointer stream, int device, PointerByReference guard);

    static native int aoti_torch_delete_cuda_stream_guard(Pointer guard);
  }

  /** A moment, as an event that the computing stream reaches. */
  private record Reached(Pointer event, Consumer<Runnable> context) implements Moment {
    @Override
    public void close() {
      context.accept(() -> check(Driver.cuEventDestroy_v2(event), "cuEventDestroy"));
    }
  }

  private final int card;
  private final Pointer context;
  private final Pointer stream;

  private CudaCopyStream(int card) {
    this.card = card;
    IntByReference device = new IntByReference();
    check(Driver.cuDeviceGet(device, card), "cuDeviceGet");
    PointerByReference found = new PointerByReference();
    check(Driver.cuDevicePrimaryCtxRetain(found, device.getValue()), "the card's context");
    this.context = found.getValue();
    PointerByReference made = new PointerByReference();
    inContext(() -> check(Driver.cuStreamCreate(made, NON_BLOCKING), "cuStreamCreate"));
    this.stream = made.getValue();
    call(() -> 0); // libtorch lacks the functions at once, or has them
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
    check(Streams.aoti_torch_create_cuda_stream_guard(stream, card, guard), "a stream's guard");
    try {
      return work.get();
    } finally {
      Streams.aoti_torch_delete_cuda_stream_guard(guard.getValue());
    }
  }

  @Override
  public Moment now() {
    PointerByReference computing = new PointerByReference();
    check(Streams.aoti_torch_get_current_cuda_stream(card, computing), "the current stream");
    PointerByReference event = new PointerByReference();
    inContext(
        () -> {
          check(Driver.cuEventCreate(event, WITHOUT_TIMES), "cuEventCreate");
          check(Driver.cuEventRecord(event.getValue(), computing.getValue()), "cuEventRecord");
        });
    return new Reached(event.getValue(), this::inContext);
  }

  @Override
  public void after(Moment moment) {
    Pointer event = ((Reached) moment).event();
    inContext(() -> check(Driver.cuStreamWaitEvent(stream, event, 0), "cuStreamWaitEvent"));
  }

  private void inContext(Runnable work) {
    check(Driver.cuCtxPushCurrent_v2(context), "cuCtxPushCurrent");
    try {
      work.run();
    } finally {
      Driver.cuCtxPopCurrent_v2(new PointerByReference());
    }
  }

  private static void check(int status, String what) {
    if (status != 0) {
      throw new IllegalStateException(what + " failed with status " + status);
    }
  }
}

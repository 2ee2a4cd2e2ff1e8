package dev.reticent.engine;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A card, as long as the context in which libtorch uses it is this thread's; to be closed. */
final class CudaContext implements AutoCloseable {

  /** The driver's functions for contexts; each returns 0 on success. */
  private static final class Driver {
    static {
      Native.register(Driver.class, NativeLibrary.getInstance(CudaDriver.library()));
    }

    static native int cuDeviceGet(IntByReference device, int ordinal);

    static native int cuDevicePrimaryCtxRetain(PointerByReference context, int device);

    static native int cuCtxPushCurrent_v2(long context);

    static native int cuCtxPopCurrent_v2(long context);
  }

  /** libtorch's streams, from the same C interface as {@link LibtorchApi}. */
  private static final class Streams {
    static {
      Native.register(
          Streams.class, NativeLibrary.getInstance(Engine.library("torch_cuda").toString()));
    }

    static native int aoti_torch_get_current_cuda_stream(int device, long stream);
  }

  /** The context of each card that was ever entered. */
  private static final Map<Integer, Pointer> RETAINED = new ConcurrentHashMap<>();

  /** Where a thread's answers are written. */
  private static final ThreadLocal<Memory> ANSWER = ThreadLocal.withInitial(() -> new Memory(8));

  private final int card;
  private final Memory answer = ANSWER.get();

  private CudaContext(int card) {
    this.card = card;
  }

  /** Makes a card's context this thread's own, until it is closed. */
  static CudaContext enter(int card) {
    Pointer context = RETAINED.computeIfAbsent(card, CudaContext::retained);
    check(Driver.cuCtxPushCurrent_v2(Pointer.nativeValue(context)), "cuCtxPushCurrent");
    return new CudaContext(card);
  }

  private static Pointer retained(int card) {
    PointerByReference context = new PointerByReference();
    check(Driver.cuDevicePrimaryCtxRetain(context, number(card)), "the card's context");
    return context.getValue();
  }

  private static int number(int card) {
    IntByReference device = new IntByReference();
    check(Driver.cuDeviceGet(device, card), "cuDeviceGet");
    return device.getValue();
  }

  /** As libtorch counts cards. */
  int card() {
    return card;
  }

  /** The driver's number of the card. */
  int device() {
    return number(card);
  }

  /** The stream that libtorch computes on. */
  long stream() {
    check(
        Streams.aoti_torch_get_current_cuda_stream(card, Pointer.nativeValue(answer)),
        "the current stream");
    return answer.getLong(0);
  }

  @Override
  public void close() {
    Driver.cuCtxPopCurrent_v2(Pointer.nativeValue(answer));
  }

  /**
   * @throws IllegalStateException unless a function's status says that it succeeded
   */
  static void check(int status, String what) {
    if (status != 0) {
      throw new IllegalStateException(what + " failed with the driver's status " + status);
    }
  }
}

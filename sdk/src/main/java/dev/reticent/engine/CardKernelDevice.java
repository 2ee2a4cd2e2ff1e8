package dev.reticent.engine;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * A card that runs lists of kernels as CUDA graphs, on the stream that libtorch computes on: one
 * call for hundreds of kernels, which then follow each other without the host.
 *
 * <p>Where the driver takes no graph, the log says why, once, and the kernels are launched one by
 * one.
 */
final class CardKernelDevice implements KernelDevice {

  private static final System.Logger LOG = System.getLogger(CardKernelDevice.class.getName());

  private static final int NON_BLOCKING = 1; // CU_STREAM_NON_BLOCKING
  private static final int OF_THIS_THREAD = 1; // CU_STREAM_CAPTURE_MODE_THREAD_LOCAL
  private static final int MULTIPROCESSORS = 16; // CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT

  /** The driver's functions for graphs and memory; each returns 0 on success. */
  private static final class Driver {
    static {
      Native.register(Driver.class, NativeLibrary.getInstance(CudaDriver.library()));
    }

    static native int cuDeviceGetAttribute(IntByReference value, int attribute, int device);

    static native int cuStreamCreate(LongByReference stream, int flags);

    static native int cuStreamDestroy_v2(long stream);

    static native int cuStreamBeginCapture_v2(long stream, int mode);

    static native int cuStreamEndCapture(long stream, LongByReference graph);

    static native int cuStreamSynchronize(long stream);

    static native int cuGraphInstantiateWithFlags(
        LongByReference executable, long graph, long flags);

    static native int cuGraphLaunch(long executable, long stream);

    static native int cuGraphExecDestroy(long executable);

    static native int cuGraphDestroy(long graph);

    static native int cuMemHostAlloc(LongByReference memory, long bytes, int flags);

    static native int cuMemFreeHost(long memory);

    static native int cuMemcpyHtoDAsync_v2(long to, long from, long bytes, long stream);

    static native int cuMemcpyDtoHAsync_v2(long to, long from, long bytes, long stream);
  }

  /** Memory of the host that the card reads and writes by itself. */
  private static final class Pinned {
    private long address;
    private long bytes;

    /** At least so many bytes; what was there before is gone when they are more than before. */
    ByteBuffer room(long wanted) {
      if (wanted > bytes) {
        free();
        LongByReference memory = new LongByReference();
        check(Driver.cuMemHostAlloc(memory, wanted, 0), "cuMemHostAlloc");
        address = memory.getValue();
        bytes = wanted;
      }
      return new Pointer(address).getByteBuffer(0, wanted).order(ByteOrder.nativeOrder());
    }

    void free() {
      if (bytes > 0) {
        Driver.cuMemFreeHost(address);
      }
      bytes = 0;
    }
  }

  private final CudaKernels kernels;
  private final int card;
  private final int processors;
  private final Pinned given = new Pinned();
  private final Pinned found = new Pinned();
  private boolean copying;
  private boolean refused;

  CardKernelDevice(CudaKernels kernels, int card) {
    this.kernels = kernels;
    this.card = card;
    try (CudaContext context = CudaContext.enter(card)) {
      IntByReference count = new IntByReference();
      check(
          Driver.cuDeviceGetAttribute(count, MULTIPROCESSORS, context.device()),
          "the number of multiprocessors");
      this.processors = count.getValue();
    }
  }

  @Override
  public int processors() {
    return processors;
  }

  @Override
  public Replay prepare(List<Launch> launches) {
    if (!refused) {
      try {
        return new Graph(captured(launches));
      } catch (IllegalStateException | UnsatisfiedLinkError e) {
        refused = true;
        LOG.log(
            System.Logger.Level.WARNING,
            "tokens are decoded without CUDA graphs, which takes longer: {0}",
            e.getMessage());
      }
    }
    return oneByOne(launches);
  }

  /** What running a graph takes. */
  private long captured(List<Launch> launches) {
    try (CudaContext context = CudaContext.enter(card)) {
      LongByReference answer = new LongByReference();
      check(Driver.cuStreamCreate(answer, NON_BLOCKING), "cuStreamCreate");
      long stream = answer.getValue();
      try {
        check(Driver.cuStreamBeginCapture_v2(stream, OF_THIS_THREAD), "cuStreamBeginCapture");
        LongByReference graph = new LongByReference();
        int ended;
        try {
          launches.forEach(launch -> kernels.launch(context, launch, stream));
        } finally {
          ended = Driver.cuStreamEndCapture(stream, graph);
        }
        check(ended, "cuStreamEndCapture");
        int made = Driver.cuGraphInstantiateWithFlags(answer, graph.getValue(), 0);
        Driver.cuGraphDestroy(graph.getValue());
        check(made, "cuGraphInstantiate");
        return answer.getValue();
      } finally {
        Driver.cuStreamDestroy_v2(stream);
      }
    }
  }

  private final class Graph implements Replay {
    private final long executable;

    Graph(long executable) {
      this.executable = executable;
    }

    @Override
    public void run() {
      try (CudaContext context = CudaContext.enter(card)) {
        check(Driver.cuGraphLaunch(executable, context.stream()), "cuGraphLaunch");
      }
    }

    @Override
    public void close() {
      try (CudaContext context = CudaContext.enter(card)) {
        check(Driver.cuStreamSynchronize(context.stream()), "what the card computed");
        check(Driver.cuGraphExecDestroy(executable), "cuGraphExecDestroy");
      }
    }
  }

  @Override
  public Replay oneByOne(List<Launch> launches) {
    return new Replay() {
      @Override
      public void run() {
        try (CudaContext context = CudaContext.enter(card)) {
          long stream = context.stream();
          launches.forEach(launch -> kernels.launch(context, launch, stream));
        }
      }

      @Override
      public void close() {
        // the driver keeps nothing of it
      }
    };
  }

  @Override
  public void write(ByteBuffer from, long address) {
    int bytes = from.remaining();
    try (CudaContext context = CudaContext.enter(card)) {
      if (copying) {
        check(Driver.cuStreamSynchronize(context.stream()), "what the card computed");
      }
      given.room(bytes).put(from.duplicate());
      copying = true;
      check(
          Driver.cuMemcpyHtoDAsync_v2(address, given.address, bytes, context.stream()),
          "a copy to the card");
    }
  }

  @Override
  public void read(long address, List<float[]> to) {
    long bytes = to.stream().mapToLong(values -> (long) Float.BYTES * values.length).sum();
    try (CudaContext context = CudaContext.enter(card)) {
      ByteBuffer values = found.room(bytes);
      long stream = context.stream();
      check(
          Driver.cuMemcpyDtoHAsync_v2(found.address, address, bytes, stream),
          "a copy from the card");
      check(Driver.cuStreamSynchronize(stream), "what the card computed");
      copying = false;
      FloatBuffer floats = values.asFloatBuffer();
      to.forEach(floats::get);
    }
  }

  @Override
  public void close() {
    try (CudaContext context = CudaContext.enter(card)) {
      Driver.cuStreamSynchronize(context.stream());
      given.free();
      found.free();
    }
  }

  private static void check(int status, String what) {
    CudaContext.check(status, what);
  }
}

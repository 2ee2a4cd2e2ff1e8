package dev.reticent.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Tensors over bytes of a type that DJL has no number for, made by libtorch's C interface (see
 * {@link LibtorchApi}).
 */
final class RawTensors {

  private static final class Api {
    static {
      Native.register(Api.class, NativeLibrary.getInstance(Engine.library("torch_cpu").toString()));
    }

    static native int aoti_torch_create_tensor_from_blob(
        Pointer data,
        long dimensions,
        Pointer sizes,
        Pointer strides,
        long offset,
        int type,
        int deviceKind,
        int deviceIndex,
        PointerByReference tensor);
  }

  /** Torch's numbers of the type, and of processors among kinds of devices. */
  private static final int BFLOAT16 = 15;

  private static final int CPU = 0;
  private static final int NO_INDEX = -1;

  private RawTensors() {}

  /**
   * A matrix of bf16 numbers on the host over a direct buffer, which is kept reachable as long as
   * the tensor is; empty where this libtorch makes none.
   */
  static Optional<Tensor> bfloat16(ByteBuffer bytes, long rows, long columns) {
    Memory shape = new Memory(32);
    shape.write(0, new long[] {rows, columns, columns, 1}, 0, 4); // sizes, then strides
    PointerByReference tensor = new PointerByReference();
    ByteBuffer slice = bytes.slice();
    try {
      int status =
          Api.aoti_torch_create_tensor_from_blob(
              Native.getDirectBufferPointer(slice),
              2,
              shape,
              shape.share(16),
              0,
              BFLOAT16,
              CPU,
              NO_INDEX,
              tensor);
      if (status != 0) {
        return Optional.empty();
      }
    } catch (LinkageError e) {
      return Optional.empty();
    }
    PtNDManager manager = (PtNDManager) Engine.started().manager(ComputeDevice.CPU);
    long handle = Pointer.nativeValue(tensor.getValue());
    return Optional.of(new Tensor(new PtNDArray(manager, handle, slice)));
  }
}

package dev.reticent.engine;

import com.sun.jna.Callback;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;

/**
 * The part of libtorch's C interface that operators written outside of it need (its header {@code
 * torch/csrc/inductor/aoti_torch/c/shim.h}, kept stable between releases). Each function returns 0
 * on success.
 *
 * <p>What is called for each tensor of each operator takes addresses as plain numbers, which costs
 * a tenth of what objects for them would.
 */
final class LibtorchApi {

  /** An operator's body: its arguments come, and its results go, in cells of eight bytes. */
  interface Boxed extends Callback {
    void invoke(Pointer stack, long arguments, long results);
  }

  static {
    Engine.started();
    Native.register(
        LibtorchApi.class, NativeLibrary.getInstance(Engine.library("torch_cpu").toString()));
  }

  private LibtorchApi() {}

  static native int aoti_torch_library_init_fragment(
      String namespace, String file, int line, PointerByReference library);

  static native int aoti_torch_library_init_impl(
      String namespace, String key, String file, int line, PointerByReference library);

  static native int aoti_torch_library_def(Pointer library, String schema);

  static native int aoti_torch_library_impl(Pointer library, String name, Boxed body);

  static native int aoti_torch_get_data_ptr(long tensor, long data);

  static native int aoti_torch_get_numel(long tensor, long count);

  static native int aoti_torch_get_dtype(long tensor, long type);

  static native int aoti_torch_get_device_index(long tensor, long index);

  static native int aoti_torch_delete_tensor_object(long tensor);
}

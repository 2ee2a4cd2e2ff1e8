package dev.reticent.engine;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;

/**
 * The part of libtorch's C interface that operators written outside of it need (its header {@code
 * torch/csrc/inductor/aoti_torch/c/shim.h}, kept stable between releases). Each function returns 0
 * on success.
 */
interface LibtorchApi extends Library {

  /** An operator's body: its arguments come, and its results go, in cells of eight bytes. */
  interface Boxed extends Callback {
    void invoke(Pointer stack, long arguments, long results);
  }

  /** The library that DJL has loaded. */
  static LibtorchApi load() {
    Engine.started();
    return Native.load(Engine.library("torch_cpu").toString(), LibtorchApi.class);
  }

  int aoti_torch_library_init_fragment(
      String namespace, String file, int line, PointerByReference library);

  int aoti_torch_library_init_impl(
      String namespace, String key, String file, int line, PointerByReference library);

  int aoti_torch_library_def(Pointer library, String schema);

  int aoti_torch_library_impl(Pointer library, String name, Boxed body);

  int aoti_torch_get_data_ptr(Pointer tensor, PointerByReference data);

  int aoti_torch_get_numel(Pointer tensor, LongByReference count);

  int aoti_torch_get_dtype(Pointer tensor, IntByReference type);

  int aoti_torch_get_device_index(Pointer tensor, IntByReference index);

  int aoti_torch_delete_tensor_object(Pointer tensor);
}

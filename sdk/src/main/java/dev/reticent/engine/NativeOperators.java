package dev.reticent.engine;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import dev.reticent.api.Internal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Operators of ours that scripts call as {@code ops.reticent.NAME(…)}, on tensors where they lie.
 *
 * <p>An operator reads all its tensors but the last, which it fills, and returns 0; or it leaves
 * that as it was and returns 1, and the script goes its own way. It runs in the thread that calls
 * the script.
 */
@Internal
public final class NativeOperators {

  private static final System.Logger LOG = System.getLogger(NativeOperators.class.getName());
  private static final String NAMESPACE = "reticent";
  private static final String SOURCE = "NativeOperators.java";

  /** What libtorch holds pointers to, kept reachable for good. */
  private static final List<LibtorchApi.Boxed> BODIES = new ArrayList<>();

  private static final Set<String> DEFINED = new HashSet<>();

  private NativeOperators() {}

  /**
   * A tensor as it lies in memory, contiguous.
   *
   * @param address of its first element, in the memory of its device
   * @param type torch's number of the element type
   * @param device the number of the card
   */
  public record Operand(long address, long elements, int type, int device) {}

  /** What an operator does. */
  public interface Body {
    /** Fills the last of the tensors, or returns false and has changed nothing. */
    boolean run(List<Operand> tensors);
  }

  /**
   * Defines an operator for tensors on one kind of device; a second definition of the same does
   * nothing.
   *
   * @param tensors how many it takes, the last being the one that it fills
   * @param kind {@code CPU} or {@code CUDA}
   * @throws IllegalStateException when libtorch refuses
   */
  public static synchronized void define(String name, int tensors, String kind, Body body) {
    LibtorchApi api = LibtorchApi.load();
    PointerByReference library = new PointerByReference();
    if (DEFINED.add(name)) {
      check(api.aoti_torch_library_init_fragment(NAMESPACE, SOURCE, 1, library));
      check(api.aoti_torch_library_def(library.getValue(), schema(name, tensors)));
    }
    if (DEFINED.add(name + " " + kind)) {
      LibtorchApi.Boxed boxed = boxed(api, name, body);
      BODIES.add(boxed);
      check(api.aoti_torch_library_init_impl(NAMESPACE, kind, SOURCE, 1, library));
      check(api.aoti_torch_library_impl(library.getValue(), name, boxed));
    }
  }

  private static String schema(String name, int tensors) {
    StringBuilder schema = new StringBuilder(name).append('(');
    for (int i = 0; i < tensors - 1; i++) {
      schema.append("Tensor t").append(i).append(", ");
    }
    return schema.append("Tensor(a!) filled) -> int").toString();
  }

  /** An exception must not cross into libtorch: it is logged, and the script goes its own way. */
  private static LibtorchApi.Boxed boxed(LibtorchApi api, String name, Body body) {
    return (stack, arguments, results) -> {
      boolean done = false;
      try {
        List<Operand> operands = new ArrayList<>();
        for (int i = 0; i < arguments; i++) {
          operands.add(operand(api, stack.getPointer(8L * i)));
        }
        done = body.run(operands);
      } catch (RuntimeException | Error e) {
        LOG.log(System.Logger.Level.WARNING, "operator " + name + " failed", e);
      } finally {
        for (int i = 0; i < arguments; i++) {
          api.aoti_torch_delete_tensor_object(stack.getPointer(8L * i));
        }
        stack.setLong(0, done ? 0 : 1);
      }
    };
  }

  private static Operand operand(LibtorchApi api, Pointer tensor) {
    PointerByReference data = new PointerByReference();
    LongByReference elements = new LongByReference();
    IntByReference type = new IntByReference();
    IntByReference device = new IntByReference();
    check(api.aoti_torch_get_data_ptr(tensor, data));
    check(api.aoti_torch_get_numel(tensor, elements));
    check(api.aoti_torch_get_dtype(tensor, type));
    check(api.aoti_torch_get_device_index(tensor, device));
    return new Operand(
        Pointer.nativeValue(data.getValue()),
        elements.getValue(),
        type.getValue(),
        device.getValue());
  }

  private static void check(int status) {
    if (status != 0) {
      throw new IllegalStateException("libtorch's C interface failed; its log says why");
    }
  }
}

package dev.reticent.engine;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.reticent.api.Internal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Operators of ours that scripts call as {@code ops.reticent.NAME(…)}, on tensors where they lie.
 *
 * <p>An operator fills the last of its tensors and returns 0; or it leaves them as they were and
 * returns 1, and the script goes its own way. It runs in the thread that calls the script.
 */
@Internal
public final class NativeOperators {

  private static final System.Logger LOG = System.getLogger(NativeOperators.class.getName());
  private static final String NAMESPACE = "reticent";
  private static final String SOURCE = "NativeOperators.java";

  /** What libtorch holds pointers to, kept reachable for good. */
  private static final List<LibtorchApi.Boxed> BODIES = new ArrayList<>();

  private static final Set<String> DEFINED = new HashSet<>();

  /** Where libtorch writes what it is asked about a tensor. */
  private static final ThreadLocal<Memory> ANSWER = ThreadLocal.withInitial(() -> new Memory(8));

  private NativeOperators() {}

  /** A tensor as it lies in memory, contiguous; libtorch is asked for what is asked for here. */
  public static final class Operand {
    private final long handle;

    private Operand(long handle) {
      this.handle = handle;
    }

    /** Of its first element, in the memory of its device. */
    public long address() {
      Memory answer = ANSWER.get();
      check(LibtorchApi.aoti_torch_get_data_ptr(handle, Pointer.nativeValue(answer)));
      return answer.getLong(0);
    }

    /** How many there are. */
    public long elements() {
      Memory answer = ANSWER.get();
      check(LibtorchApi.aoti_torch_get_numel(handle, Pointer.nativeValue(answer)));
      return answer.getLong(0);
    }

    /** Torch's number of the element type. */
    public int type() {
      Memory answer = ANSWER.get();
      check(LibtorchApi.aoti_torch_get_dtype(handle, Pointer.nativeValue(answer)));
      return answer.getInt(0);
    }

    /** The number of the card. */
    public int device() {
      Memory answer = ANSWER.get();
      check(LibtorchApi.aoti_torch_get_device_index(handle, Pointer.nativeValue(answer)));
      return answer.getInt(0);
    }
  }

  /** A tensor as kernels of ours see it, which must be contiguous. */
  public static Operand operand(Tensor tensor) {
    return new Operand(tensor.array().getHandle());
  }

  /**
   * What an operator takes: tensors, then whole numbers.
   *
   * @param filled how many of the tensors it fills, the last ones
   */
  public record Signature(String name, int tensors, int filled, int numbers) {

    private String schema() {
      StringBuilder schema = new StringBuilder(name).append('(');
      for (int i = 0; i < tensors; i++) {
        schema.append(i == 0 ? "Tensor" : ", Tensor");
        if (i >= tensors - filled) {
          schema.append('(').append((char) ('a' + i)).append("!)");
        }
        schema.append(" t").append(i);
      }
      for (int i = 0; i < numbers; i++) {
        schema.append(", int n").append(i);
      }
      return schema.append(") -> int").toString();
    }
  }

  /** What an operator does. */
  public interface Body {
    /** Fills the last of the tensors, or returns false and has changed nothing. */
    boolean run(List<Operand> tensors, long[] numbers);
  }

  /**
   * Defines an operator for tensors on one kind of device; a second definition of the same does
   * nothing.
   *
   * @param kind {@code CPU} or {@code CUDA}
   * @throws IllegalStateException when libtorch refuses
   */
  public static synchronized void define(Signature signature, String kind, Body body) {
    PointerByReference library = new PointerByReference();
    String name = signature.name();
    if (DEFINED.add(name)) {
      check(LibtorchApi.aoti_torch_library_init_fragment(NAMESPACE, SOURCE, 1, library));
      check(LibtorchApi.aoti_torch_library_def(library.getValue(), signature.schema()));
    }
    if (DEFINED.add(name + " " + kind)) {
      LibtorchApi.Boxed boxed = boxed(signature, body);
      BODIES.add(boxed);
      check(LibtorchApi.aoti_torch_library_init_impl(NAMESPACE, kind, SOURCE, 1, library));
      check(LibtorchApi.aoti_torch_library_impl(library.getValue(), name, boxed));
    }
  }

  /** An exception must not cross into libtorch: it is logged, and the script goes its own way. */
  private static LibtorchApi.Boxed boxed(Signature signature, Body body) {
    int count = signature.tensors();
    return (stack, arguments, results) -> {
      boolean done = false;
      try {
        List<Operand> operands = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          operands.add(new Operand(stack.getLong(8L * i)));
        }
        long[] numbers = stack.getLongArray(8L * count, signature.numbers());
        done = body.run(operands, numbers);
      } catch (RuntimeException | Error e) {
        LOG.log(System.Logger.Level.WARNING, "operator " + signature.name() + " failed", e);
      } finally {
        for (int i = 0; i < count; i++) {
          LibtorchApi.aoti_torch_delete_tensor_object(stack.getLong(8L * i));
        }
        stack.setLong(0, done ? 0 : 1);
      }
    };
  }

  private static void check(int status) {
    if (status != 0) {
      throw new IllegalStateException("libtorch's C interface failed; its log says why");
    }
  }
}

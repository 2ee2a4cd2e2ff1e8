package dev.reticent.engine;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import dev.reticent.api.Internal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * TorchScript functions, loaded and ready to be called.
 *
 * <p>A method is called by name with its arguments in the order in which the script declares them.
 * It runs on the device of its arguments. Calls from several threads at once are safe. Autograd is
 * on only where a script turns it on.
 */
@Internal
public final class Program implements AutoCloseable {

  private static final LongAdder CALLS = new LongAdder();

  private final String name;
  private final PtSymbolBlock block;
  private final boolean asWritten;

  private Program(String name, PtSymbolBlock block, boolean asWritten) {
    this.name = name;
    this.block = block;
    this.asWritten = asWritten;
  }

  /**
   * Compiles a script.
   *
   * @throws IllegalArgumentException when libtorch refuses it, with its own words
   */
  public static Program compile(Script script) {
    return compile(script, false);
  }

  /**
   * Compiles a script of short functions, which cards too run as it is written: libtorch would work
   * on each for longer than it could gain, and anew for other shapes, and might join roundings.
   */
  public static Program compileAsWritten(Script script) {
    return compile(script, true);
  }

  private static Program compile(Script script, boolean asWritten) {
    PtNDManager manager = manager();
    try {
      return Timeline.of(
          "scripts", () -> new Program(script.name(), load(manager, script), asWritten));
    } catch (EngineException e) {
      throw new IllegalArgumentException(
          "program " + script.name() + " does not compile: " + e.getMessage(), e);
    }
  }

  private static PtSymbolBlock load(PtNDManager manager, Script script) {
    try {
      return JniUtils.loadModule(
          manager, new ByteArrayInputStream(script.toArchive()), false, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Calls a method.
   *
   * @param scope takes ownership of the results
   * @param arguments each a {@link Tensor}, a list of tensors that is not empty, a {@link
   *     TensorList}, a {@link Boolean}, an {@link Integer} or a {@code long[]}, for a script's
   *     Tensor, List[Tensor], List[Tensor], bool, int or List[int]
   * @return the method's results, tuples and lists flattened in order
   * @throws EngineFailure when libtorch fails, for instance for want of memory
   */
  public List<Tensor> call(Scope scope, String method, Object... arguments) {
    return call(scope, method, true, arguments);
  }

  /**
   * Calls a method that is not part of training: with less to keep account of, and results that
   * autograd refuses wherever a script turns it on.
   */
  public List<Tensor> infer(Scope scope, String method, Object... arguments) {
    return call(scope, method, false, arguments);
  }

  /**
   * Calls a method that is called this once: its graph runs as it is written, since to work on it
   * would take longer than it runs.
   */
  public List<Tensor> once(Scope scope, String method, Object... arguments) {
    return call(scope, method, true, false, arguments);
  }

  /** How often methods of any program were called: each call takes the host's time. */
  public static long calls() {
    return CALLS.sum();
  }

  private List<Tensor> call(Scope scope, String method, boolean autograd, Object[] arguments) {
    return call(scope, method, autograd, true, arguments);
  }

  private List<Tensor> call(
      Scope scope, String method, boolean autograd, boolean often, Object[] arguments) {
    CALLS.increment();
    IValue[] values = new IValue[arguments.length];
    try {
      for (int i = 0; i < arguments.length; i++) {
        values[i] = value(arguments[i]);
      }
      GraphOptimizer.set(often && !asWritten, arguments);
      try (IValue result = NativeCall.run(block, method, values, autograd)) {
        List<Tensor> results = new ArrayList<>();
        for (NDArray array : result.toNDList(manager())) {
          results.add(scope.own(new Tensor(array)));
        }
        return results;
      }
    } catch (EngineException e) {
      throw new EngineFailure(name + "." + method, e);
    } finally {
      for (int i = 0; i < values.length; i++) {
        if (values[i] != null && !(arguments[i] instanceof TensorList)) {
          values[i].close();
        }
      }
    }
  }

  private static IValue value(Object argument) {
    if (argument instanceof Tensor tensor) {
      return IValue.from(tensor.array());
    } else if (argument instanceof TensorList list) {
      return list.value();
    } else if (argument instanceof List<?> list) {
      return IValue.listFrom(
          list.stream().map(tensor -> ((Tensor) tensor).array()).toArray(PtNDArray[]::new));
    } else if (argument instanceof Boolean flag) {
      return IValue.from(flag);
    } else if (argument instanceof Integer number) {
      return IValue.from(number.longValue());
    } else if (argument instanceof long[] numbers) {
      return IValue.listFrom(numbers);
    }
    throw new IllegalArgumentException(
        "a program takes no argument of type " + argument.getClass().getName());
  }

  private static PtNDManager manager() {
    return (PtNDManager) Engine.started().manager(ComputeDevice.CPU);
  }

  @Override
  public void close() {
    block.close();
  }
}

package dev.reticent.engine;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * TorchScript functions, loaded and ready to be called.
 *
 * <p>A method is called by name with tensors and lists of tensors, in the order in which the script
 * declares them. It runs on the device of its arguments. Calls from several threads at once are
 * safe. Autograd is on only where a script turns it on.
 */
public final class Program implements AutoCloseable {

  private final String name;
  private final PtSymbolBlock block;

  private Program(String name, PtSymbolBlock block) {
    this.name = name;
    this.block = block;
  }

  /**
   * Compiles a script.
   *
   * @throws IllegalArgumentException when libtorch refuses it, with its own words
   */
  public static Program compile(Script script) {
    PtNDManager manager = (PtNDManager) Engine.started().manager(ComputeDevice.CPU);
    try {
      PtSymbolBlock block =
          JniUtils.loadModule(manager, new ByteArrayInputStream(script.toArchive()), false, false);
      return new Program(script.name(), block);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (EngineException e) {
      throw new IllegalArgumentException(
          "program " + script.name() + " does not compile: " + e.getMessage(), e);
    }
  }

  /**
   * Calls a method.
   *
   * @param scope takes ownership of the results
   * @param arguments each a {@link Tensor} that is in no list, or a {@link TensorList}
   * @return the method's results, tuples and lists flattened in order
   * @throws EngineFailure when libtorch fails, for instance for want of memory
   */
  public List<Tensor> call(Scope scope, String method, Object... arguments) {
    NDList inputs = new NDList();
    for (Object argument : arguments) {
      append(inputs, argument);
    }
    NDArray selector = Engine.started().manager(ComputeDevice.CPU).create(0f);
    selector.setName("module_method:" + method);
    inputs.add(selector);
    try {
      List<Tensor> results = new ArrayList<>();
      for (NDArray result : IValueUtils.forward(block, inputs, true)) {
        results.add(scope.own(new Tensor(result)));
      }
      return results;
    } catch (EngineException e) {
      throw new EngineFailure(name + "." + method, e);
    } finally {
      selector.close();
    }
  }

  private static void append(NDList inputs, Object argument) {
    if (argument instanceof Tensor tensor) {
      inputs.add(tensor.alone());
    } else if (argument instanceof TensorList list) {
      list.tensors().forEach(tensor -> inputs.add(tensor.array()));
    } else {
      throw new IllegalArgumentException(
          "a program takes a Tensor or a TensorList, got " + argument.getClass().getName());
    }
  }

  @Override
  public void close() {
    block.close();
  }
}

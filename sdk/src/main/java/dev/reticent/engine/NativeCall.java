package dev.reticent.engine;

import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The native method with which DJL calls TorchScript, called as it should be.
 *
 * <p>DJL has two doors to it. {@code IValueUtils.forward} takes a flat list of arrays, matches each
 * one's name against patterns to find out which form a list, and makes a value of each: a decoding
 * step hands over some four hundred. {@code IValueUtils.runMethod} takes values, lists among them,
 * but runs everything in inference mode, whose tensors autograd refuses. The method behind both is
 * kept to DJL's package, hence the reflection, once; DJL's version is pinned.
 */
final class NativeCall {

  /** (module, method, handles of the arguments, whether autograd may be used, stream) -> result */
  private static final MethodHandle RUN = find();

  private NativeCall() {}

  private static MethodHandle find() {
    try {
      Class<?> library =
          Class.forName("ai.djl.pytorch.jni.PyTorchLibrary", true, IValue.class.getClassLoader());
      MethodHandles.Lookup inside = MethodHandles.privateLookupIn(library, MethodHandles.lookup());
      MethodType type =
          MethodType.methodType(
              long.class, long.class, String.class, long[].class, boolean.class, boolean.class);
      MethodHandle run =
          inside
              .findVirtual(library, "moduleRunMethod", type)
              .bindTo(inside.findStaticGetter(library, "LIB", library).invoke());
      MethodHandle wrap =
          inside.findConstructor(IValue.class, MethodType.methodType(void.class, long.class));
      return MethodHandles.filterReturnValue(run, wrap);
    } catch (Throwable e) {
      throw new LinkageError("DJL's PyTorch engine is not of the version this SDK is built for", e);
    }
  }

  /**
   * @param autograd whether the method may turn autograd on; else it runs a little faster
   */
  static IValue run(PtSymbolBlock module, String method, IValue[] arguments, boolean autograd) {
    long[] handles = new long[arguments.length];
    for (int i = 0; i < handles.length; i++) {
      handles[i] = arguments[i].getHandle();
    }
    try {
      return (IValue) RUN.invokeExact((long) module.getHandle(), method, handles, autograd, false);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}

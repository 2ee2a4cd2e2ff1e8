package dev.reticent.kernel;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;

/**
 * Finds the kernel that runs in this JVM, by name: the classes of an absent one are not touched.
 */
final class Kernels {

  private static final List<String> ADAPTERS =
      List.of("dev.reticent.kernel.IJavaKernel", "dev.reticent.kernel.JJavaKernel");

  private Kernels() {}

  /** The running kernel, or the console. */
  static Kernel find() {
    for (String name : ADAPTERS) {
      Optional<Kernel> kernel = running(name);
      if (kernel.isPresent()) {
        return kernel.get();
      }
    }
    return new ConsoleKernel(System.out);
  }

  private static Optional<Kernel> running(String adapter) {
    try {
      Method running = Class.forName(adapter).getDeclaredMethod("running");
      return ((Optional<?>) running.invoke(null)).map(Kernel.class::cast);
    } catch (ReflectiveOperationException | LinkageError e) {
      // This kernel is not there, or is there and does not run.
      return Optional.empty();
    }
  }
}

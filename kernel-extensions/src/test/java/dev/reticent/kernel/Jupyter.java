package dev.reticent.kernel;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.testing.Command;
import dev.reticent.testing.Python;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A real Jupyter, of the Python that tests use. */
final class Jupyter {

  /**
   * Of kernels that live for a minute and train tiny models: a second thread costs more in waiting
   * than it computes, and so does a second compiler.
   */
  static final List<String> OPTIONS =
      List.of(
          "-Xmx2g",
          "-XX:TieredStopAtLevel=1",
          "-XX:ParallelGCThreads=1",
          "-Dai.djl.pytorch.num_threads=1");

  private Jupyter() {}

  /** Installs the kernel of this build for a JDK; the environment that finds it. */
  static Map<String, String> kernel(Path folder, Path javaHome, int version) throws IOException {
    KernelSpec here = KernelSpec.here();
    new KernelSpec(javaHome.resolve("bin").resolve("java"), version, OPTIONS, here.classPath())
        .write(folder.resolve("kernels").resolve("reticent"));
    return Map.of("JUPYTER_PATH", folder.toString(), "RETICENT_PYTHON", Python.command());
  }

  /** The kernel of JJava's Python package on this JDK; the environment that finds it. */
  static Map<String, String> jjava(Path folder) throws IOException {
    String home = "import sys; print(sys.prefix + '/share/jupyter/kernels/java')";
    Path jars = Path.of(Command.run(Map.of(), 1, Python.command(), "-c", home).output().strip());
    Path bin = Path.of(System.getProperty("java.home"), "bin");
    ObjectNode spec = JsonNodeFactory.instance.objectNode();
    spec.putArray("argv")
        .add(bin.resolve("java").toString())
        .add("-jar")
        .add(jars.resolve("jjava-launcher.jar").toString())
        .add(jars.resolve("jjava.jar").toString())
        .add("{connection_file}");
    spec.put("display_name", "JJava").put("language", "java").put("interrupt_mode", "message");
    // The launcher starts another JVM, of the java that it finds.
    spec.putObject("env")
        .put("PATH", bin + File.pathSeparator + System.getenv("PATH"))
        .put("JJAVA_JVM_OPTS", String.join(" ", OPTIONS));
    return write(folder, "jjava", spec);
  }

  /** Writes a kernelspec; the environment that finds it. */
  static Map<String, String> write(Path folder, String name, ObjectNode spec) throws IOException {
    Path kernel = Files.createDirectories(folder.resolve("kernels").resolve(name));
    Files.writeString(kernel.resolve("kernel.json"), spec.toString());
    return Map.of("JUPYTER_PATH", folder.toString());
  }

  /** Runs cells one after another in one kernel; its output has a line for each thing shown. */
  static Command.Run cells(
      Map<String, String> environment, Path folder, String kernel, List<String> cells)
      throws IOException {
    Path file = folder.resolve("cells.json");
    Files.writeString(file, new ObjectMapper().writeValueAsString(cells));
    return Command.run(
        environment,
        10,
        Python.command(),
        "src/test/python/cells.py",
        folder.toString(),
        kernel,
        file.toString());
  }
}

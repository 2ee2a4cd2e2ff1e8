package dev.reticent.kernel;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A real Jupyter, through RETICENT_PYTHON, else python3. A test whose tools are missing is skipped
 * and says how to enable it; with CI=true it fails.
 */
final class Jupyter {

  private Jupyter() {}

  static String python() {
    return Optional.ofNullable(System.getenv("RETICENT_PYTHON")).orElse("python3");
  }

  static void require(String... modules) {
    String list = String.join(", ", modules);
    if (run(Map.of(), 2, python(), "-c", "import " + list).status() != 0) {
      missing("needs a Python with " + list + " (.ci/requirements.txt): set RETICENT_PYTHON to it");
    }
  }

  static void requireCommand(String name) {
    if (run(Map.of(), 1, name, "--version").status() != 0) {
      missing("needs the command " + name + ": install it");
    }
  }

  static void missing(String message) {
    if ("true".equals(System.getenv("CI"))) {
      Assertions.fail(message);
    }
    Assumptions.abort(message);
  }

  /** Installs the kernel of this build for a JDK; the environment that finds it. */
  static Map<String, String> kernel(Path folder, Path javaHome, int version) throws IOException {
    KernelSpec here = KernelSpec.here();
    // Tiny models: a second thread costs more in waiting than it computes.
    List<String> options = List.of("-Dai.djl.pytorch.num_threads=1", "-Xmx2g");
    new KernelSpec(javaHome.resolve("bin").resolve("java"), version, options, here.classPath())
        .write(folder.resolve("kernels").resolve("reticent"));
    return Map.of("JUPYTER_PATH", folder.toString(), "RETICENT_PYTHON", python());
  }

  /** The kernel of JJava's Python package on this JDK; the environment that finds it. */
  static Map<String, String> jjava(Path folder) throws IOException {
    String home = "import sys; print(sys.prefix + '/share/jupyter/kernels/java')";
    Path jars = Path.of(run(Map.of(), 1, python(), "-c", home).output().strip());
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
        .put("JJAVA_JVM_OPTS", "-Xmx2g -Dai.djl.pytorch.num_threads=1");
    return write(folder, "jjava", spec);
  }

  /** Writes a kernelspec; the environment that finds it. */
  static Map<String, String> write(Path folder, String name, ObjectNode spec) throws IOException {
    Path kernel = Files.createDirectories(folder.resolve("kernels").resolve(name));
    Files.writeString(kernel.resolve("kernel.json"), spec.toString());
    return Map.of("JUPYTER_PATH", folder.toString());
  }

  /** Runs cells one after another in one kernel; its output has a line for each thing shown. */
  static Run cells(Map<String, String> environment, Path folder, String kernel, List<String> cells)
      throws IOException {
    Path file = folder.resolve("cells.json");
    Files.writeString(file, new ObjectMapper().writeValueAsString(cells));
    return run(
        environment,
        10,
        python(),
        "src/test/python/cells.py",
        folder.toString(),
        kernel,
        file.toString());
  }

  /** How a command ended, and its standard output and errors together. */
  record Run(int status, String output) {}

  static Run run(Map<String, String> environment, int minutes, String... command) {
    try {
      Path log = Files.createTempFile("jupyter", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(new ArrayList<>(List.of(command)))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      return new Run(process.waitFor(), Files.readString(log));
    } catch (IOException e) {
      return new Run(127, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

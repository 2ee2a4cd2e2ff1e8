package dev.reticent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The machine's C++ compiler, g++; a test without it is skipped, and with CI=true it fails. */
public final class HostCompiler {

  private HostCompiler() {}

  /** Compiles C++ to a library that a process can load; products and sums stay separate. */
  public static Path library(Path folder, String source) throws IOException {
    Path file = Files.writeString(folder.resolve("host.cpp"), source);
    Path library = folder.resolve("libhost.so");
    try {
      Process process =
          new ProcessBuilder(
                  "g++",
                  "-std=c++17",
                  "-O1",
                  "-ffp-contract=off",
                  "-w",
                  "-shared",
                  "-fPIC",
                  "-o",
                  library.toString(),
                  file.toString())
              .inheritIO()
              .start();
      Assertions.assertEquals(0, process.waitFor(), "g++ refuses the source");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      String message = "needs g++ to run kernels on the host (apt install g++)";
      if ("true".equals(System.getenv("CI"))) {
        Assertions.fail(message);
      }
      Assumptions.abort(message);
    }
    return library;
  }
}

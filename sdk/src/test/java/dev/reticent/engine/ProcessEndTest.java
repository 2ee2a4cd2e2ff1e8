package dev.reticent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What happens in a process after Java's part of its end. */
class ProcessEndTest {

  private static final String LATER = "destructors of libraries";

  /**
   * Ends with exit code 1, which is also the file that is written to by whatever comes later. With
   * an argument libtorch is loaded, and the argument says whether the process is our own.
   */
  public static final class Ending {

    private Ending() {}

    public static void main(String[] arguments) {
      NativeLibrary c = NativeLibrary.getProcess();
      Memory text = new Memory(64);
      text.setString(0, LATER);
      Function print = c.getFunction("dprintf");
      c.getFunction("on_exit").invokeInt(new Object[] {print, text});
      if (arguments.length > 0) {
        System.setProperty(Engine.OWN_PROCESS, arguments[0]);
        Engine.started();
      }
      System.exit(1);
    }
  }

  /** libtorch's destructors would run under threads that are still within it. */
  @Test
  void nothingOfLibrariesRunsInAProcessOfOurOwnOnceLibtorchIsThereAndTheExitCodeStays()
      throws IOException, InterruptedException {
    assumeTrue(gnu(), "needs GNU's C library");
    assertThat(printedBy(List.of())).isEqualTo(LATER);
    assertThat(printedBy(List.of("true"))).isEmpty();
    assertThat(printedBy(List.of("false"))).isEqualTo(LATER);
  }

  private static boolean gnu() {
    try {
      NativeLibrary.getProcess().getFunction("on_exit");
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  private static String printedBy(List<String> arguments) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-Dai.djl.offline=true",
            "-cp",
            System.getProperty("java.class.path"),
            Ending.class.getName());
    builder.command().addAll(arguments);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).isEqualTo(1);
    return printed;
  }
}

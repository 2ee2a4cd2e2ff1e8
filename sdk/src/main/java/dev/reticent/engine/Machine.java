package dev.reticent.engine;

import com.sun.management.OperatingSystemMXBean;
import dev.reticent.api.Internal;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The machine as this process sees it.
 *
 * @param java the JDK's version and maker
 * @param processors how many this process may use
 * @param processor the maker's name for them
 * @param memory bytes of memory that this process may use
 * @param heap the most bytes that the Java heap may take of it
 * @param mkl the value of {@code MKL_CBWR}, which decides whether products depend on the number of
 *     threads
 * @param nvidia whether a device of NVIDIA is plugged in, with a driver or without
 * @param container whether this process runs in a container
 */
@Internal
public record Machine(
    String java,
    int processors,
    String processor,
    long memory,
    long heap,
    Optional<String> mkl,
    boolean nvidia,
    boolean container,
    Hardware hardware) {

  private static final Path DEVICES = Path.of("/sys/bus/pci/devices");
  private static final String NVIDIA = "0x10de";

  /** The machine that this runs on. */
  public static Machine here() {
    Map<String, String> environment = System.getenv();
    return new Machine(
        System.getProperty("java.version") + ", " + System.getProperty("java.vendor"),
        Runtime.getRuntime().availableProcessors(),
        processorName(),
        ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
            ? system.getTotalMemorySize()
            : 0,
        Runtime.getRuntime().maxMemory(),
        Optional.ofNullable(environment.get(RuntimePolicy.MKL)),
        pluggedIn(),
        Files.exists(Path.of("/.dockerenv")) || environment.containsKey("KUBERNETES_SERVICE_HOST"),
        Hardware.here());
  }

  private static String processorName() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch", "unknown"));
    } catch (IOException e) {
      return System.getProperty("os.arch", "unknown"); // not Linux
    }
  }

  private static boolean pluggedIn() {
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(DEVICES)) {
      for (Path device : devices) {
        Path vendor = device.resolve("vendor");
        if (Files.isReadable(vendor) && Files.readString(vendor).strip().equals(NVIDIA)) {
          return true;
        }
      }
    } catch (IOException e) {
      return false; // not Linux, or a container that does not show it
    }
    return false;
  }
}

package dev.reticent.engine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import dev.reticent.api.Internal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The cards of this machine, asked of NVIDIA's driver itself: its library comes with the driver, so
 * no CUDA toolkit and no Python has to be there.
 *
 * @param version of the driver, or of the CUDA it supports where Linux does not say the former
 * @param cards those that {@code CUDA_VISIBLE_DEVICES} leaves to this process
 */
@Internal
public record CudaDriver(String version, List<Card> cards) {

  private static final Path DESCRIPTION = Path.of("/proc/driver/nvidia/version");
  private static final Pattern RELEASE = Pattern.compile("Kernel Module\\D+?([\\d.]+)");
  private static final int MAJOR = 75; // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR
  private static final int MINOR = 76;

  public CudaDriver {
    cards = List.copyOf(cards);
  }

  /** The few functions of the driver's library that are needed; each returns 0 on success. */
  interface Api extends Library {
    int cuInit(int flags);

    int cuDriverGetVersion(IntByReference version);

    int cuDeviceGetCount(IntByReference count);

    int cuDeviceGet(IntByReference device, int ordinal);

    int cuDeviceGetName(byte[] name, int length, int device);

    int cuDeviceTotalMem_v2(LongByReference bytes, int device);

    int cuDeviceGetAttribute(IntByReference value, int attribute, int device);
  }

  /** The driver, or nothing where its library is not there or does not start. */
  static Optional<CudaDriver> find() {
    try {
      return ask(Native.load(library(), Api.class), release());
    } catch (UnsatisfiedLinkError e) {
      return Optional.empty();
    }
  }

  /** The name of the driver's library. */
  static String library() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return system.contains("windows") ? "nvcuda" : "libcuda.so.1";
  }

  static Optional<CudaDriver> ask(Api api, Optional<String> release) {
    IntByReference number = new IntByReference();
    if (api.cuInit(0) != 0) {
      // A driver that starts without a card says so here: CUDA_ERROR_NO_DEVICE.
      return release.map(version -> new CudaDriver(version, List.of()));
    }
    api.cuDriverGetVersion(number);
    String cuda = "for CUDA " + number.getValue() / 1000 + "." + number.getValue() % 1000 / 10;
    List<Card> cards = new ArrayList<>();
    if (api.cuDeviceGetCount(number) == 0) {
      int count = number.getValue();
      for (int i = 0; i < count; i++) {
        cards.add(card(api, i));
      }
    }
    return Optional.of(
        new CudaDriver(release.map(version -> version + ", " + cuda).orElse(cuda), cards));
  }

  private static Card card(Api api, int index) {
    IntByReference number = new IntByReference();
    api.cuDeviceGet(number, index);
    int device = number.getValue();
    byte[] name = new byte[128];
    api.cuDeviceGetName(name, name.length, device);
    LongByReference bytes = new LongByReference();
    api.cuDeviceTotalMem_v2(bytes, device);
    api.cuDeviceGetAttribute(number, MAJOR, device);
    int major = number.getValue();
    api.cuDeviceGetAttribute(number, MINOR, device);
    return new Card(
        index,
        Native.toString(name, StandardCharsets.UTF_8.name()),
        bytes.getValue(),
        major + "." + number.getValue());
  }

  private static Optional<String> release() {
    try {
      Matcher matcher = RELEASE.matcher(Files.readString(DESCRIPTION));
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // no driver, or not Linux
    }
  }
}

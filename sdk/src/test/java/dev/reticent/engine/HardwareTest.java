package dev.reticent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What there is to compute on, for machines that have other things than this one. */
class HardwareTest {

  private static final Libtorch CPU_ONLY = new Libtorch("2.7.1", false, Optional.empty());
  private static final Libtorch WITH_CUDA =
      new Libtorch("2.7.1", true, Optional.of(Path.of("lib")));
  private static final CudaDriver TWO_CARDS =
      CudaDriver.ask(new Driver(2), Optional.of("580.95.05")).orElseThrow();

  @TempDir Path folder;

  /** The driver's library as its documentation describes it, with so many cards. */
  private record Driver(int count) implements CudaDriver.Api {
    @Override
    public int cuInit(int flags) {
      return count == 0 ? 100 : 0; // CUDA_ERROR_NO_DEVICE
    }

    @Override
    public int cuDriverGetVersion(IntByReference version) {
      version.setValue(13_000);
      return 0;
    }

    @Override
    public int cuDeviceGetCount(IntByReference count) {
      count.setValue(this.count);
      return 0;
    }

    @Override
    public int cuDeviceGet(IntByReference device, int ordinal) {
      device.setValue(ordinal);
      return 0;
    }

    @Override
    public int cuDeviceGetName(byte[] name, int length, int device) {
      byte[] text = ("Card " + device).getBytes(StandardCharsets.UTF_8);
      System.arraycopy(text, 0, name, 0, text.length);
      return 0;
    }

    @Override
    public int cuDeviceTotalMem_v2(LongByReference bytes, int device) {
      bytes.setValue(80L << 30);
      return 0;
    }

    @Override
    public int cuDeviceGetAttribute(IntByReference value, int attribute, int device) {
      value.setValue(attribute == 75 ? 9 : 0);
      return 0;
    }
  }

  @Test
  void theDriverIsAskedForItsCards() {
    assertThat(TWO_CARDS.version()).isEqualTo("580.95.05, for CUDA 13.0");
    assertThat(TWO_CARDS.cards())
        .containsExactly(
            new Card(0, "Card 0", 80L << 30, "9.0"), new Card(1, "Card 1", 80L << 30, "9.0"));
    assertThat(CudaDriver.ask(new Driver(0), Optional.of("580.95.05")).orElseThrow().cards())
        .isEmpty();
    assertThat(CudaDriver.ask(new Driver(0), Optional.empty())).isEmpty();
  }

  @Test
  void autoIsEveryCardThatLibtorchCanUseOrElseTheProcessors() {
    assertThat(new Hardware(Optional.of(TWO_CARDS), WITH_CUDA).devices())
        .extracting(ComputeDevice::toString)
        .containsExactly("cuda:0", "cuda:1");
    for (Hardware without :
        List.of(
            new Hardware(Optional.of(TWO_CARDS), CPU_ONLY),
            new Hardware(Optional.empty(), WITH_CUDA),
            new Hardware(CudaDriver.ask(new Driver(0), Optional.of("580")), WITH_CUDA))) {
      assertThat(without.devices()).containsExactly(ComputeDevice.CPU);
    }
  }

  @Test
  void aCardThatCannotBeUsedIsRefusedInOneLineBeforeAnythingIsTried() {
    Hardware both = new Hardware(Optional.of(TWO_CARDS), WITH_CUDA);
    both.require(new ComputeDevice("cuda", 1));
    both.require(new ComputeDevice("cpu", 3));
    refused(both, 2, "the driver shows 2 cards");
    refused(new Hardware(Optional.of(TWO_CARDS), CPU_ONLY), 0, "build for processors only");
    refused(new Hardware(Optional.empty(), WITH_CUDA), 0, "driver is not installed");
  }

  private static void refused(Hardware hardware, int card, String reason) {
    assertThatThrownBy(() -> hardware.require(new ComputeDevice("cuda", card)))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("devices: found cuda:" + card)
        .hasMessageContaining(reason)
        .hasMessageContaining("reticent doctor")
        .hasMessageNotContaining("\n");
  }

  @Test
  void aTensorOnAMissingCardIsRefusedInOneLineToo() {
    ComputeDevice missing = new ComputeDevice("cuda", 98);
    assertThatThrownBy(() -> Tensor.scalar(missing, 1))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("devices: found cuda:98")
        .hasMessageNotContaining("\n");
  }

  @Test
  void aLibtorchThatIsBroughtAlongIsKnownByItsFiles() throws IOException {
    Path lib = Files.createDirectories(folder.resolve("torch/lib"));
    Map<String, String> environment = Map.of(Libtorch.VARIABLE, lib.toString());
    assertThat(Libtorch.of(environment).release()).startsWith("of an unknown release");
    Files.writeString(folder.resolve("torch/version.py"), "__version__ = '2.6.0+cu124'\n");
    Files.createFile(lib.resolve("libtorch_cuda.so"));
    Libtorch other = Libtorch.of(environment);
    assertThat(other).isEqualTo(new Libtorch("2.6.0", true, Optional.of(lib)));
    assertThatThrownBy(other::check)
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("2.6.0")
        .hasMessageContaining("pip install torch==2.7.1");
    assertThat(Libtorch.of(Map.of())).isEqualTo(CPU_ONLY);
  }
}

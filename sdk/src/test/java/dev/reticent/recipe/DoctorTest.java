package dev.reticent.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.engine.Card;
import dev.reticent.engine.CudaDriver;
import dev.reticent.engine.Hardware;
import dev.reticent.engine.Libtorch;
import dev.reticent.engine.Machine;
import dev.reticent.engine.RuntimePolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One line for each thing that is missing, with the command that mends it. */
class DoctorTest {

  private static final Libtorch CPU_ONLY = new Libtorch("2.7.1", false, Optional.empty());
  private static final Libtorch WITH_CUDA =
      new Libtorch("2.7.1", true, Optional.of(Path.of("lib")));
  private static final Optional<CudaDriver> CARD =
      Optional.of(
          new CudaDriver(
              "580.95.05, for CUDA 13.0", List.of(new Card(0, "H100", 80L << 30, "9.0"))));

  private static Doctor of(
      Optional<CudaDriver> driver, Libtorch libtorch, boolean nvidia, boolean container) {
    return new Doctor(
        new Machine(
            "17.0.15, Eclipse Adoptium",
            16,
            "a processor",
            128L << 30,
            8L << 30,
            Optional.of(RuntimePolicy.MKL_STRICT),
            nvidia,
            container,
            new Hardware(driver, libtorch)));
  }

  @Test
  void nothingIsMissingWhereNothingIs() {
    assertThat(of(Optional.empty(), CPU_ONLY, false, true).toText())
        .contains("[cpu]", "2.7.1 for processors, from the class path", "Nothing is missing.");
    assertThat(of(CARD, WITH_CUDA, true, false).toText())
        .contains("[cuda:0]", "cuda:0 H100, 85.9 GB, capability 9.0", "Nothing is missing.");
  }

  @Test
  void eachMissingThingHasOneLineWithItsCommand() {
    missing(of(CARD, CPU_ONLY, true, false), "pip install torch==2.7.1");
    missing(of(Optional.empty(), WITH_CUDA, true, false), "apt install nvidia-driver");
    missing(of(Optional.empty(), WITH_CUDA, true, true), "docker run --gpus all");
    missing(
        of(Optional.of(new CudaDriver("580", List.of())), WITH_CUDA, true, false), "nvidia-smi");
    Libtorch other = new Libtorch("2.13.0", true, Optional.of(Path.of("lib")));
    missing(of(CARD, other, true, false), "pip install torch==2.7.1");
    Machine quiet = of(CARD, WITH_CUDA, true, false).machine();
    missing(
        new Doctor(
            new Machine(
                quiet.java(),
                quiet.processors(),
                quiet.processor(),
                quiet.memory(),
                quiet.heap(),
                Optional.empty(),
                true,
                false,
                quiet.hardware())),
        "export MKL_CBWR=AUTO,STRICT");
  }

  private static void missing(Doctor doctor, String command) {
    assertThat(doctor.remedies()).hasSize(1);
    assertThat(doctor.remedies().get(0)).contains(command).doesNotContain("\n");
    assertThat(doctor.toText()).contains("To mend:").contains(command);
    assertThat(doctor.toJson().path("to_mend")).hasSize(1);
  }

  @Test
  void thisMachineIsLookedAt() {
    Doctor here = Doctor.here();
    assertThat(here.facts())
        .containsKeys("JDK", "cores", "memory", "MKL_CBWR", "libtorch", "driver", "cards")
        .allSatisfy((name, value) -> assertThat(value).as(name).isNotBlank());
    assertThat(here.machine().processors()).isPositive();
    assertThat(here.machine().memory()).isGreaterThan(1L << 30);
  }
}

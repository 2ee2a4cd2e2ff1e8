package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.settings.ModelSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Memory that really runs out: a run in a process of its own, whose address space the kernel limits
 * to what a run with micro-batches of half the size was seen to take. libtorch's allocator then
 * fails as it does on a full machine.
 */
class OutOfMemoryTest {

  private static final int ROWS = 128;
  private static final int FITS = ROWS / 4;
  private static final String HALVED = "halved";

  /** The largest part of the address space that is not counted as used up, for the JVM itself. */
  private static final long SLACK = 96L << 20;

  @TempDir Path folder;

  /** The program that runs out of memory; its argument is a config file. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Path.of(args[0]).toAbsolutePath().getParent();
    Config config = Config.read(Path.of(args[0]));
    run(config, FITS, folder.resolve("small"));
    String limit = "--as=" + (peakOfAddressSpace() + SLACK);
    int set =
        new ProcessBuilder("prlimit", "--pid", "" + ProcessHandle.current().pid(), limit)
            .inheritIO()
            .start()
            .waitFor();
    System.out.println("limited: " + (set == 0));
    run(config, 2 * FITS, folder.resolve(HALVED));
    try {
      run(config, 4 * FITS, folder.resolve("too-large"));
    } catch (UserInputException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }

  private static void run(Config config, int physical, Path saving) {
    DPFinetuningRecipe.of(
            config.with("physical_batch_size", physical).with("saving_dir", saving.toString()))
        .run(
            new FinetuneListener() {
              @Override
              public void notice(String message) {
                System.out.println(saving.getFileName() + ": " + message);
              }
            });
  }

  private static long peakOfAddressSpace() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmPeak:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  /** All rows are in every batch, five times as many as are expected. */
  private Config config(boolean isPrivate) throws IOException {
    Path data = folder.resolve("rows.jsonl");
    Files.write(
        data,
        IntStream.range(0, ROWS)
            .mapToObj(i -> "{\"text\": \"%s\"}".formatted(("row " + i + " ").repeat(80)))
            .toList());
    Config config =
        Config.empty()
            .with("foundation_model_name", ModelSettings.EMBEDDED)
            .with("sample_type", "pretrain")
            .with("lora.lora_rank", 4)
            .with("dataset.train_file", data.toString())
            .with("dataset.held_out_fraction", 0)
            .with("dataset.max_length", 192)
            .with("privacy.delta", 1e-3)
            .with("privacy.secure", false)
            // The second step of one run shows that what happened is told once.
            .with("max_steps", isPrivate ? 2 : 1)
            .with("batch_size", isPrivate ? 25 : ROWS);
    return isPrivate
        ? config.with("sampling_rate", 1).with("noise_multiplier", 1)
        : config.with("privacy.enabled", false);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aMicroBatchWithoutRoomGoesAgainInHalvesToTheSameResult(boolean isPrivate)
      throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        Files.exists(Path.of("/proc/self/status")) && Files.exists(Path.of("/usr/bin/prlimit")),
        "needs Linux with util-linux's prlimit");
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, config(isPrivate).toYaml());
    List<String> said = start(file);
    assertThat(said).contains("limited: true");
    assertThat(said.stream().filter(line -> line.startsWith("small: memory"))).isEmpty();
    assertThat(said.stream().filter(line -> line.startsWith("halved: memory")).toList())
        .as(String.join("\n", said))
        .singleElement()
        .asString()
        .contains("a micro-batch of 64 rows", "physical_batch_size is 32", "instead of 64");
    String adapter = "adapter_model.safetensors";
    assertThat(Files.readAllBytes(folder.resolve(HALVED).resolve(adapter)))
        .isEqualTo(Files.readAllBytes(folder.resolve("small").resolve(adapter)));
    assertThat(said.stream().filter(line -> line.startsWith("refused: ")).toList())
        .as(String.join("\n", said))
        .singleElement()
        .asString()
        .contains(
            "physical_batch_size: memory ran out for a micro-batch of 64 rows (configured: 128)",
            "Set physical_batch_size: 32, activation_checkpointing: true",
            "allocate memory");
  }

  private List<String> start(Path config) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dai.djl.offline=true",
                "-Dai.djl.pytorch.num_threads=1",
                "-cp",
                System.getProperty("java.class.path"),
                OutOfMemoryTest.class.getName(),
                config.toString())
            .redirectErrorStream(true);
    // What is freed goes back to the system, so that a smaller micro-batch finds room.
    builder.environment().put("MALLOC_MMAP_THRESHOLD_", "1048576");
    builder.environment().put("MALLOC_ARENA_MAX", "1");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().collect(Collectors.toList());
  }
}

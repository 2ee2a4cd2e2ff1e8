package dev.reticent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.model.Golden;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String line) {
    return Main.run(line.split(" "), new PrintWriter(out, true), new PrintWriter(err, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "serve --help",
        "audit --help",
        "privacy --help",
        "privacy epsilon --help",
        "privacy noise --help",
        "privacy verify --help",
        "privacy pack --help"
      })
  void everyCommandHasHelp(String line) {
    assertThat(run(line)).isZero();
    assertThat(out.toString()).contains("Usage: reticent").contains("--help");
    assertThat(err.toString()).isEmpty();
  }

  /** A folder that the system does not let us make is the user's to mend, whatever the command. */
  @Test
  void placesThatCannotBeWrittenAreSaidInALine(@TempDir Path folder) throws IOException {
    Path taken = Files.writeString(folder.resolve("taken"), "");
    for (Path place : new Path[] {taken, taken.resolve("below"), Path.of("/proc/below")}) {
      Path model = Golden.folder("mistral-tiny").toAbsolutePath();
      int code = run("merge %s/adapter --base %s --output %s".formatted(model, model, place));
      assertThat(code).as(place.toString()).isEqualTo(2);
      assertThat(err.toString())
          .contains(String.valueOf(place.getParent()))
          .doesNotContain("\tat ");
      err.getBuffer().setLength(0);
    }
  }

  @Test
  void outputThatIsLostIsAFailureAndAReaderThatHasSeenEnoughIsNone() {
    PrintWriter errors = new PrintWriter(err, true);
    String[] help = {"--help"};
    assertThat(Main.run(help, output("No space left on device"), errors)).isEqualTo(1);
    assertThat(err.toString()).contains("could not be written: No space left on device");
    err.getBuffer().setLength(0);
    assertThat(Main.run(help, output("Broken pipe"), errors)).isZero();
    assertThat(err.toString()).isEmpty();
  }

  private static StandardOutput output(String failure) {
    return new StandardOutput(
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException(failure);
          }
        });
  }

  /** The tokens of golden.json, which transformers drew. */
  @Test
  void idsAreContinuedAsTheyAre(@TempDir Path folder) throws IOException {
    JsonNode golden =
        new ObjectMapper().readTree(Golden.folder("mistral-tiny").resolve("golden.json").toFile());
    Path config = folder.resolve("sample.yaml");
    Files.writeString(
        config,
        """
        foundation_model_name: %s
        max_new_tokens: 48
        ignore_eos: true
        """
            .formatted(Golden.folder("mistral-tiny").toAbsolutePath()));
    String ids = golden.get("input_ids").get(1).toString().replaceAll("[\\[\\] ]", "");
    int code = run("sample " + config + " --ids " + ids + " --json");
    assertThat(code).as(err.toString()).isZero();
    JsonNode row = new ObjectMapper().readTree(out.toString());
    assertThat(row.get("ids").toString()).isEqualTo(golden.get("greedy").get(1).toString());
    assertThat(row.get("prompt_ids").toString()).isEqualTo("[" + ids + "]");
    assertThat(run("sample " + config + " --ids 1,x")).isEqualTo(2);
    assertThat(err.toString()).contains("--ids: found '1,x'");
  }

  @Test
  void aPlanCountsTheRowsItselfAndItsMemoryDoesNotGrowWithTheLogicalBatch(@TempDir Path folder)
      throws IOException {
    Path data = folder.resolve("train.jsonl");
    Files.write(
        data,
        IntStream.range(0, 1000)
            .mapToObj("{\"question\": \"number %d\", \"answer\": \"a\"}"::formatted)
            .toList());
    Path config = folder.resolve("plan.yaml");
    Files.writeString(
        config,
        """
        foundation_model_name: reticent-tiny
        lora: {lora_rank: 4}
        dataset: {train_file: %s, held_out_fraction: 0}
        privacy: {target_epsilon: 3, delta: 1e-5}
        l2_norm_clip: 1
        epochs: 2
        saving_dir: %s
        """
            .formatted(data, folder.resolve("run")));
    ObjectMapper json = new ObjectMapper();
    assertThat(run("plan " + config + " batch_size=64 --json")).as(err.toString()).isZero();
    JsonNode small = json.readTree(out.toString());
    out.getBuffer().setLength(0);
    assertThat(run("plan " + config + " batch_size=512 --json")).as(err.toString()).isZero();
    JsonNode large = json.readTree(out.toString());
    assertThat(small.get("units").asInt()).isEqualTo(1000);
    assertThat(small.get("steps").asInt()).isEqualTo(31);
    assertThat(large.get("steps").asInt()).isEqualTo(4);
    assertThat(small.get("memory_bytes").get("total").asLong()).isGreaterThan(400_000_000);
    assertThat(large.get("memory_bytes")).isEqualTo(small.get("memory_bytes"));
    assertThat(folder.resolve("run")).doesNotExist();
    assertThat(run("plan " + config + " --rows 0")).isEqualTo(2);
  }

  @Test
  void selftestHoldsTheRealStepAgainstTheGuarantee(@TempDir Path folder) throws IOException {
    Path config = TinyConfig.write(folder, 9);
    assertThat(run("selftest " + config + " --units 4 --json")).as(err.toString()).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("passed").asBoolean()).isTrue();
    assertThat(json.get("checks")).hasSizeGreaterThan(15);
    assertThat(folder.resolve("run")).doesNotExist();
    assertThat(run("selftest " + config + " privacy.enabled=false")).isEqualTo(2);
    assertThat(err.toString()).contains("nothing to test");
  }

  /** dp_accounting 0.6.0 gives 5.597636 (row B05). */
  @Test
  void replaceOneIsAnsweredByBoth() throws IOException {
    int code =
        run(
            "privacy epsilon --sampling-rate 0.024345593304961843 --noise-multiplier 0.9"
                + " --steps 411 --delta 1e-5 --adjacency replace-one --json");
    assertThat(code).as(err.toString()).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("epsilon_pld_upper").asDouble()).isCloseTo(5.597636, within(1e-4));
    assertThat(json.get("epsilon_rdp").asDouble())
        .isGreaterThan(json.get("epsilon_pld_upper").asDouble());
  }

  @Test
  void commandsOfOtherModulesAreFoundAndFailLikeOurs() {
    assertThat(run("guest")).isEqualTo(2);
    assertThat(err.toString()).isEqualToIgnoringNewLines("guest: nothing to do");
    assertThat(run("guest --help")).isZero();
  }

  /**
   * Opacus 1.6.0's RDP accountant gives 4.48020 at its own orders; between them lies a lower one.
   */
  @Test
  void epsilonIsPrintedAsOneJsonObject() throws IOException {
    int code =
        run(
            "privacy epsilon --sampling-rate 0.02434559330 --noise-multiplier 0.9 --steps 411"
                + " --delta 1e-5 --json");
    assertThat(code).as(err.toString()).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("epsilon_rdp").asDouble()).isBetween(4.479, 4.48020);
    // dp_accounting 0.6.0: 3.929605 by connecting the dots.
    assertThat(json.get("epsilon_pld_upper").asDouble()).isCloseTo(3.929605, within(1e-4));
    assertThat(json.get("epsilon_pld_lower").asDouble())
        .isCloseTo(json.get("epsilon_pld_upper").asDouble(), within(1e-3));
    assertThat(json.get("adjacency").asText()).isEqualTo("add-remove");
  }

  /** dp_accounting 0.6.0's RDP calibration of the same shape at ε = 3 gives σ = 1.08113. */
  @Test
  void noiseKeepsTheBudgetAndIsTheSmallest() throws IOException {
    int code =
        run(
            "privacy noise --epsilon 3 --sampling-rate 0.02434559330 --steps 411 --delta 1e-5"
                + " --json");
    assertThat(code).as(err.toString()).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("noise_multiplier_rdp").asDouble()).isCloseTo(1.0811, within(2e-4));
    assertThat(json.get("epsilon_rdp").asDouble()).isLessThanOrEqualTo(3).isGreaterThan(2.999);
    assertThat(json.get("epsilon_pld_upper").asDouble())
        .isLessThanOrEqualTo(3)
        .isGreaterThan(2.999);
    assertThat(json.get("noise_multiplier_pld").asDouble())
        .isLessThan(json.get("noise_multiplier_rdp").asDouble());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "privcy",
        "privacy epsilon --sampling-rate 0.1",
        "privacy verify no-such-run",
        "privacy pack no-such-run out",
        "privacy epsilon --sampling-rate 2 --noise-multiplier 1 --steps 1 --delta 1e-5",
        "privacy epsilon --sampling-rate x --noise-multiplier 1 --steps 1 --delta 1e-5",
        "privacy epsilon --sampling-rate 0.1 --noise-multiplier 1 --steps 1 --delta 1e-5"
            + " --adjacency x",
        "privacy noise --epsilon -1 --sampling-rate 0.1 --steps 1 --delta 1e-5",
      })
  void badInputEndsWithTwoAndAMessageWithoutAStackTrace(String line) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).isNotBlank().doesNotContain("\tat ", "Exception");
  }

  @Test
  void dataShowsWhatIsLearntAndWhatIsCut(@TempDir Path folder) throws IOException {
    Path data = folder.resolve("rows.csv");
    Files.writeString(
        data,
        "instruction,input,output,id\nAdd these.,1 and 2,three\u001B[31m,7\nName a colour.,,%s,8\n"
            .formatted("red ".repeat(60)));
    assertThat(run("data " + data + " dataset.max_length=64")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("CSV, layout alpaca; not used: id")
        .contains("2 rows, 2 privacy units")
        .contains("1 rows are longer than dataset.max_length: 64")
        .contains("Add these.\n  \n  1 and 2")
        .contains("⟦three␛[31m")
        .contains("✂⟨")
        .doesNotContain("\u001B");
  }

  /** Whoever mends the one should know of the other. */
  @Test
  void dataTellsOfItsFileAndOfTheModelAtOnce(@TempDir Path folder) throws IOException {
    Path config = folder.resolve("c.yaml");
    Path rows = Files.writeString(folder.resolve("rows.jsonl"), "{\"id\": 1}\n");
    Files.writeString(
        config,
        """
        foundation_model_name: my-model
        model_dir: %s
        dataset: {train_file: %s}
        privacy: {target_epsilon: 3, delta: 1e-5}
        """
            .formatted(folder.resolve("nowhere"), rows));
    assertThat(run("data " + config)).isEqualTo(2);
    assertThat(err.toString()).contains("rows.jsonl").contains("nowhere");
  }

  @Test
  void whatIsMissingIsSaidWithTheCommandThatMakesIt(@TempDir Path folder) throws IOException {
    Path config = folder.resolve("c.yaml");
    Files.writeString(
        config,
        """
        foundation_model_name: reticent-tiny
        dataset: {train_file: %s}
        privacy: {target_epsilon: 3}
        lora: {lora_rank: 4}
        """
            .formatted(folder.resolve("none.jsonl")));
    assertThat(run("plan " + config)).isEqualTo(2);
    assertThat(err.toString()).contains("say how many rows: --rows N");
    Files.writeString(config, "checkpoint_path: " + folder.resolve("none") + "\nprompts: [a]\n");
    assertThat(run("sample " + config)).isEqualTo(2);
    assertThat(err.toString()).contains("there is no folder").contains("./reticent quickstart");
    Files.writeString(config, "prompts: [Who is there?, me]\n");
    assertThat(run("sample " + config)).isEqualTo(2);
    assertThat(err.toString()).contains("into quotes");
  }

  /** Output that ends without a line break is written all the same. */
  @Test
  void whatIsPrintedIsFlushed() {
    StringWriter shown = new StringWriter();
    PrintWriter buffered = new PrintWriter(new BufferedWriter(shown));
    assertThat(Main.run(new String[] {"--version"}, buffered, buffered)).isZero();
    assertThat(shown.toString()).contains("reticent");
  }

  @Test
  void theCommandsNamedAfterTheQuickstartAreThoseOfTheConfigs() throws IOException {
    for (String command : QuickstartCommand.next(Path.of("runs", "quickstart"))) {
      String file = command.split(" ")[2];
      assertThat(Files.readAllLines(Path.of("..", file)).get(0)).isEqualTo("# " + command);
    }
    assertThat(QuickstartCommand.next(Path.of("runs", "other")))
        .contains("./reticent sample configs/sample.yaml checkpoint_path=runs/other")
        .contains("./reticent serve configs/serve.yaml adapters_root=runs adapters=[other]");
  }
}

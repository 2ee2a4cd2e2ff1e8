package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.audit.RunVerification;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.format.Safetensors;
import dev.reticent.recipe.DPFinetuningRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Canaries in tiny runs of the real recipe. */
class AuditedRunTest {

  /** {@code -Dreticent.sweep=50} audits as many private runs, each with a key of its own. */
  private static final int RUNS = Integer.getInteger("reticent.sweep", 1);

  private static final int CANARIES = 60;

  @TempDir Path folder;

  private static JsonNode audit(Config config) throws IOException {
    return audit(config, CANARIES, 2);
  }

  private static JsonNode audit(Config config, int canaries, int whiteBox) throws IOException {
    FinetuneResult result =
        DPFinetuningRecipe.of(config).audited(canaries, whiteBox).run(new FinetuneListener() {});
    isReadAsItWasWritten(result);
    return new ObjectMapper().readTree(result.folder().resolve("audit.json").toFile());
  }

  /** Whoever has the folder has the audit, its sentence and its picture. */
  private static void isReadAsItWasWritten(FinetuneResult result) throws IOException {
    Path run = result.folder();
    ReleaseAudit audit = ReleaseAudit.of(run);
    assertThat(audit.toJson()).isEqualTo(Files.readString(run.resolve("audit.json")));
    assertThat(audit.chart().svg()).isEqualTo(Files.readString(run.resolve("audit.svg")));
    assertThat(result.statement()).contains(audit.sentence());
    assertThat(audit.epsilonClaimed()).isEqualTo(result.epsilon());
  }

  @Test
  void aFolderWithoutAnAuditSaysHowToMakeOne() {
    assertThatThrownBy(() -> ReleaseAudit.of(folder))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("audit.json: there is none; ./reticent audit");
  }

  @Test
  void aPrivateRunIsNotRefutedAndItsStatementSaysWhatWasFound() throws IOException {
    for (int run = 0; run < RUNS; run++) {
      Path here = Files.createDirectory(folder.resolve("private" + run));
      Config config = TinyRun.config(here, 60).with("max_steps", 3);
      JsonNode audit = audit(config);
      assertThat(audit.path("epsilon_lower").asDouble())
          .isLessThan(audit.path("epsilon_claimed").asDouble());
      assertThat(audit.path("refuted").asBoolean()).isFalse();
      assertThat(audit.path("canaries").asInt()).isEqualTo(CANARIES);
      isOfTwoBoxes(audit);
      if (run == 0) {
        isStated(here.resolve("run"), config);
      }
    }
  }

  private static void isStated(Path run, Config config) throws IOException {
    for (String file : List.of("privacy.txt", "privacy.json", "README.md")) {
      assertThat(Files.readString(run.resolve(file))).contains("Audited with 60 canaries");
    }
    assertThat(Files.readString(run.resolve("README.md")))
        .startsWith(
            """
            ---
            library_name: peft
            base_model: mistral-tiny
            tags:
              - reticent
              - differential-privacy
            ---

            # mistral-tiny, fine-tuned with Reticent

            **No test is right more than\
            """);
    assertThat(Files.readString(run.resolve("audit.svg")))
        .contains("black box", "white box", "claimed");
    assertThat(Files.readString(run.resolve("config.yaml"))).doesNotContain("canar");
    // q is the batch over nine tenths of the 60 rows: no canary is counted among them.
    assertThat(
            new ObjectMapper()
                .readTree(run.resolve("privacy.json").toFile())
                .path("sampling_rate")
                .asDouble())
        .isEqualTo(24.0 / 54);
    RunVerification verification = RunVerification.of(run, Optional.empty());
    assertThat(verification.holds()).as(verification.toText()).isTrue();
    assertThatThrownBy(() -> TinyRun.run(config))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("was begun by ./reticent audit --canaries 60 --white-box 2");
    assertThatThrownBy(() -> audit(config, CANARIES, 0))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("was begun by ./reticent audit --canaries 60 --white-box 2");
  }

  /** The doubt of 5 % is shared: two bounds of 95 % each do not hold together with 95 %. */
  private static void isOfTwoBoxes(JsonNode audit) {
    List<JsonNode> bounds = new ArrayList<>();
    audit.path("bounds").forEach(bounds::add);
    assertThat(bounds)
        .extracting(way -> way.path("box").asText())
        .containsExactly("black", "white");
    assertThat(bounds).extracting(way -> way.path("confidence").asDouble()).containsOnly(0.975);
    assertThat(audit.path("confidence").asDouble()).isEqualTo(0.95);
    assertThat(audit.path("epsilon_lower").asDouble())
        .isEqualTo(
            bounds.stream()
                .mapToDouble(way -> way.path("epsilon_lower").asDouble())
                .max()
                .orElseThrow());
  }

  /** What was released before the cut is looked at as what came after it. */
  @Test
  void anAuditThatWasCutOffGoesOnWithWhatWasReleased() throws IOException {
    Config config =
        TinyRun.config(folder, 60).with("max_steps", 4).with("save_every_n_grad_steps", 1);
    Path gradients = folder.resolve("run/local/gradients");
    DPFinetuningRecipe audited = DPFinetuningRecipe.of(config).audited(20, 2);
    audited.run(TinyRun.until(2));
    assertThat(gradients.toFile().list()).hasSize(2);
    byte[] first = Files.readAllBytes(gradients.resolve("step-0.safetensors"));
    audited.run(new FinetuneListener() {});
    assertThat(gradients.toFile().list()).hasSize(4);
    assertThat(Files.readAllBytes(gradients.resolve("step-0.safetensors"))).isEqualTo(first);
    for (int step = 0; step < 4; step++) {
      try (Safetensors file =
          Safetensors.open(gradients.resolve("step-" + step + ".safetensors"))) {
        assertThat(file.contains("values")).as("step " + step).isEqualTo(step % 2 == 0);
      }
    }
  }

  /**
   * Steps enough to learn twelve random tokens of each; 58 of 60 coins were told when this was
   * written.
   */
  @Test
  void aRunWithoutPrivacyGivesItsCanariesAway() throws IOException {
    Config config =
        unprotected()
            .with("lora.lora_rank", 16)
            .with("physical_batch_size", 32)
            .with("batch_size", 64)
            .with("learning_rate", 0.01)
            .with("max_steps", 40);
    JsonNode audit = audit(config);
    assertThat(audit.path("epsilon_claimed").isNull()).isTrue();
    assertThat(audit.path("epsilon_lower").asDouble()).isGreaterThan(1);
  }

  /** So many that, all told, they prove more than 5: some three minutes of one core. */
  @Test
  @EnabledIfSystemProperty(named = "reticent.sweep", matches = "\\d+")
  void manyCanariesProveMuchOfARunWithoutPrivacy() throws IOException {
    Config config =
        unprotected()
            .with("lora.apply_lora_to_output", true)
            .with("lora.lora_rank", 32)
            .with("lora.lora_alpha", 64)
            .with("physical_batch_size", 64)
            .with("batch_size", 256)
            .with("learning_rate", 0.006)
            .with("lr_scheduler.name", "linear")
            .with("max_steps", 220);
    assertThat(audit(config, 1500, 0).path("epsilon_lower").asDouble()).isGreaterThan(5);
  }

  private Config unprotected() throws IOException {
    return TinyRun.config(folder, 20)
        .without("privacy.target_epsilon")
        .without("privacy.delta")
        .without("l2_norm_clip")
        .with("privacy.enabled", false)
        .with("lora.lora_attn_modules", List.of("q_proj", "k_proj", "v_proj", "output_proj"))
        .with("lora.apply_lora_to_mlp", true);
  }
}

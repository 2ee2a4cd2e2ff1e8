package dev.reticent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reticent.config.Config;
import dev.reticent.model.Decoder;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.training.Trainable;
import dev.reticent.weights.ComputeType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a run: everything is written, then looked at, bits as bits and logits as logits. */
class ResultCheckTest {

  private static final Path RUN = Path.of("run");

  @TempDir Path folder;

  /** As found at the end of a run on a card: two calls of one bf16 model, an ulp or so apart. */
  @Test
  void logitsMayDifferAsFarAsTheirTypeCannotTell() {
    float[] once = {-0.11767578f, 1.6953125f, -2.125f, 0.40234375f};
    float[] twice = {-0.11230469f, 1.7031250f, -2.109375f, 0.40039062f};
    assertThatCode(() -> ResultCheck.sameLogits(once, twice, ComputeType.BFLOAT16, RUN))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> ResultCheck.sameLogits(once, twice, ComputeType.FLOAT32, RUN))
        .hasMessageContaining("does not give the logits");
    float[] other = {1.6953125f, -0.11767578f, 0.40234375f, -2.125f};
    assertThatThrownBy(() -> ResultCheck.sameLogits(once, other, ComputeType.BFLOAT16, RUN))
        .hasMessageContaining("does not give the logits");
    float[] none = {Float.NaN, 1, 1, 1};
    assertThatThrownBy(() -> ResultCheck.sameLogits(none, none, ComputeType.FLOAT32, RUN))
        .hasMessageContaining("learning_rate");
  }

  @Test
  void whatWasSavedIsComparedBitByBit() {
    float[] trained = {1, Float.NaN, 0.1f};
    assertThatCode(() -> ResultCheck.sameValues(trained, trained.clone(), RUN))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                ResultCheck.sameValues(trained, new float[] {1, Float.NaN, Math.nextUp(0.1f)}, RUN))
        .hasMessageContaining("value 2 of 3");
  }

  /** A target whose check finds something, and one that training does not move. */
  private record Failing(TrainingTarget real, boolean stuck) implements TrainingTarget {
    @Override
    public int size() {
      return real.size();
    }

    @Override
    public boolean startsOnBase() {
      return real.startsOnBase();
    }

    @Override
    public float[] initial(BaseModel base, List<Decoder> decoders) {
      return real.initial(base, decoders);
    }

    @Override
    public Trainable trainable(BaseModel base, List<Decoder> decoders, float[] values) {
      return real.trainable(base, decoders, stuck ? values.clone() : values);
    }

    @Override
    public void write(BaseModel base, List<Decoder> decoders, float[] values, Path folder)
        throws IOException {
      real.write(base, decoders, values, folder);
    }

    @Override
    public void check(BaseModel base, List<Decoder> decoders, float[] values, Path folder) {
      throw new IllegalStateException("found");
    }
  }

  private void run(Config source, boolean stuck) throws IOException {
    FinetuneConfig config = FinetuneConfig.of(source);
    FinetuneListener quiet = new FinetuneListener() {};
    try (LoadedModel model = LoadedModel.open(config.model())) {
      Files.createDirectories(config.savingDir());
      FinetuneData data = FinetuneData.read(config, model.base(), config.savingDir(), quiet);
      TrainingTarget target = TrainingTarget.of(config, model.decoder().config());
      FinetunePlan plan =
          FinetunePlan.of(config, data.units().size(), target.size(), model.decoder().config());
      RunInputs in =
          new RunInputs(
              config,
              source.resolved(FinetuneConfig::read),
              model.base(),
              model.decoders().decoders(),
              data,
              plan,
              AuditOptions.NONE,
              quiet);
      new TrainingRun(in, new Failing(target, stuck)).run();
    }
  }

  @Test
  void whateverACheckFindsStatementLedgerAndAdapterAreThere() throws IOException {
    for (boolean stuck : new boolean[] {false, true}) {
      Path run = folder.resolve("run" + stuck);
      Config config = TinyRun.repeatable(folder, 40).with("saving_dir", run.toString());
      assertThatThrownBy(() -> run(config, stuck))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(stuck ? "changed nothing" : "found");
      assertThat(run.resolve("privacy.json")).isNotEmptyFile();
      assertThat(run.resolve("privacy.txt")).content().contains("Privacy statement");
      assertThat(run.resolve("provenance.json")).isNotEmptyFile();
      assertThat(run.resolve("adapter_model.safetensors")).isNotEmptyFile();
      assertThat(Files.readAllLines(run.resolve("ledger.jsonl"))).hasSize(1 + (stuck ? 1 : 6));
    }
  }
}

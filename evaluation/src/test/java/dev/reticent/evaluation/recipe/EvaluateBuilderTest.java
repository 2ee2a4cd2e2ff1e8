package dev.reticent.evaluation.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.Builders;
import dev.reticent.config.Config;
import dev.reticent.evaluation.judge.Criterion;
import dev.reticent.evaluation.judge.JudgeSettings;
import dev.reticent.evaluation.judge.Mode;
import dev.reticent.privacy.EvaluationData;
import dev.reticent.settings.ModelSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Typed code can configure all of an evaluation that YAML can. */
class EvaluateBuilderTest {

  @Test
  void settingsFromCodeAndFromYamlAreEqual() {
    EvaluateConfig inCode =
        EvaluateConfig.builder()
            .title("Desk")
            .dataset(d -> d.file(Path.of("rows.jsonl")).evaluation(EvaluationData.PUBLIC).limit(9))
            .base(b -> b.model(ModelSettings.EMBEDDED))
            .dp(dp -> dp.checkpoint(Path.of("runs", "one")).name("ours"))
            .sampling(s -> s.maxNewTokens(16))
            .judge(
                j ->
                    j.provider(JudgeSettings.Provider.STAND_IN)
                        .mode(Mode.MLFLOW_V1)
                        .privateRows(JudgeSettings.CONSENT)
                        .repeats(3))
            .criteria(List.of(Criterion.ANSWER_CORRECTNESS))
            .mlflow(m -> {})
            .maxUnscored(0.1)
            .seed(7)
            .build();
    EvaluateConfig fromYaml =
        EvaluateConfig.of(
            Config.parse(
                "typed.yaml",
                """
                title: Desk
                dataset: {file: rows.jsonl, evaluation: public, limit: 9}
                base: {foundation_model_name: reticent-tiny}
                dp: {checkpoint_path: runs/one, name: ours}
                sampling: {max_new_tokens: 16}
                judge:
                  provider: stand_in
                  mode: mlflow-v1
                  private_rows: i accept that private rows leave this machine
                  repeats: 3
                criteria: answer_correctness
                mlflow: {}
                max_unscored: 0.1
                seed: 7
                """));
    // Field by field, as keys to endpoints have no equality.
    assertThat(inCode).usingRecursiveComparison().isEqualTo(fromYaml);
  }

  @Test
  void everyKeyHasItsMethod() {
    Builders.haveAllKeys(EvaluateConfig.builder(), EvaluateConfig::read, Set.of());
  }
}

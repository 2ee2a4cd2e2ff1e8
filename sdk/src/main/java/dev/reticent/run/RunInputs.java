package dev.reticent.run;

import dev.reticent.api.Internal;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.model.Decoder;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.LoraSettings;
import dev.reticent.settings.OptimizerSettings;
import dev.reticent.training.AdamW;
import dev.reticent.training.Dropout;
import dev.reticent.training.LearningRateSchedule;
import dev.reticent.training.Optimizer;
import dev.reticent.training.Sgd;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a run starts from.
 *
 * @param settings the config with every default filled in
 * @param decoders the base with its weights, one for each device; none where other machines have it
 */
@Internal
public record RunInputs(
    FinetuneConfig config,
    Config settings,
    BaseModel base,
    List<Decoder> decoders,
    FinetuneData data,
    FinetunePlan plan,
    AuditOptions audit,
    FinetuneListener listener) {

  public RunInputs {
    decoders = List.copyOf(decoders);
  }

  /** The config as YAML, with every default filled in. */
  String resolved() {
    return settings.toYaml();
  }

  /** The digest of what decides the run's result. */
  String resultDigest() {
    return ResultDigest.of(settings, config);
  }

  Optimizer optimizer(int size) {
    OptimizerSettings o = config.optimizer();
    return switch (o.rule()) {
      case ADAMW ->
          new AdamW(
              size,
              o.beta1(),
              o.beta2(),
              o.stability(),
              o.weightDecay(),
              o.noiseFloor().map(OptionalDouble::of).orElseGet(OptionalDouble::empty));
      case SGD -> new Sgd(size, o.momentum(), o.weightDecay());
    };
  }

  Dropout dropout() {
    return dropout(config);
  }

  /** What is dropped in training; nothing where all weights are trained. */
  public static Dropout dropout(FinetuneConfig config) {
    return config
        .lora()
        .map(lora -> new Dropout(lora.dropout(), config.seed(), 0))
        .orElse(Dropout.NONE);
  }

  LearningRateSchedule schedule() {
    OptimizerSettings o = config.optimizer();
    return new LearningRateSchedule(
        o.schedule().shape(), o.learningRate(), o.schedule().warmup(plan.steps()), plan.steps());
  }

  /** The settings of the adapter, where there must be one. */
  public static LoraSettings lora(FinetuneConfig config) {
    return config
        .lora()
        .orElseThrow(
            () ->
                new UserInputException(
                    "lora: missing; self-test and audit look at an adapter, so give a lora"
                        + " section."));
  }
}

package dev.reticent.settings;

import dev.reticent.training.LearningRateSchedule;
import java.util.List;

/** The optimizer of a run, in code; {@link OptimizerSettings} is what comes of it. */
public final class OptimizerBuilder extends SectionBuilder<OptimizerBuilder> {

  OptimizerBuilder(SectionBuilder<?> config) {
    super(config, "");
  }

  /** {@code optimizer}: what turns a mean gradient into a step. */
  public OptimizerBuilder rule(OptimizerSettings.Rule rule) {
    return set("optimizer", rule);
  }

  /** {@code learning_rate}: the rate after the warm-up. */
  public OptimizerBuilder learningRate(double rate) {
    return set("learning_rate", rate);
  }

  /** {@code weight_decay}: decoupled weight decay. */
  public OptimizerBuilder weightDecay(double decay) {
    return set("weight_decay", decay);
  }

  /** {@code betas}: AdamW's two decays. */
  public OptimizerBuilder betas(List<Double> betas) {
    return set("betas", betas);
  }

  /** {@code adam_eps}: AdamW's stabilizer. */
  public OptimizerBuilder epsilon(double epsilon) {
    return set("adam_eps", epsilon);
  }

  /** {@code adam_noise_floor}: takes the noise out of AdamW's second moment, down to this share. */
  public OptimizerBuilder noiseFloor(double share) {
    return set("adam_noise_floor", share);
  }

  /** {@code momentum}: SGD's momentum. */
  public OptimizerBuilder momentum(double momentum) {
    return set("momentum", momentum);
  }

  /** {@code lr_scheduler.name}: how the rate falls. */
  public OptimizerBuilder schedule(LearningRateSchedule.Shape shape) {
    return set("lr_scheduler.name", shape);
  }

  /** {@code lr_scheduler.warmup_steps}: steps to the full rate. */
  public OptimizerBuilder warmupSteps(int steps) {
    return set("lr_scheduler.warmup_steps", steps);
  }

  /** {@code lr_scheduler.warmup_ratio}: the warm-up as a share of all steps. */
  public OptimizerBuilder warmupRatio(double share) {
    return set("lr_scheduler.warmup_ratio", share);
  }
}

package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.config.Section;
import dev.reticent.training.LearningRateSchedule;
import java.util.List;
import java.util.Optional;

/**
 * The optimizer and the course of its learning rate.
 *
 * @param beta1 AdamW's decay of the mean of gradients
 * @param beta2 AdamW's decay of their mean square
 * @param stability AdamW's ε
 * @param noiseFloor γ, the share of the noise's variance that AdamW's second moment keeps at least
 *     when it is taken out; empty to leave it in
 * @param momentum of SGD
 */
public record OptimizerSettings(
    Rule rule,
    double learningRate,
    double weightDecay,
    double beta1,
    double beta2,
    double stability,
    Optional<Double> noiseFloor,
    double momentum,
    Schedule schedule) {

  @Internal
  public OptimizerSettings {}

  public enum Rule {
    ADAMW,
    SGD
  }

  /**
   * @param warmupSteps steps until the full rate; empty when {@code warmupRatio} says it
   * @param warmupRatio the same as a share of all steps
   */
  public record Schedule(
      LearningRateSchedule.Shape shape, Optional<Integer> warmupSteps, double warmupRatio) {
    /** Steps until the full rate, of this many in all. */
    public int warmup(int steps) {
      return warmupSteps.orElse((int) Math.round(warmupRatio * steps));
    }
  }

  static OptimizerSettings read(Section section) {
    Rule rule =
        section
            .choice("optimizer", Rule.class)
            .describedAs("What turns a private mean gradient into a step.")
            .orElse(Rule.ADAMW);
    double learningRate =
        section
            .number("learning_rate")
            .above(0.0)
            .describedAs("The learning rate after the warm-up.")
            .orElse(5e-4);
    double weightDecay =
        section
            .number("weight_decay")
            .atLeast(0.0)
            .describedAs("Decoupled weight decay.")
            .orElse(0.0);
    List<Double> betas =
        section
            .numbers("betas")
            .limited(
                "of two numbers from 0 to below 1",
                b -> b.size() == 2 && b.stream().allMatch(x -> x >= 0 && x < 1))
            .describedAs("AdamW's decay of the mean and of the mean square of gradients.")
            .orElse(List.of(0.9, 0.999));
    return new OptimizerSettings(
        rule,
        learningRate,
        weightDecay,
        betas.get(0),
        betas.get(1),
        section.number("adam_eps").above(0.0).describedAs("AdamW's stabiliser.").orElse(1e-8),
        section
            .number("adam_noise_floor")
            .above(0.0)
            .describedAs(
                """
                γ: takes the variance that the noise adds to AdamW's mean square of gradients out
                again, and leaves γ times that variance at least (DP-AdamBC).\
                """)
            .optional(),
        section
            .number("momentum")
            .atLeast(0.0)
            .below(1.0)
            .describedAs("SGD's momentum.")
            .orElse(0.0),
        section.section(
            "lr_scheduler", "The learning rate over the steps.", OptimizerSettings::schedule));
  }

  private static Schedule schedule(Section section) {
    Schedule schedule =
        new Schedule(
            section
                .choice("name", LearningRateSchedule.Shape.class)
                .describedAs("How the rate falls after the warm-up.")
                .orElse(LearningRateSchedule.Shape.COSINE),
            section
                .integer("warmup_steps")
                .atLeast(0)
                .describedAs("Steps to the full rate.")
                .optional(),
            section
                .number("warmup_ratio")
                .atLeast(0.0)
                .below(1.0)
                .describedAs("The same as a share of all steps.")
                .orElse(0.0));
    section.check(
        schedule.warmupSteps.isEmpty() || schedule.warmupRatio == 0,
        "warmup_ratio is given too; keep one of them",
        "warmup_steps",
        "warmup_ratio");
    return schedule;
  }
}

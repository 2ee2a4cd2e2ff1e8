package dev.reticent.training;

import dev.reticent.privacy.BudgetExceededException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The loop: draw a gradient, step, upload, report.
 *
 * <p>It stops after the planned steps, before the step that would exceed the privacy budget, or,
 * when its thread was interrupted or a stop was asked for, before the next step; in each case
 * parameters and ledger agree.
 */
public final class Trainer {

  /** Why training ended. */
  public enum Outcome {
    FINISHED,
    BUDGET_REACHED,
    INTERRUPTED
  }

  private final Trainable trainable;
  private final GradientSource source;
  private final Optimizer optimizer;
  private final LearningRateSchedule schedule;
  private final int totalSteps;

  public Trainer(
      Trainable trainable,
      GradientSource source,
      Optimizer optimizer,
      LearningRateSchedule schedule,
      int totalSteps) {
    this.trainable = trainable;
    this.source = source;
    this.optimizer = optimizer;
    this.schedule = schedule;
    this.totalSteps = totalSteps;
  }

  /** Trains on from {@code firstStep}, with no stop but an interrupt. */
  public Outcome run(int firstStep, Consumer<StepReport> listener) {
    return run(firstStep, listener, () -> false);
  }

  /**
   * Trains on from {@code firstStep}.
   *
   * @param listener told after each step, when parameters are in place; it may write files, so an
   *     interrupt is kept from it until the end
   * @param stop asked before each step; true ends training as an interrupt does
   * @throws dev.reticent.config.UserInputException at the first step after which a value is not
   *     finite
   */
  public Outcome run(int firstStep, Consumer<StepReport> listener, BooleanSupplier stop) {
    boolean interrupted = false;
    try {
      for (int step = firstStep; step < totalSteps; step++) {
        interrupted |= Thread.interrupted();
        if (interrupted || stop.getAsBoolean()) {
          return Outcome.INTERRUPTED;
        }
        StepReport report;
        try {
          report = step(step);
        } catch (BudgetExceededException e) {
          return Outcome.BUDGET_REACHED;
        }
        interrupted |= Thread.interrupted();
        listener.accept(report);
      }
      return Outcome.FINISHED;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private StepReport step(int step) {
    long start = System.nanoTime();
    double threshold = source.clipThreshold();
    GradientSource.Step next = source.next(step);
    double rate = schedule.at(step);
    optimizer.step(trainable.values(), next.gradient(), rate);
    Divergence.refuse(trainable, step + 1, rate);
    trainable.upload();
    BatchStatistics batch = next.statistics();
    return new StepReport(
        step + 1,
        totalSteps,
        rate,
        next.epsilonSpent(),
        norm(next.gradient().values()),
        batch.meanLoss(),
        batch.examples(),
        batch.tokens(),
        batch.clippedFraction(),
        (System.nanoTime() - start) * 1e-9,
        next.curve(),
        threshold);
  }

  private static double norm(float[] values) {
    return Math.sqrt(
        Slices.sum(
            values.length,
            (from, to) -> {
              double sum = 0;
              for (int i = from; i < to; i++) {
                sum += (double) values[i] * values[i];
              }
              return sum;
            }));
  }
}

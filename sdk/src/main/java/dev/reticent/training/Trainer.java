package dev.reticent.training;

import dev.reticent.privacy.BudgetExceededException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The loop: draw a gradient, step, upload, report.
 *
 * <p>It stops after the planned steps, before the step that would exceed the privacy budget, or
 * when its thread is interrupted between two steps; in each case parameters and ledger agree.
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

  /**
   * Trains on from {@code firstStep}.
   *
   * @param listener told after each step, when parameters are in place
   */
  public Outcome run(int firstStep, Consumer<StepReport> listener) {
    return run(firstStep, listener, () -> false);
  }

  /**
   * Trains on from {@code firstStep}.
   *
   * @param listener told after each step, when parameters are in place
   * @param stop asked before each step; true ends training as an interrupt does
   */
  public Outcome run(int firstStep, Consumer<StepReport> listener, BooleanSupplier stop) {
    for (int step = firstStep; step < totalSteps; step++) {
      if (stop.getAsBoolean() || Thread.currentThread().isInterrupted()) {
        return Outcome.INTERRUPTED;
      }
      long start = System.nanoTime();
      GradientSource.Step next;
      try {
        next = source.next(step);
      } catch (BudgetExceededException e) {
        return Outcome.BUDGET_REACHED;
      }
      double rate = schedule.at(step);
      optimizer.step(trainable.values(), next.gradient(), rate);
      trainable.upload();
      BatchStatistics batch = next.statistics();
      listener.accept(
          new StepReport(
              step + 1,
              totalSteps,
              rate,
              next.epsilonSpent(),
              norm(next.gradient().values()),
              batch.meanLoss(),
              batch.examples(),
              batch.tokens(),
              batch.clippedFraction(),
              (System.nanoTime() - start) * 1e-9));
    }
    return Outcome.FINISHED;
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}

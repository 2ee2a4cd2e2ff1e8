package dev.reticent.run;

import dev.reticent.plan.FinetunePlan;
import dev.reticent.training.StepReport;

/** Told of a fine-tuning run's progress, on the thread that runs it. */
public interface FinetuneListener extends Progress {

  /** What is planned, before the first step. */
  default void planned(FinetunePlan plan) {}

  /** How far something beside the steps has come, told by the threads that do it one by one. */
  @Override
  default void progressed(String what, int done, int total) {}

  /** One line worth telling: truncated rows, a damaged checkpoint passed over, … */
  default void notice(String message) {}

  /** A step is done. */
  default void step(StepReport report) {}

  /** The mean loss over held-out rows after so many steps. */
  default void evaluated(int step, double loss) {}

  /** Asked before each step: true ends the run there, with ledger and checkpoint in agreement. */
  default boolean stopRequested() {
    return false;
  }
}

package dev.reticent.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.training.GradientSource;
import dev.reticent.training.Trainer;

/** Where a run's gradients come from, what they have cost, and what is promised of them. */
sealed interface Spending extends AutoCloseable permits PrivateSpending, PlainSpending {

  GradientSource gradients();

  /** ε so far, an upper bound; infinite without privacy. */
  double epsilon();

  /** Adds to a checkpoint what is needed to go on from it. */
  void save(ObjectNode state);

  /** The run has ended so. */
  Statement ended(Trainer.Outcome outcome);

  /** What is and is not promised, in words and for machines. */
  record Statement(String text, String json) {}

  @Override
  void close();
}

package dev.reticent.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.privacy.Decisions;
import dev.reticent.training.GradientSource;
import dev.reticent.training.Trainer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Where a run's gradients come from, what they have cost, and what is promised of them. */
sealed interface PrivacyMode extends AutoCloseable permits PrivateMode, PlainMode {

  GradientSource gradients();

  /** ε so far, an upper bound; infinite without privacy. */
  double epsilon();

  /** Adds to a checkpoint what is needed to go on from it. */
  void save(ObjectNode state);

  /**
   * What has been spent, and on which files.
   *
   * @param weights SHA-256 of the files with the trained values, by name
   * @param remarks further sentences
   */
  Statement statement(SortedMap<String, String> weights, List<String> remarks);

  /** Hears how the run has ended, so that other runs on the same rows can be told. */
  void ended(Trainer.Outcome outcome);

  /** Binds the run's files together, when all have been written. */
  void seal(RunFolder folder) throws IOException;

  /**
   * What is and is not promised, in words and for machines.
   *
   * @param decisions what the promise is for whoever decides by it; empty where there is none
   */
  record Statement(String text, String json, Optional<Decisions> decisions) {}

  @Override
  void close();
}

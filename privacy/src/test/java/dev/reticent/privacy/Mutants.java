package dev.reticent.privacy;

import dev.reticent.privacy.MutantsTest.Mutant;
import java.util.List;
import java.util.stream.Stream;

/** Programs that look private and are not. */
final class Mutants {

  static final List<Mutant> ALL =
      Stream.of(SumMutants.ALL, StepMutants.ALL, NoiseMutants.ALL, LedgerMutants.ALL)
          .flatMap(List::stream)
          .toList();

  private Mutants() {}
}

package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.config.Section;
import dev.reticent.config.UserInputException;
import java.util.Locale;
import java.util.Optional;

/**
 * How the noise of a run's steps hangs together.
 *
 * @param bands b: over how many steps it is correlated; 1 when it is independent
 */
public record NoiseSettings(Mechanism mechanism, int bands) {

  @Internal
  public NoiseSettings {}

  public enum Mechanism {
    /** Each step's noise is its own (DP-SGD). */
    INDEPENDENT,
    /** Later steps take some of it away again (BandMF). */
    BANDED
  }

  private static final int USUAL = 4;

  static NoiseSettings read(Section section) {
    Mechanism mechanism =
        section
            .choice("mechanism", Mechanism.class)
            .describedAs(
                """
                `independent`, each step's noise is its own (DP-SGD); or `banded`, later steps take
                some of it away again, at the price that a row can be drawn in each b-th step only
                (BandMF).\
                """)
            .orElse(Mechanism.INDEPENDENT);
    Optional<Integer> bands =
        section
            .integer("bands")
            .atLeast(2)
            .describedAs(
                """
                b of `banded` noise: the rows are b groups that take turns, and a row is drawn b
                times as likely from its own; at most one over q. 4 without it.\
                """)
            .optional();
    section.check(
        bands.isEmpty() || mechanism == Mechanism.BANDED,
        "is for mechanism: banded; give that, or leave the bands out",
        "bands",
        "mechanism");
    return new NoiseSettings(mechanism, mechanism == Mechanism.BANDED ? bands.orElse(USUAL) : 1);
  }

  /**
   * The bands of a run.
   *
   * @param q the chance of a row to be in a step
   * @param steps T
   * @throws UserInputException when so many do not go with these
   */
  public int bands(double q, int steps) {
    if (bands > steps) {
      throw new UserInputException(
          "privacy.noise.bands: found "
              + bands
              + ", but the run has "
              + steps
              + " steps; take fewer bands, or more steps.");
    }
    if (bands * q > 1) {
      throw new UserInputException(
          String.format(
              Locale.ROOT,
              "privacy.noise.bands: with %d groups a row is drawn with %d times q = %.5f from its"
                  + " own, which is above 1; take at most %d bands, or a smaller batch_size.",
              bands,
              bands,
              q,
              Math.max(1, (int) (1 / q))));
    }
    return bands;
  }
}

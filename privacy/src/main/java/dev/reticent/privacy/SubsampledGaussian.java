package dev.reticent.privacy;

import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.Subsampling;
import java.util.Optional;

/**
 * T compositions of the Gaussian mechanism on Poisson samples: the one record that feeds the
 * sampler, the noise and the accountant, so that no two of them can disagree.
 *
 * <p>With one band, at each step every privacy unit is in the batch with probability q,
 * independently; the sum of the clipped gradients (L2 norm at most C each) gets Gaussian noise of
 * standard deviation σC (Abadi et al. 2016, algorithm 1).
 *
 * <p>With b bands the noise is correlated over steps (Choquette-Choo et al. 2023, "(Amplified)
 * Banded Matrix Factorization", arXiv 2306.08153): each unit belongs to one of b groups, step t
 * draws from group t mod b, each of its units with probability bq, and the noise of the sums is
 * σC·C⁻¹Z for standard normal Z and a {@link BandedMatrix} whose columns have norm 1 at most.
 *
 * @param samplingRate q, in (0, 1]: the chance of a unit to be in a step
 * @param noiseMultiplier σ, above 0
 * @param steps T, at least 1
 * @param bands b, at least 1, with bq at most 1
 * @param truncation the limit on batches, with one band only; empty where there is none
 */
public record SubsampledGaussian(
    double samplingRate,
    double noiseMultiplier,
    int steps,
    int bands,
    Optional<Truncation> truncation) {

  public SubsampledGaussian {
    if (!(samplingRate > 0 && samplingRate <= 1)) {
      throw new IllegalArgumentException("sampling rate must be in (0, 1], got " + samplingRate);
    }
    if (!(noiseMultiplier > 0) || Double.isInfinite(noiseMultiplier)) {
      throw new IllegalArgumentException(
          "noise multiplier must be positive and finite, got " + noiseMultiplier);
    }
    if (steps < 1) {
      throw new IllegalArgumentException("steps must be at least 1, got " + steps);
    }
    if (bands < 1 || bands * samplingRate > 1) {
      throw new IllegalArgumentException(
          "bands must be at least 1 and at most one over the sampling rate %s, got %d"
              .formatted(samplingRate, bands));
    }
    if (bands > 1 && truncation.isPresent()) {
      throw new IllegalArgumentException(
          "there is no accountant for batches with a limit and noise that is correlated over"
              + " steps");
    }
  }

  /** Batches of any size. */
  public SubsampledGaussian(double samplingRate, double noiseMultiplier, int steps, int bands) {
    this(samplingRate, noiseMultiplier, steps, bands, Optional.empty());
  }

  /** Steps whose noise is independent. */
  public SubsampledGaussian(double samplingRate, double noiseMultiplier, int steps) {
    this(samplingRate, noiseMultiplier, steps, 1);
  }

  /**
   * The independent steps that cost as much: one for each round of b steps, with sampling rate bq
   * and the same σ (theorem 4 of the paper).
   *
   * <p>A unit takes part in steps that lie b apart, and what it adds in one of them reaches b rows
   * of CX + Z, none of which another of its steps reaches. So these rows are a Gaussian mechanism
   * of sensitivity C on a Poisson sample of rate bq, and there are ⌈T/b⌉ such rounds at most.
   * Groups are drawn unit by unit, independently, so that one unit more or less leaves the others'
   * groups as they are; given all groups the bound holds for each, and so for their mixture.
   */
  public SubsampledGaussian accounted() {
    return bands == 1
        ? this
        : new SubsampledGaussian(bands * samplingRate, noiseMultiplier, rounds(steps));
  }

  /** How units are drawn, as the accountant has it. */
  public Subsampling subsampling() {
    double rate = accounted().samplingRate;
    return truncation
        .<Subsampling>map(
            limit -> new Subsampling.TruncatedPoisson(rate, limit.units(), limit.largestBatch()))
        .orElseGet(() -> new Subsampling.Poisson(rate));
  }

  /** So many of the independent steps that it is accounted as. */
  public PrivacyEvent event(int rounds) {
    return new PrivacyEvent(subsampling(), noiseMultiplier, rounds);
  }

  /** How many rounds so many steps in a row are charged as. */
  public int rounds(int count) {
    return count / bands + (count % bands == 0 ? 0 : 1);
  }
}

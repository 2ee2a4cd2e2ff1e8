package dev.reticent.privacy;

import dev.reticent.privacy.MutantsTest.Mutant;
import java.util.List;

/** Programs whose steps draw or join units in another way than is accounted. */
final class StepMutants {

  private static final String ONCE = "everyUnitIsAddedExactlyOnce";
  private static final String POISSON = "batchesArePoissonSamples";
  private static final String CUT = "batchesAboveTheLimitAreCutAtRandom";

  static final List<Mutant> ALL =
      List.of(
          new Mutant(
              "batches are passed over until one suits",
              "PrivateStep",
              "    open.ifPresent(\n        batch -> {",
              "    Optional.<PoissonBatch>empty().ifPresent(\n        batch -> {",
              "noBatchIsPassedOver"),
          new Mutant(
              "an earlier batch's sum is released",
              "PrivateStep",
              "open.filter(batch -> batch == sum.batch()).isEmpty()",
              "false",
              "noBatchIsPassedOver"),
          new Mutant(
              "two samplers draw from one key",
              "PrivateStep",
              "    key.claim();\n",
              "",
              "keyServesOneStep"),
          new Mutant(
              "a step of one plan is charged by another's ledger",
              "PrivateStep",
              "    ledger.requirePlan(plan.mechanism(), clipping.clipNorm());\n",
              "",
              "stepOfAnotherLedgerIsRefused"),
          new Mutant(
              "the mean stays in units of the threshold",
              "PrivateStep",
              "plan.expectedBatchSize() / clipping.meanScale()",
              "plan.expectedBatchSize()",
              "adaptiveStepMovesItsThresholdByWhatItReleased"),
          new Mutant(
              "the noise ends at 9 sigma",
              "GaussianNoise",
              "((low >>> 1) + 1.0) * 0x1p-63",
              "1",
              "uniformsKeepTheirLowBits"),
          new Mutant(
              "a sampled unit may be missing",
              "GradientAccumulator",
              "finished || added.cardinality() != indices.length",
              "finished",
              ONCE),
          new Mutant(
              "a unit that was not sampled may be added",
              "GradientAccumulator",
              "if (at < 0) {\n        throw",
              "if (at < 0) {\n        at = -at; } else if (at == 99) {\n        throw",
              ONCE),
          new Mutant(
              "a sum may be released again",
              "ClippedSum",
              "    used = true;\n",
              "",
              "sumIsReleasedOnce"),
          new Mutant(
              "shuffled batches of a fixed size, accounted as Poisson",
              "PoissonSampler",
              "if (random.nextDouble() < rate && groups[i] == group)",
              "if ((i + step * Math.round(groups.length * rate)) % groups.length <"
                  + " Math.round(groups.length * rate))",
              POISSON),
          new Mutant(
              "a batch above the limit is kept whole",
              "PoissonSampler",
              "drawn.length <= limit",
              "drawn.length <= Integer.MAX_VALUE",
              CUT),
          new Mutant(
              "of a batch above the limit the first units are kept",
              "PoissonSampler",
              "int other = i + random.nextInt(drawn.length - i);",
              "int other = i;",
              CUT),
          new Mutant(
              "every step keeps the same places of its batch",
              "PoissonSampler",
              "RunKey.Purpose.TRUNCATION, step, 0",
              "RunKey.Purpose.TRUNCATION, 0, 0",
              CUT),
          new Mutant(
              "batches with a limit are accounted as Poisson",
              "SubsampledGaussian",
              "    return truncation\n",
              "    return Optional.<Truncation>empty()\n",
              "aLimitIsAccountedFor"),
          new Mutant(
              "the sampler draws from more units than the accountant knows",
              "PoissonSampler",
              "limit.units() != units",
              "limit.units() > units",
              "aLimitIsAccountedFor"),
          new Mutant(
              "every step draws the same batch",
              "PoissonSampler",
              "RunKey.Purpose.SAMPLING, step, 0",
              "RunKey.Purpose.SAMPLING, 0, 0",
              POISSON),
          new Mutant(
              "samples more often than accounted",
              "PoissonSampler",
              "random.nextDouble() < rate",
              "random.nextDouble() < 1.5 * rate",
              POISSON),
          new Mutant(
              "one step more than accounted",
              "PoissonSampler",
              "step < plan.steps()",
              "step <= plan.steps()",
              "samplerTakesExactlyTheAccountedSteps"),
          new Mutant(
              "a held-out loss is not bounded",
              "PrivateCurve",
              "Math.min(Math.max(loss, 0), lossBound)",
              "loss",
              "heldOutUnitsMoveTheirOwnCoordinateByAtMostC"),
          new Mutant(
              "a unit may be drawn in any step of its round",
              "PoissonSampler",
              " && groups[i] == group",
              "",
              "unitsTakeTurnsInGroups"),
          new Mutant(
              "a group is drawn at the rate of a step",
              "PoissonSampler",
              "plan.accounted().samplingRate()",
              "plan.samplingRate()",
              "unitsTakeTurnsInGroups"),
          new Mutant(
              "units are dealt to the groups in turn",
              "PoissonSampler",
              "(int) (random.nextDouble() * bands)",
              "unit % bands",
              "unitsTakeTurnsInGroups"),
          new Mutant(
              "the columns of C are longer than 1",
              "BandedMatrix",
              "c -> c / norm",
              "c -> c",
              "bandsTimesTheNoiseAreIndependentDraws"),
          new Mutant(
              "the noise is C times the draws, not its inverse",
              "BandedMatrix",
              "inverse[t] = -sum / band[0];",
              "inverse[t] = t < band.length ? band[t] : 0;",
              "bandsTimesTheNoiseAreIndependentDraws"),
          new Mutant(
              "noise drawn ahead serves any step",
              "NoiseAhead",
              "step == sum.step() && ",
              "",
              "noiseDrawnAheadIsTheNoiseOfItsStep"),
          new Mutant(
              "noise drawn ahead is that of the first step",
              "NoiseAhead",
              "deviation, key, step, weights)",
              "deviation, key, 0, weights)",
              "noiseDrawnAheadIsTheNoiseOfItsStep"),
          new Mutant(
              "earlier noise is drawn anew, not again",
              "GaussianNoise",
              "fill(draw, key, step - lag, from / BLOCK)",
              "fill(draw, key, 1000 * step + lag, from / BLOCK)",
              "bandsTimesTheNoiseAreIndependentDraws"),
          new Mutant(
              "a round goes on over sessions",
              "Ledger",
              "        inSession = 0;\n",
              "",
              "eachSessionBeginsARound"),
          new Mutant(
              "rounds of b steps are charged by a bth of their rate",
              "SubsampledGaussian",
              "new SubsampledGaussian(bands * samplingRate, noise",
              "new SubsampledGaussian(samplingRate, noise",
              "roundsAreAccountedAtTheRateOfAGroup"),
          new Mutant(
              "another key goes on in the middle of a round",
              "Ledger",
              "header.plan().bands() > 1 && inSession > 0",
              "inSession < 0",
              "eachSessionBeginsARound"),
          new Mutant(
              "empty batch gets no noise",
              "GaussianMechanism",
              "double deviation = plan",
              "double deviation = java.util.Arrays.stream(sum.take()).allMatch(v -> v == 0) ? 0 :"
                  + " plan",
              "emptyBatchesAreSampledNoisedAndCharged"),
          new Mutant(
              "empty batches are skipped",
              "PoissonSampler",
              "    return new PoissonBatch(plan, step++",
              "    if (count == 0) { step++; return next(clipping, curve); }\n"
                  + "    return new PoissonBatch(plan, step++",
              "emptyBatchesAreSampledNoisedAndCharged"));

  private StepMutants() {}
}

package dev.reticent.privacy;

import dev.reticent.privacy.MutantsTest.Mutant;
import java.util.List;

/** Programs that look private and are not. */
final class Mutants {

  private static final String LOOP = "sumEqualsALoopOverSingleExamples";
  private static final String MOVED = "oneUnitMovesTheSumByAtMostC";
  private static final String ONCE = "everyUnitIsAddedExactlyOnce";
  private static final String POISSON = "batchesArePoissonSamples";
  private static final String SIGMA = "noiseHasDeviationSigmaC";
  private static final String NORMAL = "noiseIsStandardNormal";
  private static final String STREAMS = "streamsDifferByPurposeStepAndKey";
  private static final String BUDGET = "runStopsBeforeTheStepThatExceedsTheBudget";
  private static final String RESUME = "resumeKeepsEveryCharge";
  private static final String CHANGED = "changedLedgerIsRefusedWithItsLine";
  private static final String CURVE = "privateCurveSharesTheSensitivity";

  static final List<Mutant> ALL =
      List.of(
          new Mutant(
              "no clipping", "Scaling", "numerator / (Math.max(norm, floor) + offset)", "1", MOVED),
          new Mutant(
              "norm not rooted before clipping",
              "Scaling",
              "weight(Math.sqrt(byGroup ? squaredNorms[g][i] : sum))",
              "weight(byGroup ? squaredNorms[g][i] : sum)",
              LOOP),
          new Mutant(
              "clips the batch, not the example",
              "PartialAccumulator",
              "double[][] weights = rule.clipping().weights(norms);",
              "double[][] weights = rule.clipping().weights(norms); for (double[] g : weights) {"
                  + " double least = java.util.Arrays.stream(g).min().orElse(1);"
                  + " java.util.Arrays.fill(g, java.util.Arrays.stream(g).max().orElse(least)); }",
              MOVED),
          new Mutant(
              "each layer clipped to C",
              "Clipping",
              "clipNorm / Math.sqrt(groups)",
              "clipNorm",
              MOVED),
          new Mutant(
              "only the first layer's norm counts",
              "Scaling",
              "      for (int g = 0; g < weights.length; g++) {",
              "      sum = squaredNorms[0][i];\n      for (int g = 0; g < weights.length; g++) {",
              MOVED),
          new Mutant(
              "automatic clipping without the norm",
              "Scaling",
              "Math.max(norm, floor) + offset",
              "(offset > 0 ? offset : Math.max(norm, floor))",
              MOVED),
          new Mutant(
              "adaptive threshold raises the sensitivity",
              "Clipping",
              "new Scaling(clipNorm, threshold, 0, false)",
              "new Scaling(threshold, threshold, 0, false)",
              MOVED),
          new Mutant(
              "no room for rounding",
              "SumRule",
              "(1 - PartialAccumulator.MARGIN)",
              "(1 + PartialAccumulator.MARGIN)",
              MOVED),
          new Mutant(
              "a NaN example poisons the sum",
              "Scaling",
              "Double.isFinite(norm) ?",
              "true ?",
              "exampleThatIsNotFiniteContributesZero"),
          new Mutant(
              "sum in bf16",
              "PartialAccumulator",
              "Math.addExact(sum[i], (long) part[i])",
              "Math.addExact(sum[i], (long) Float.intBitsToFloat(Float.floatToIntBits((float)"
                  + " part[i]) & 0xffff0000))",
              LOOP),
          new Mutant(
              "running sum in fp32",
              "PartialAccumulator",
              "Math.addExact(sum[i], (long) part[i])",
              "(long) ((float) sum[i] + (float) part[i])",
              "sumHasTheSameBitsInAnyOrderOnAnyWorkers"),
          new Mutant(
              "mean over the actual batch",
              "GradientAccumulator",
              "    finished = true;\n",
              "    finished = true;\n"
                  + "    for (int i = 0; i < sum.length; i++) { sum[i] /= Math.max(1,"
                  + " indices.length); }\n",
              LOOP),
          new Mutant(
              "last micro-batch overwrites the sum",
              "PartialAccumulator",
              "Math.addExact(sum[i], (long) part[i])",
              "(long) part[i]",
              LOOP),
          new Mutant(
              "last executor's sum overwrites the others",
              "GradientAccumulator",
              "Math.addExact(sum[i], more[i])",
              "more[i]",
              "partsAddUpInAnyOrder"),
          new Mutant(
              "a unit may be added twice",
              "GradientAccumulator",
              "if (added.get(at) || claimed.get(at))",
              "if (false)",
              ONCE),
          new Mutant(
              "a unit may come twice in one micro-batch",
              "Claims",
              "|| !more.add(unit)",
              "|| !more.add(unit) && false",
              "unitsAreAllClaimedOrNone"),
          new Mutant(
              "a sum that is refused takes some of its units",
              "GradientAccumulator",
              "      claimed.set(at);\n",
              "      claimed.set(at);\n      added.set(at);\n",
              "unitsAreAllClaimedOrNone"),
          new Mutant(
              "a micro-batch longer than n·C is added",
              "PartialAccumulator",
              "    rule.requireBound(count, squares);\n",
              "",
              "sumLongerThanItsUnitsCanMakeItIsRefused"),
          new Mutant(
              "a micro-batch longer than n·C is added on a device",
              "DeviceAccumulator",
              "      rule.requireBound(counts.get(i), micro.squares());\n",
              "",
              "sumLongerThanItsUnitsCanMakeItIsRefused"),
          new Mutant(
              "a device that loses a micro-batch is believed",
              "DeviceAccumulator",
              "taken.microBatches().size() != counts.size()",
              "false",
              "deviceThatCountsOtherwiseIsRefused"),
          new Mutant(
              "a device that gives other examples is believed",
              "DeviceAccumulator",
              "micro.losses().length != counts.get(i)",
              "false",
              "deviceThatCountsOtherwiseIsRefused"),
          new Mutant(
              "a failed addition on a device keeps its units",
              "DeviceAccumulator",
              "      claims.giveBack(units);",
              "     ",
              "unitsAreAllClaimedOrNone"),
          new Mutant(
              "a device weighs by the whole clip norm",
              "DeviceAccumulator",
              "rule.clipping().scaling(groups), rule.factor()",
              "rule.clipping().scaling(groups), 2 * rule.factor()",
              MOVED),
          new Mutant(
              "an executor's sum longer than n·C is added",
              "GradientAccumulator",
              "    SumRule.requireBound(part.units().length, part.squares(), bound);\n",
              "",
              "sumLongerThanItsUnitsCanMakeItIsRefused"),
          new Mutant(
              "an executor's sum of another clip norm is added",
              "GradientAccumulator",
              "|| part.clipNorm() != rule.clipping().clipNorm()",
              "",
              "sumsOfAnotherRuleAreRefused"),
          new Mutant(
              "a changed partial sum passes",
              "PartialSum",
              "|| in.getInt(bytes.length - 4) != crc(bytes, bytes.length - 4)",
              "",
              "partialSumsCrossExactlyOrNotAtAll"),
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
              "emptyBatchesAreSampledNoisedAndCharged"),
          new Mutant(
              "noise without the clip norm",
              "GaussianMechanism",
              "plan.noiseMultiplier() * sum.sensitivity()",
              "plan.noiseMultiplier()",
              SIGMA),
          new Mutant(
              "noise divided by the batch",
              "GaussianMechanism",
              "plan.noiseMultiplier() * sum.sensitivity()",
              "plan.noiseMultiplier() * sum.sensitivity() / 64",
              SIGMA),
          new Mutant(
              "noise twice, or by each of two workers",
              "GaussianNoise",
              "grid.of(noise[i - from] * standardDeviation)",
              "2 * grid.of(noise[i - from] * standardDeviation / Math.sqrt(2))",
              SIGMA),
          new Mutant(
              "variance taken for deviation",
              "GaussianNoise",
              "noise[i - from] * standardDeviation)",
              "noise[i - from] * standardDeviation * standardDeviation)",
              SIGMA),
          new Mutant(
              "mean not divided by the public size",
              "NoisySum",
              "expectedBatchSize * curve",
              "curve",
              SIGMA),
          new Mutant(
              "noise truncated at 3 sigma",
              "GaussianNoise",
              "radii[i] * (1 - (quadrants[i] & 2))",
              "Math.min(3, radii[i]) * (1 - (quadrants[i] & 2))",
              NORMAL),
          new Mutant(
              "both draws of a pair alike",
              "GaussianNoise",
              "radius * sines[i]",
              "radius * cosines[i]",
              NORMAL),
          new Mutant(
              "blocks share their noise", "RunKey", "(byte) (block >>> (8 * i))", "0", NORMAL),
          new Mutant(
              "uniform noise of the same deviation",
              "GaussianNoise",
              "radius * cosines[i];",
              "(random.nextDouble() * 2 - 1) * Math.sqrt(3);",
              NORMAL),
          new Mutant(
              "24-bit uniforms",
              "GaussianNoise",
              "((high >>> 1) + ((low >>> 1) + 1.0) * 0x1p-63) * 0x1p-63",
              "((high >>> 40) + 1) * 0x1p-24",
              "uniformsKeepTheirLowBits"),
          new Mutant(
              "each step reuses the noise", "RunKey", "(byte) (step >>> (8 * i))", "0", STREAMS),
          new Mutant(
              "sampling and noise share a stream",
              "RunKey",
              "iv[0] = purpose.tag;",
              "iv[0] = 1;",
              STREAMS),
          new Mutant(
              "the key is not random",
              "RunKey",
              "new SecureRandom().nextBytes(bytes);",
              "bytes[0] = 1;",
              STREAMS),
          new Mutant(
              "a step's noise is used for two sums",
              "GaussianMechanism",
              "    key.claimNoise(sum.step());\n",
              "",
              "stepIsNoisedOnceUnderASecretKey"),
          new Mutant(
              "sampler and accountant disagree",
              "GaussianMechanism",
              "!sum.batch().plan().equals(plan)",
              "false",
              "sumsOfAnotherPlanOrClipNormAreRefused"),
          new Mutant(
              "clip norm differs from the accounted",
              "Ledger",
              "|| clipNorm != header.clipNorm()",
              "",
              "sumsOfAnotherPlanOrClipNormAreRefused"),
          new Mutant(
              "stops after the step that exceeds the budget",
              "Ledger",
              "epsilonAfter.applyAsDouble(roundsWithNext())",
              "epsilonAfter.applyAsDouble(rounds)",
              BUDGET),
          new Mutant(
              "the budget is not looked at",
              "Ledger",
              "if (!(epsilon <= header.budget()))",
              "if (false)",
              BUDGET),
          new Mutant(
              "released before it is recorded",
              "GaussianMechanism",
              "ledger.record(sum.step()",
              "sum.take();\n    ledger.record(sum.step()",
              BUDGET),
          new Mutant(
              "epsilon starts afresh on resume",
              "HashChain",
              "bodies.add(body);\n      hashes.add(hash);",
              "if (bodies.isEmpty()) bodies.add(body);\n      hashes.add(hash);",
              RESUME),
          new Mutant(
              "a redone step with new noise is not charged",
              "Ledger",
              "!header.secretKey() && redone(step)",
              "redone(step)",
              RESUME),
          new Mutant(
              "a redone step of a test run is charged twice",
              "Ledger",
              "!header.secretKey() && redone(step)",
              "false",
              "testRunCutAtAnyByteResumesToTheSameLedger"),
          new Mutant(
              "a torn line is written on",
              "HashChain",
              "      file.setLength(whole);\n      file.seek(whole);\n",
              "      file.seek(file.length());\n",
              "testRunCutAtAnyByteResumesToTheSameLedger"),
          new Mutant(
              "a changed line is not noticed",
              "HashChain",
              "if (!line.equals(whole(body, hash)))",
              "if (line.length() < 64)",
              CHANGED),
          new Mutant(
              "lines are hashed without the line before",
              "HashChain",
              "(previous + body)",
              "(body + previous.length())",
              CHANGED),
          new Mutant(
              "resumes under other settings",
              "Ledger",
              "} else if (!chain",
              "} else if (header.delta() > 1 && !chain",
              "ledgerOfOtherSettingsIsRefused"),
          new Mutant(
              "resumes on other data",
              "DataMark",
              "if (!Files.readString(file).strip().equals(dataKey))",
              "if (dataKey.isEmpty())",
              "runOnOtherDataIsRefused"),
          new Mutant(
              "a copy without its local folder goes on",
              "DataMark",
              "if (!begun)",
              "if (!begun || !Files.exists(file))",
              "runOnOtherDataIsRefused"),
          new Mutant(
              "data is recognised by a digest that anyone can compute",
              "LocalSecret",
              "new SecureRandom().nextBytes(bytes);",
              "",
              "dataIsRecognisedUnderASecretOnly"),
          new Mutant(
              "a checkpoint goes on with another ledger",
              "Ledger",
              "if (!chain.hashes().contains(hash))",
              "if (hash.isEmpty())",
              "checkpointWithoutItsLedgerIsRefused"),
          new Mutant(
              "two processes write one ledger",
              "HashChain",
              "if (!locked)",
              "if (path.endsWith(\"?\"))",
              "checkpointWithoutItsLedgerIsRefused"),
          new Mutant(
              "a run started anew passes for the old one",
              "Ledger",
              "new SecureRandom().nextBytes(bytes);",
              "",
              "runsHaveNamesOfTheirOwn"),
          new Mutant(
              "a test key claims a guarantee",
              "RunKey",
              "return new RunKey(bytes, false)",
              "return new RunKey(bytes, true)",
              "testKeyHasNoGuarantee"),
          new Mutant(
              "the statement prints an epsilon for a test key",
              "PrivacyStatement",
              "return header.secretKey();",
              "return true;",
              "testKeyHasNoGuarantee"),
          new Mutant(
              "N is told and the bound for adding or removing quoted",
              "PrivacyStatement",
              "publicUnits > 0 && !bounds",
              "publicUnits < 0 && !bounds",
              "statementThatTellsTheSizeQuotesTheBoundForReplacing"),
          new Mutant(
              "best checkpoint by private data",
              "EvaluationData",
              "this == PRIVATE",
              "false",
              "bestCheckpointIsNotChosenOnPrivateData"),
          new Mutant(
              "the loss curve gets no share of C",
              "PrivateCurve",
              "Math.sqrt(1 - 2 * share * share)",
              "1",
              CURVE),
          new Mutant(
              "losses ride unclipped",
              "PrivateCurve",
              "Math.min(Math.max(losses[i], 0), lossBound)",
              "losses[i]",
              CURVE),
          new Mutant(
              "the threshold runs from its quantile",
              "Clipping",
              "Math.exp(-learningRate",
              "Math.exp(learningRate",
              "adaptiveThresholdFollowsTheQuantile"),
          new Mutant(
              "runs on the same data are not added up",
              "RunRegistry",
              "            .filter(entry -> entry.data().equals(dataKey))\n",
              "            .filter(entry -> entry.data().equals(dataKey))\n            .limit(1)\n",
              "registryComposesRunsOnTheSameData"),
          new Mutant(
              "the total budget moves by what runs showed",
              "RunRegistry",
              "if (!fixed.keeps(totalBudget, delta, neighbors))",
              "if (delta > 1)",
              "registryComposesRunsOnTheSameData"),
          new Mutant(
              "a first run counts by Rényi divergences alone",
              "RunRegistry",
              "runs.size() == 1",
              "runs.isEmpty()",
              "firstRunCountsByItsOwnBound"),
          new Mutant(
              "a fork is counted as the run it was copied from",
              "RegistryEntry",
              "ledger.contains(tails.get(tails.size() - 1).hash())",
              "!ledger.isEmpty()",
              "forksAreRefusedOrCounted"),
          new Mutant(
              "sessions leave no line of their own",
              "Ledger",
              "} else if (header.secretKey()) {",
              "} else if (header.delta() > 1) {",
              "resumeKeepsEveryCharge"),
          new Mutant(
              "the odometer picks the best order in hindsight",
              "RenyiOdometer",
              "Math.log(ORDERS.length / delta)",
              "Math.log(1 / delta)",
              "filterAndOdometerFollowTheirFormulas"),
          new Mutant(
              "the filter's budget forgets its conversion",
              "RenyiFilter",
              "+ Math.log(delta * order) / (order - 1)",
              "+ 0",
              "filterAndOdometerFollowTheirFormulas"));

  private Mutants() {}
}

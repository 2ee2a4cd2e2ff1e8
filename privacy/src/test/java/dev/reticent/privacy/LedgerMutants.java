package dev.reticent.privacy;

import dev.reticent.privacy.MutantsTest.Mutant;
import java.util.List;

/** Programs that charge, remember or state less than was spent. */
final class LedgerMutants {

  private static final String BUDGET = "runStopsBeforeTheStepThatExceedsTheBudget";
  private static final String RESUME = "resumeKeepsEveryCharge";
  private static final String CHANGED = "changedLedgerIsRefusedWithItsLine";
  private static final String CURVE = "privateCurveSharesTheSensitivity";

  static final List<Mutant> ALL =
      List.of(
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

  private LedgerMutants() {}
}

package dev.reticent.privacy;

import dev.reticent.privacy.MutantsTest.Mutant;
import java.util.List;

/** Programs whose sums of clipped contributions are not what is promised. */
final class SumMutants {

  private static final String LOOP = "sumEqualsALoopOverSingleExamples";
  private static final String MOVED = "oneUnitMovesTheSumByAtMostC";
  private static final String ONCE = "everyUnitIsAddedExactlyOnce";

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
              "partialSumsCrossExactlyOrNotAtAll"));

  private SumMutants() {}
}

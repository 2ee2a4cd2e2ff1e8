package dev.reticent.privacy;

import java.util.List;

/**
 * Programs that would release something that no ε covers. The compiler refuses them, or the object
 * that they misuse does, before anything is released.
 */
final class WrongPrograms {

  private WrongPrograms() {}

  /**
   * Text before and behind the body of a program; what it may use are its parameters. Its optimizer
   * takes what the SDK's optimizers take; the SDK's OptimizerInputTest compiles against those.
   */
  static final String PROGRAM =
      """
      package outside;
      import dev.reticent.privacy.*;
      class Program {
        Object run(PrivateStep step, StepPlan plan, Clipping clipping, RunKey key, Ledger ledger,
            LedgerHeader header, PoissonBatch batch, GradientAccumulator sum, ClippedSum clipped,
            PartialAccumulator part, PerExampleGradients gradients, java.nio.file.Path path,
            Optimizer optimizer, float[] parameters) throws Exception {
          %s
        }
        interface Optimizer {
          void step(float[] parameters, MeanGradient gradient, double learningRate);
        }
      }
      """;

  /** A whole step as it is meant to be. */
  static final String RIGHT =
      """
      PrivateStep own = PrivateStep.open(plan, clipping, key, ledger, 9);
      PoissonBatch drawn = own.sample();
      GradientAccumulator all = drawn.accumulator(parameters.length);
      PartialAccumulator some = all.rule().accumulator();
      some.add(drawn.indices(), gradients);
      all.add(some.finish());
      PrivateStep.Release released = own.release(all.finish());
      optimizer.step(parameters, released.mean(), 0.1);
      return released.epsilonSpent();
      """;

  /**
   * @param what what it does
   * @param body its statements
   * @param message a part of what the compiler says
   */
  record Uncompilable(String what, String body, String message) {}

  /**
   * @param what what it does
   * @param check the check of {@link Conformance} that sees it refused
   */
  record Refused(String what, String check) {}

  private static final String NOT_PUBLIC = "not public";

  static final List<Uncompilable> COMPILER =
      List.of(
          new Uncompilable(
              "divides by the size of the batch that was drawn",
              "return step.release(clipped).mean(batch.size());",
              "cannot be applied"),
          new Uncompilable(
              "divides a noisy sum by a number of its own",
              "return new NoisySum(null, null, null, 0, 1).mean(batch.size());",
              "class NoisySum"),
          new Uncompilable(
              "counts every step as ε = 0",
              "return Ledger.open(path, header, steps -> 0.0);",
              "not a functional interface"),
          new Uncompilable(
              "takes a new sampler with one key for each step",
              "return new PoissonSampler(plan.mechanism(), 9, key, 0);",
              "class PoissonSampler"),
          new Uncompilable(
              "makes noise without its sampler",
              "return new GaussianMechanism(plan.mechanism(), key, ledger, 0);",
              "class GaussianMechanism"),
          new Uncompilable(
              "chooses the units of a batch",
              "return new PoissonBatch(plan.mechanism(), 0, new int[0], clipping,"
                  + " PrivateCurve.NONE);",
              NOT_PUBLIC),
          new Uncompilable(
              "makes a clipped sum by hand",
              "return new ClippedSum(batch, sum.rule(), new long[1]);",
              NOT_PUBLIC),
          new Uncompilable(
              "makes a partial sum by hand",
              "return new PartialSum(0, 1, new int[0], new long[1]);",
              NOT_PUBLIC),
          new Uncompilable(
              "adds gradients that nothing has clipped",
              "sum.add(gradients); return 0;",
              "PartialSum"),
          new Uncompilable("reads a clipped sum", "return clipped.take();", NOT_PUBLIC),
          new Uncompilable("reads a partial sum", "return part.finish().take();", NOT_PUBLIC),
          new Uncompilable(
              "clips by a rule of its own",
              "Clipping none = new Clipping() { public double clipNorm() { return 1; } public"
                  + " double[][] weights(double[][] n) { return n; } }; return none;",
              "sealed"),
          new Uncompilable(
              "trains with a raw gradient",
              "optimizer.step(parameters, new float[1], 0.1); return 0;",
              "float[]"),
          new Uncompilable(
              "trains with a clipped sum without noise",
              "optimizer.step(parameters, clipped, 0.1); return 0;",
              "ClippedSum"),
          new Uncompilable(
              "calls a gradient private", "return new NoisyMean(new float[1], 1);", NOT_PUBLIC),
          new Uncompilable(
              "makes a gradient type of its own",
              "MeanGradient raw = () -> new float[1]; return raw;",
              "incompatible"),
          new Uncompilable(
              "reads the noise",
              "return key.stream(RunKey.Purpose.NOISE, 0, 0).nextLong();",
              NOT_PUBLIC),
          new Uncompilable(
              "writes a charge of its own",
              "ledger.record(0, plan.mechanism(), 1); return 0;",
              NOT_PUBLIC),
          new Uncompilable(
              "changes the step by inheriting it",
              "class Own extends PrivateStep {} return new Own();",
              "final"));

  static final List<Refused> OBJECTS =
      List.of(
          new Refused(
              "gives gradients that ignore their weights",
              "sumLongerThanItsUnitsCanMakeItIsRefused"),
          new Refused(
              "forges the bytes of a partial sum", "sumLongerThanItsUnitsCanMakeItIsRefused"),
          new Refused("adds a sum of another clip norm", "sumsOfAnotherRuleAreRefused"),
          new Refused("adds a unit twice", "unitsAreAllClaimedOrNone"),
          new Refused("leaves a sampled unit out", "everyUnitIsAddedExactlyOnce"),
          new Refused("adds a unit that was not sampled", "everyUnitIsAddedExactlyOnce"),
          new Refused("draws batches until one suits", "noBatchIsPassedOver"),
          new Refused("releases an earlier batch's sum", "noBatchIsPassedOver"),
          new Refused("releases a sum twice", "sumIsReleasedOnce"),
          new Refused("opens a second step with the same key", "keyServesOneStep"),
          new Refused("opens a step with another plan's ledger", "stepOfAnotherLedgerIsRefused"),
          new Refused(
              "opens a step with another clip norm's ledger", "stepOfAnotherLedgerIsRefused"),
          new Refused("promises a secret key and takes a test key", "testKeyHasNoGuarantee"),
          new Refused("goes on past the budget", "runStopsBeforeTheStepThatExceedsTheBudget"),
          new Refused("goes on past the planned steps", "samplerTakesExactlyTheAccountedSteps"),
          new Refused("writes on an edited ledger", "changedLedgerIsRefusedWithItsLine"));

  static String table() {
    StringBuilder table =
        new StringBuilder(
            """

            ## Wrong programs

            Programs outside of the package that would release what no ε covers. `WrongProgramsTest` compiles
            the first ones and expects an error; the others are refused by an object while they run, before
            anything is released, as the named check of `Conformance` sees.

            | program | refused by |
            | --- | --- |
            """);
    COMPILER.forEach(p -> table.append("| %s | the compiler |\n".formatted(p.what())));
    OBJECTS.forEach(p -> table.append("| %s | `%s` |\n".formatted(p.what(), p.check())));
    return table.toString();
  }
}

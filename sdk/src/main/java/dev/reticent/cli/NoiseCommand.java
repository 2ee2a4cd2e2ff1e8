package dev.reticent.cli;

import dev.reticent.config.UserInputException;
import dev.reticent.privacy.accounting.RdpAccountant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The smallest noise that keeps a budget. */
@Command(
    name = "noise",
    description = "The smallest noise multiplier that keeps epsilon, rounded up.",
    mixinStandardHelpOptions = true)
final class NoiseCommand implements Callable<Integer> {
  private static final double LARGEST = 10_000;
  private static final double PRECISION = 1e-5;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private SamplingOptions options = new SamplingOptions();

  @Option(names = "--epsilon", required = true, paramLabel = "E", description = "The budget.")
  private double epsilon;

  @Override
  public Integer call() {
    SamplingOptions.positive("--epsilon", epsilon);
    double sigma = smallest();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("noise_multiplier_rdp", sigma);
    figures.put("epsilon_rdp", spent(sigma));
    figures.put("epsilon", epsilon);
    figures.putAll(options.assumptions());
    Output.print(spec.commandLine().getOut(), options.json(), figures);
    return 0;
  }

  private double spent(double sigma) {
    return new RdpAccountant(options.samplingRate(), sigma)
        .epsilon(options.steps(), options.delta());
  }

  /** By bisection: ε falls with σ. What is returned keeps the budget. */
  private double smallest() {
    double high = 1;
    while (spent(high) > epsilon) {
      high *= 2;
      if (high > LARGEST) {
        throw new UserInputException(
            "--epsilon: "
                + epsilon
                + " is not met by any noise up to "
                + LARGEST
                + "; ask for more, or take fewer steps");
      }
    }
    double low = high / 2;
    while (low > 0.01 && spent(low) <= epsilon) {
      high = low;
      low /= 2;
    }
    while (high - low > PRECISION * high) {
      double middle = (low + high) / 2;
      if (spent(middle) <= epsilon) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }
}

package dev.reticent.cli;

import dev.reticent.config.UserInputException;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.RdpAccountant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.DoubleSupplier;
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
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private SamplingOptions options = new SamplingOptions();

  @Option(names = "--epsilon", required = true, paramLabel = "E", description = "The budget.")
  private double epsilon;

  @Override
  public Integer call() {
    SamplingOptions.positive("--epsilon", epsilon);
    Map<String, Object> figures = new LinkedHashMap<>();
    double q = options.samplingRate();
    int steps = options.steps();
    double delta = options.delta();
    double pld =
        smallest(
            () -> PldAccountant.noiseMultiplier(epsilon, delta, q, steps, options.adjacency()));
    figures.put("noise_multiplier_pld", pld);
    figures.put(
        "epsilon_pld_upper", new PldAccountant(q, pld, options.adjacency()).upper(steps, delta));
    if (options.hasRdp()) {
      double rdp = smallest(() -> RdpAccountant.noiseMultiplier(epsilon, delta, q, steps));
      figures.put("noise_multiplier_rdp", rdp);
      figures.put("epsilon_rdp", new RdpAccountant(q, rdp).epsilon(steps, delta));
    }
    figures.put("epsilon", epsilon);
    figures.putAll(options.assumptions());
    Output.print(spec.commandLine().getOut(), options.json(), figures);
    return 0;
  }

  private static double smallest(DoubleSupplier search) {
    try {
      return search.getAsDouble();
    } catch (IllegalArgumentException e) {
      throw new UserInputException(e.getMessage() + "; allow more, or take fewer steps", e);
    }
  }
}

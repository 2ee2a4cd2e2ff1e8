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
    figures.put(
        "epsilon_rdp",
        new RdpAccountant(options.samplingRate(), sigma).epsilon(options.steps(), options.delta()));
    figures.put("epsilon", epsilon);
    figures.putAll(options.assumptions());
    Output.print(spec.commandLine().getOut(), options.json(), figures);
    return 0;
  }

  private double smallest() {
    try {
      return RdpAccountant.noiseMultiplier(
          epsilon, options.delta(), options.samplingRate(), options.steps());
    } catch (IllegalArgumentException e) {
      throw new UserInputException(e.getMessage() + "; allow more, or take fewer steps", e);
    }
  }
}

package dev.reticent.cli;

import dev.reticent.privacy.accounting.EpsilonBracket;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.RdpAccountant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** ε of a run with this noise. */
@Command(
    name = "epsilon",
    description = "Epsilon of a run with this noise, rows drawn by Poisson sampling.",
    mixinStandardHelpOptions = true)
final class EpsilonCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private SamplingOptions options = new SamplingOptions();

  @Option(
      names = "--noise-multiplier",
      required = true,
      paramLabel = "S",
      description = "The noise's standard deviation over the clip norm.")
  private double noiseMultiplier;

  @Override
  public Integer call() {
    double sigma = SamplingOptions.positive("--noise-multiplier", noiseMultiplier);
    EpsilonBracket bracket =
        new PldAccountant(options.samplingRate(), sigma, options.adjacency())
            .epsilon(options.steps(), options.delta());
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("epsilon_pld_upper", bracket.upper());
    figures.put("epsilon_pld_lower", bracket.lower());
    if (options.hasRdp()) {
      figures.put(
          "epsilon_rdp",
          new RdpAccountant(options.samplingRate(), sigma)
              .epsilon(options.steps(), options.delta()));
    }
    figures.put("noise_multiplier", sigma);
    figures.putAll(options.assumptions());
    Output.print(spec.commandLine().getOut(), options.json(), figures);
    return 0;
  }
}

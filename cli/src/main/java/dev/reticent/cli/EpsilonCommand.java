package dev.reticent.cli;

import dev.reticent.privacy.accounting.EpsilonBracket;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.Subsampling;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** ε of a run with this noise. */
@Command(
    name = "epsilon",
    description = "Epsilon of a run with this noise.",
    footer = {
      "",
      "For example:",
      "  ./reticent privacy epsilon --sampling-rate 0.01 --noise-multiplier 1 \\",
      "    --steps 1000 --delta 1e-5",
      "More: docs/accounting.md"
    },
    mixinStandardHelpOptions = true)
final class EpsilonCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private SamplingOptions options = new SamplingOptions();
  @Mixin private AccountingOptions accounting = new AccountingOptions();
  @Mixin private NoiseOption noise = new NoiseOption();
  @Mixin private StepsOption steps = new StepsOption();

  @Override
  public Integer call() {
    double sigma = noise.sigma();
    Subsampling sampling = options.sampling();
    PrivacyEvent event = new PrivacyEvent(sampling, sigma, steps.count());
    Map<String, Object> figures = new LinkedHashMap<>();
    accounting
        .accountants(sampling)
        .forEach(
            (name, accountant) -> {
              if (accountant instanceof PldAccountant pld) {
                EpsilonBracket bracket = pld.bracket(event, accounting.delta());
                figures.put("epsilon_pld_upper", bracket.upper());
                figures.put("epsilon_pld_lower", bracket.lower());
                figures.put("best_test_accuracy", pld.tradeOff(event).accuracy());
              } else {
                figures.put("epsilon_" + name, accountant.epsilon(event, accounting.delta()));
              }
            });
    figures.put("noise_multiplier", sigma);
    figures.put("steps", steps.count());
    figures.put("sampling_rate", sampling.rate());
    figures.putAll(accounting.assumptions(sampling));
    Output.print(spec.commandLine().getOut(), accounting.json(), figures);
    return 0;
  }
}

package dev.reticent.cli;

import dev.reticent.privacy.accounting.Calibration;
import dev.reticent.privacy.accounting.Subsampling;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** How long a budget lasts. */
@Command(
    name = "steps",
    description = "The most steps (or passes, for once-per-pass) that keep epsilon.",
    footer = {
      "",
      "For example:",
      "  ./reticent privacy steps --epsilon 3 --sampling-rate 0.01 \\",
      "    --noise-multiplier 1 --delta 1e-5",
      "More: docs/accounting.md"
    },
    mixinStandardHelpOptions = true)
final class StepsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private SamplingOptions options = new SamplingOptions();
  @Mixin private AccountingOptions accounting = new AccountingOptions();
  @Mixin private NoiseOption noise = new NoiseOption();
  @Mixin private BudgetOption budget = new BudgetOption();

  @Override
  public Integer call() {
    double epsilon = budget.epsilon();
    double sigma = noise.sigma();
    Subsampling sampling = options.sampling();
    Map<String, Object> figures = new LinkedHashMap<>();
    accounting
        .accountants(sampling)
        .forEach(
            (name, accountant) ->
                figures.put(
                    "steps_" + name,
                    new Calibration(accountant, accounting.delta())
                        .steps(epsilon, sampling, sigma)));
    figures.put("epsilon", epsilon);
    figures.put("noise_multiplier", sigma);
    figures.put("sampling_rate", sampling.rate());
    figures.putAll(accounting.assumptions(sampling));
    Output.print(spec.commandLine().getOut(), accounting.json(), figures);
    return 0;
  }
}

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

/** How large a part of the data a step may draw. */
@Command(
    name = "rate",
    description = "The largest sampling rate of Poisson sampling that keeps epsilon.",
    footer = {
      "",
      "For example:",
      "  ./reticent privacy rate --epsilon 3 --noise-multiplier 1 --steps 1000 \\",
      "    --delta 1e-5",
      "More: docs/accounting.md"
    },
    mixinStandardHelpOptions = true)
final class RateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private AccountingOptions accounting = new AccountingOptions();
  @Mixin private NoiseOption noise = new NoiseOption();
  @Mixin private BudgetOption budget = new BudgetOption();
  @Mixin private StepsOption steps = new StepsOption();

  @Override
  public Integer call() {
    double epsilon = budget.epsilon();
    double sigma = noise.sigma();
    int count = steps.count();
    Subsampling some = new Subsampling.Poisson(0.5);
    Map<String, Object> figures = new LinkedHashMap<>();
    accounting
        .accountants(some)
        .forEach(
            (name, accountant) ->
                figures.put(
                    "sampling_rate_" + name,
                    AccountingOptions.asked(
                        () ->
                            new Calibration(accountant, accounting.delta())
                                .samplingRate(epsilon, sigma, count))));
    figures.put("epsilon", epsilon);
    figures.put("noise_multiplier", sigma);
    figures.put("steps", count);
    figures.putAll(accounting.assumptions(some));
    Output.print(spec.commandLine().getOut(), accounting.json(), figures);
    return 0;
  }
}

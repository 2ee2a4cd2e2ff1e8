package dev.reticent.cli;

import dev.reticent.privacy.accounting.Calibration;
import dev.reticent.privacy.accounting.PrivacyEvent;
import dev.reticent.privacy.accounting.Subsampling;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The smallest noise that keeps a budget. */
@Command(
    name = "noise",
    description = "The smallest noise multiplier that keeps epsilon, rounded up.",
    footer = {
      "",
      "For example:",
      "  ./reticent privacy noise --epsilon 3 --sampling-rate 0.01 --steps 1000 \\",
      "    --delta 1e-5",
      "More: docs/accounting.md"
    },
    mixinStandardHelpOptions = true)
final class NoiseCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private SamplingOptions options = new SamplingOptions();
  @Mixin private AccountingOptions accounting = new AccountingOptions();
  @Mixin private BudgetOption budget = new BudgetOption();
  @Mixin private StepsOption steps = new StepsOption();

  @Override
  public Integer call() {
    double epsilon = budget.epsilon();
    int count = steps.count();
    Subsampling sampling = options.sampling();
    double delta = accounting.delta();
    Map<String, Object> figures = new LinkedHashMap<>();
    accounting
        .accountants(sampling)
        .forEach(
            (name, accountant) -> {
              Calibration calibration = new Calibration(accountant, delta);
              double sigma =
                  AccountingOptions.asked(
                      () -> calibration.noiseMultiplier(epsilon, sampling, count));
              figures.put("noise_multiplier_" + name, sigma);
              figures.put(
                  name.equals("pld") ? "epsilon_pld_upper" : "epsilon_" + name,
                  accountant.epsilon(new PrivacyEvent(sampling, sigma, count), delta));
            });
    figures.put("epsilon", epsilon);
    figures.put("steps", count);
    figures.put("sampling_rate", sampling.rate());
    figures.putAll(accounting.assumptions(sampling));
    Output.print(spec.commandLine().getOut(), accounting.json(), figures);
    return 0;
  }
}

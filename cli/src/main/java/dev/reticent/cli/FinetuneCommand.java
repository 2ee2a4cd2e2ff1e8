package dev.reticent.cli;

import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.run.FinetuneResult;
import dev.reticent.training.Trainer;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fine-tunes a model. */
@Command(
    name = "finetune",
    description = "Fine-tunes a model on private data as the config says.",
    footer = {
      "",
      "For example:",
      "  ./reticent finetune configs/quickstart.yaml",
      "  ./reticent finetune configs/quickstart.yaml batch_size=256 \\",
      "    saving_dir=runs/smaller",
      "More: docs/own-data.md; docs/configuration.md has every setting"
    },
    mixinStandardHelpOptions = true)
final class FinetuneCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(names = "--json", description = "Prints the result as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    FinetuneResult result;
    int code;
    try (ConsoleListener listener = new ConsoleListener(spec.commandLine().getErr())) {
      result = DPFinetuningRecipe.of(options.config()).run(listener);
      code = listener.exitCode();
    }
    boolean interrupted = result.outcome() == Trainer.Outcome.INTERRUPTED;
    if (!json) {
      out.println(result.statement());
      out.println(interrupted ? "Go on with the same command." : result.next());
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("folder", result.folder().toString());
    figures.put("outcome", result.outcome().name().toLowerCase(Locale.ROOT));
    figures.put("steps", result.steps());
    figures.put("adapter_step", result.adapterStep());
    if (result.plan().isPrivate()) {
      figures.put("epsilon", result.epsilon());
      figures.put("delta", result.plan().delta());
    }
    if (!Double.isNaN(result.lossBefore())) {
      figures.put("held_out_loss_before", loss(result.lossBefore()));
    }
    if (!Double.isNaN(result.lossAfter())) {
      figures.put("held_out_loss_after", loss(result.lossAfter()));
    }
    Output.print(out, json, figures);
    return interrupted ? code : 0;
  }

  /** All digits for programs, four for people. */
  private double loss(double loss) {
    return json ? loss : Math.round(loss * 1e4) / 1e4;
  }
}

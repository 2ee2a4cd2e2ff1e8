package dev.reticent.cli;

import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.recipe.FinetunePlan;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a run will do and cost. */
@Command(
    name = "plan",
    description = "Says what a run will do and what privacy it will cost, without running it.",
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(names = "--rows", required = true, paramLabel = "N", description = "Privacy units.")
  private int rows;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    FinetunePlan plan = DPFinetuningRecipe.of(options.config()).plan(rows);
    spec.commandLine()
        .getOut()
        .println(json ? plan.toJson().toString() : plan.toText().stripTrailing());
    return 0;
  }
}

package dev.reticent.cli;

import dev.reticent.config.UserInputException;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.recipe.FinetunePlan;
import java.util.Optional;
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

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Privacy units; without it those of the config's data are counted.")
  private Optional<Integer> rows = Optional.empty();

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    if (rows.isPresent() && rows.get() < 1) {
      throw new UserInputException("--rows: found " + rows.get() + "; give at least 1.");
    }
    DPFinetuningRecipe recipe = DPFinetuningRecipe.of(options.config());
    FinetunePlan plan = rows.isPresent() ? recipe.plan(rows.get()) : recipe.plan();
    spec.commandLine()
        .getOut()
        .println(json ? plan.toJson().toString() : plan.toText().stripTrailing());
    return 0;
  }
}

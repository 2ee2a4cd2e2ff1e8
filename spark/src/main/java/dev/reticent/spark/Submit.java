package dev.reticent.spark;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.run.FinetuneListener;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** {@code spark-submit --class dev.reticent.spark.Submit JAR CONFIG.yaml [KEY=VALUE…]}. */
public final class Submit {

  private Submit() {}

  /**
   * Runs a config on the cluster that spark-submit says; exits with 2 where it cannot be used.
   *
   * @param args a config file, and settings that replace its own
   */
  public static void main(String[] args) {
    if (args.length == 0) {
      System.err.println("give a config file: Submit CONFIG.yaml [KEY=VALUE…]");
      System.exit(2);
    }
    List<String> overrides = Arrays.asList(args).subList(1, args.length);
    try {
      Config config = Config.read(Path.of(args[0])).withOverrides(overrides);
      System.out.println(
          DPFinetuningRecipe.of(config.with("distributed.engine", "spark"))
              .run(new Console())
              .statement());
    } catch (UserInputException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private static final class Console implements FinetuneListener {
    @Override
    public void notice(String message) {
      System.err.println(message);
    }
  }
}

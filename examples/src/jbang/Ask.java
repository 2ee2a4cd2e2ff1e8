import dev.reticent.config.Config;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.recipe.SampleRecipe;
import dev.reticent.run.FinetuneListener;
import java.nio.file.Path;
import java.util.List;

/**
 * Fine-tunes as a YAML file says, then asks the result: {@code jbang ask CONFIG QUESTION…}, in this
 * folder. What it depends on stands in jbang-catalog.json.
 */
class Ask {

  public static void main(String... arguments) {
    var config = Config.read(Path.of(arguments[0]));
    var result = DPFinetuningRecipe.of(config).run(new FinetuneListener() {});
    System.out.println(result.statement());

    var asked = Config.empty().with("checkpoint_path", result.folder().toString());
    for (var answer :
        SampleRecipe.of(asked).answer(List.of(arguments).subList(1, arguments.length))) {
      System.out.println(answer.prompt());
      System.out.println("  " + answer.generation().text());
    }
  }
}

package example;

import com.google.common.collect.Range;
import dev.reticent.config.Config;
import dev.reticent.recipe.DPFinetuningRecipe;
import dev.reticent.run.FinetuneListener;
import dev.reticent.run.FinetuneResult;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An application that fine-tunes as a YAML file says and looks at what that cost. */
public final class Budget {

  private static final Logger LOG = LoggerFactory.getLogger(Budget.class);

  private Budget() {}

  public static void main(String[] arguments) {
    Config config = Config.read(Path.of("finetune.yaml"));
    FinetuneResult result = DPFinetuningRecipe.of(config).run(new FinetuneListener() {});
    Range<Double> allowed = Range.closed(0.0, 8.0);
    LOG.info(
        "{} steps, within {}: {}", result.steps(), allowed, allowed.contains(result.epsilon()));
  }
}

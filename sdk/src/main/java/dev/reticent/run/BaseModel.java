package dev.reticent.run;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.settings.ModelSettings;
import dev.reticent.text.ChatTemplate;
import dev.reticent.text.PromptFormat;
import dev.reticent.text.Tokenizer;
import java.nio.file.Path;

/**
 * A base model but for its weights: all of it that a machine needs which computes nothing with it,
 * as the one that directs a cluster.
 */
@Internal
public record BaseModel(Path folder, ModelConfig config, Tokenizer tokenizer, PromptFormat format)
    implements AutoCloseable {

  /**
   * Reads what settings name.
   *
   * @throws dev.reticent.config.UserInputException when it is not there or cannot be used
   */
  public static BaseModel open(ModelSettings settings) {
    Path folder = settings.folder();
    Path tokenizerFolder = settings.tokenizerDir().orElse(folder);
    ModelConfig config = ModelConfig.read(folder);
    Tokenizer known = Tokenizer.open(tokenizerFolder).within(config.vocabSize());
    return new BaseModel(
        folder, config, known, new PromptFormat(known, ChatTemplate.find(tokenizerFolder)));
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}

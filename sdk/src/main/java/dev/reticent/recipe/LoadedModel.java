package dev.reticent.recipe;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.data.PromptFormat;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.model.Decoder;
import dev.reticent.model.DecoderOptions;
import dev.reticent.text.ChatTemplate;
import dev.reticent.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A base model with its tokenizer and prompt format. */
record LoadedModel(Path folder, Decoder decoder, Tokenizer tokenizer, PromptFormat format)
    implements AutoCloseable {

  static Path folder(ModelSettings settings) {
    return settings.embedded() ? EmbeddedModel.folder() : settings.folder();
  }

  /**
   * The settings with which a run was trained.
   *
   * @param key the config's key that led to the run, for messages
   */
  static ModelSettings ofRun(String key, Path run) {
    Path file = run.resolve("config.yaml");
    if (!Files.isRegularFile(file)) {
      throw new UserInputException(
          key
              + ": "
              + run
              + " has no config.yaml that would say its base model; give foundation_model_name.");
    }
    return FinetuneConfig.of(Config.read(file)).model();
  }

  static LoadedModel open(ModelSettings settings) {
    if (settings.devices().stream().distinct().count() > 1) {
      throw new UserInputException(
          "devices: found "
              + settings.devices()
              + ", but this version computes on one kind of device; name one, once for each worker.");
    }
    if (settings.offload() != ModelSettings.Offload.NONE) {
      throw new UserInputException(
          "offload: host is not supported in this version; remove the key.");
    }
    Path folder = folder(settings);
    Path tokenizerFolder = settings.tokenizerDir().orElse(folder);
    Tokenizer tokenizer = Tokenizer.open(tokenizerFolder);
    Decoder decoder =
        Decoder.load(
            folder,
            new DecoderOptions(
                ComputeDevice.parse(settings.devices().get(0)),
                settings.computeType(),
                settings.quantization()));
    return new LoadedModel(
        folder,
        decoder,
        tokenizer,
        new PromptFormat(tokenizer, ChatTemplate.find(tokenizerFolder)));
  }

  @Override
  public void close() {
    decoder.close();
    tokenizer.close();
  }
}

package dev.reticent.run;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.UserInputException;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.settings.ModelSettings;
import dev.reticent.settings.SampleConfig;
import java.nio.file.Path;

/** A loaded model with what fine-tuning added to it, ready to answer. */
@Internal
public record TunedModel(LoadedModel model, AdapterTensors adapter) implements AutoCloseable {

  /**
   * Loads what a config names: its model, or else that of the run it samples; with the run's
   * adapter, where there is one.
   */
  public static TunedModel open(SampleConfig config) {
    LoadedModel model = LoadedModel.open(settings(config));
    try {
      return new TunedModel(model, adapter(config, model.decoder()));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /**
   * Reads what says the model and the adapter, and no weights of the model.
   *
   * @throws UserInputException when they are not there
   */
  public static void require(SampleConfig config) {
    ModelConfig base = ModelConfig.read(settings(config).folder());
    config
        .checkpointPath()
        .filter(path -> !LoadedModel.isWholeModel(path))
        .ifPresent(path -> PeftFolder.read(path, base));
  }

  private static ModelSettings settings(SampleConfig config) {
    ModelSettings own = config.model();
    if (own.given()) {
      return own;
    }
    Path run =
        config
            .checkpointPath()
            .orElseThrow(
                () -> new UserInputException("foundation_model_name: missing; name a model."));
    return LoadedModel.ofRun("checkpoint_path", run);
  }

  private static AdapterTensors adapter(SampleConfig config, Decoder decoder) {
    return config
        .checkpointPath()
        .filter(path -> !LoadedModel.isWholeModel(path))
        .map(path -> PeftFolder.read(path, decoder.config()).on(decoder))
        .orElseGet(() -> AdapterTensors.none(decoder.config(), decoder.device()));
  }

  /** The decoder on the first device. */
  public Decoder decoder() {
    return model.decoder();
  }

  @Override
  public void close() {
    adapter.close();
    model.close();
  }
}

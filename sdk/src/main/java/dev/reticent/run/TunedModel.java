package dev.reticent.run;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.sampling.GenerationQueue;
import dev.reticent.settings.ModelSettings;
import dev.reticent.settings.SampleConfig;
import java.nio.file.Path;

/**
 * A loaded model, base or fine-tuned, for all that is asked of it until it is closed.
 *
 * <pre>{@code
 * try (TunedModel model = TunedModel.open(config)) {
 *   SampleRecipe.of(config).answer(model, questions);
 *   AnswerLoss.of(model, questions, answers);
 * }
 * }</pre>
 *
 * @param settings which base it is, and how it is held
 */
public record TunedModel(ModelSettings settings, LoadedModel model, AdapterTensors adapter)
    implements AutoCloseable {

  /** Prompt and answer together, where neither config nor model says less. */
  private static final int CONTEXT_TOKENS = 4096;

  /**
   * Loads what a config of sampling names.
   *
   * @throws UserInputException naming every problem of the config, or saying what of the model is
   *     not as it should be
   */
  public static TunedModel open(Config config) {
    return open(SampleConfig.of(config));
  }

  /**
   * Loads what a config names: its model, or else that of the run it samples; with the run's
   * adapter, where there is one.
   */
  public static TunedModel open(SampleConfig config) {
    ModelSettings settings = settings(config);
    return on(settings, LoadedModel.open(settings), config);
  }

  /**
   * The model of another config of sampling, in place of this one, which is closed. A base that
   * both have stays loaded.
   */
  public TunedModel then(Config other) {
    SampleConfig config = SampleConfig.of(other);
    ModelSettings next = settings(config);
    if (!next.equals(settings)) {
      close();
      return open(config);
    }
    adapter.close();
    return on(next, model, config);
  }

  /** A base with the adapter of a config; without one that fits, the base is closed. */
  private static TunedModel on(ModelSettings settings, LoadedModel model, SampleConfig config) {
    try {
      return new TunedModel(settings, model, adapter(config, model.decoder()));
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
  @Internal
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

  /**
   * Starts a queue that answers with this model, which must outlive it.
   *
   * @param config says how many are answered at once, and the longest context
   */
  @Internal
  public GenerationQueue queue(SampleConfig config) {
    int context =
        Math.min(
            decoder().config().maxPositions(),
            config.decoding().maxLength().orElse(CONTEXT_TOKENS));
    DecodingSession session = DecodingSession.on(decoder(), adapter, config.batchSize(), context);
    return GenerationQueue.start(session, model.tokenizer());
  }

  @Override
  public void close() {
    adapter.close();
    model.close();
  }
}

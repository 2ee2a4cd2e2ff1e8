package dev.reticent.run;

import dev.reticent.api.Internal;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Hardware;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.Decoder;
import dev.reticent.model.DecoderGroup;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.ModelSettings;
import dev.reticent.text.PromptFormat;
import dev.reticent.text.Tokenizer;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.WeightCache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A base model with its weights.
 *
 * @param decoders one for each device of the settings
 */
@Internal
public record LoadedModel(BaseModel base, DecoderGroup decoders) implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(LoadedModel.class.getName());

  /**
   * The settings with which a run was trained.
   *
   * @param key the config's key that led to the run, for messages
   */
  public static ModelSettings ofRun(String key, Path run) {
    Path file = run.resolve("config.yaml");
    if (!Files.isDirectory(run)) {
      throw new UserInputException(
          key
              + ": there is no folder "
              + run
              + ". `./reticent quickstart` makes runs/quickstart, and `./reticent finetune"
              + " CONFIG.yaml` makes the saving_dir of its config.");
    }
    if (!Files.isRegularFile(file)) {
      throw new UserInputException(
          key
              + ": "
              + run
              + " has no config.yaml that would say its base model; give foundation_model_name.");
    }
    ModelSettings trained = FinetuneConfig.of(Config.read(file)).model();
    return isWholeModel(run) ? trained.at(run) : trained;
  }

  /** Whether a run trained all weights, so that its folder is the model. */
  public static boolean isWholeModel(Path run) {
    return Files.isRegularFile(run.resolve("config.json")) && !PeftFolder.isAdapter(run);
  }

  /** For sampling. */
  public static LoadedModel open(ModelSettings settings) {
    return open(settings, 0, notice -> LOG.log(System.Logger.Level.WARNING, notice));
  }

  /**
   * @param zeroStage what several devices share out
   * @param notices receives a line whenever something is not as it should be
   */
  public static LoadedModel open(ModelSettings settings, int zeroStage, Consumer<String> notices) {
    settings.devices().forEach(Hardware.here()::require);
    BaseModel base = BaseModel.open(settings);
    WeightCache cache =
        settings
            .cacheDir()
            .map(dir -> new WeightCache(dir, 0, notices))
            .orElseGet(() -> WeightCache.standard(notices));
    ComputeDevice first = settings.devices().get(0);
    DecoderGroup decoders =
        DecoderGroup.load(
            base.folder(),
            settings.devices(),
            new DecoderOptions(
                first, settings.computeType(), settings.quantization(), settings.activations()),
            settings.placement(zeroStage),
            cache,
            notices);
    LOG.log(System.Logger.Level.DEBUG, "loaded {0}", base.folder());
    return new LoadedModel(base, decoders);
  }

  /** The model's folder. */
  public Path folder() {
    return base.folder();
  }

  /** Its tokenizer. */
  public Tokenizer tokenizer() {
    return base.tokenizer();
  }

  /** How a conversation becomes tokens. */
  public PromptFormat format() {
    return base.format();
  }

  /** The decoder on the first device. */
  public Decoder decoder() {
    return decoders.decoders().get(0);
  }

  @Override
  public void close() {
    decoders.close();
    base.close();
  }
}

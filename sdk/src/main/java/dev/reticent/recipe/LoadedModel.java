package dev.reticent.recipe;

import dev.reticent.data.PromptFormat;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.model.Decoder;
import dev.reticent.model.DecoderGroup;
import dev.reticent.model.DecoderOptions;
import dev.reticent.model.WeightCache;
import dev.reticent.text.ChatTemplate;
import dev.reticent.text.Tokenizer;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A base model with its tokenizer and prompt format.
 *
 * @param decoders one for each device of the settings
 */
record LoadedModel(Path folder, DecoderGroup decoders, Tokenizer tokenizer, PromptFormat format)
    implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(LoadedModel.class.getName());

  static Path folder(ModelSettings settings) {
    return settings.embedded() ? EmbeddedModel.folder() : settings.folder();
  }

  /** For sampling. */
  static LoadedModel open(ModelSettings settings) {
    return open(settings, 0, notice -> LOG.log(System.Logger.Level.WARNING, notice));
  }

  /**
   * @param zeroStage what several devices share out
   * @param notices receives a line whenever something is not as it should be
   */
  static LoadedModel open(ModelSettings settings, int zeroStage, Consumer<String> notices) {
    Path folder = folder(settings);
    Path tokenizerFolder = settings.tokenizerDir().orElse(folder);
    Tokenizer tokenizer = Tokenizer.open(tokenizerFolder);
    WeightCache cache =
        settings
            .cacheDir()
            .map(dir -> new WeightCache(dir, 0, notices))
            .orElseGet(() -> WeightCache.standard(notices));
    ComputeDevice first = settings.devices().get(0);
    DecoderGroup decoders =
        DecoderGroup.load(
            folder,
            settings.devices(),
            new DecoderOptions(
                first, settings.computeType(), settings.quantization(), settings.activations()),
            settings.placement(zeroStage),
            cache);
    return new LoadedModel(
        folder,
        decoders,
        tokenizer,
        new PromptFormat(tokenizer, ChatTemplate.find(tokenizerFolder)));
  }

  /** The decoder on the first device. */
  Decoder decoder() {
    return decoders.decoders().get(0);
  }

  @Override
  public void close() {
    decoders.close();
    tokenizer.close();
  }
}

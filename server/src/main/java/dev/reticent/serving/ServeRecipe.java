package dev.reticent.serving;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.checkpoint.Provenance;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.Engine;
import dev.reticent.format.TensorSpec;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.AdapterId;
import dev.reticent.privacy.disclosure.RunFile;
import dev.reticent.run.LoadedModel;
import dev.reticent.run.PublishedStatement;
import dev.reticent.run.RunFolder;
import dev.reticent.sampling.GenerationQueue;
import dev.reticent.sampling.QueueOptions;
import dev.reticent.settings.ModelSettings;
import dev.reticent.weights.TensorNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Serves a base model and its fine-tuned adapters over HTTP, as a config says.
 *
 * <p>Adapters are found by name in {@code adapters_root} and nowhere else: links that lead out of
 * it are refused. Each carries the privacy statement of its run. Sampling is post-processing of
 * what training released and costs no privacy budget; prompts are not protected by it.
 */
public final class ServeRecipe {

  /** Measured on two cores. */
  private static final long SMALL_WEIGHTS = 50_000_000;

  private final ServeConfig config;

  private ServeRecipe(ServeConfig config) {
    this.config = config;
  }

  /**
   * The recipe of a config.
   *
   * @throws UserInputException naming every problem of the config with its place
   */
  public static ServeRecipe of(Config config) {
    return new ServeRecipe(ServeConfig.of(config));
  }

  /**
   * Starts the server, which is ready when this returns.
   *
   * @throws UserInputException if it cannot listen there, the key cannot be read, or a model or
   *     adapter cannot be used
   */
  public SamplingServer start() {
    return SamplingServer.start(config.serving().options(), this::load);
  }

  /** An adapter with its name and where it was found. */
  private record Found(String name, Path folder, Adapter adapter) {}

  ServedModels load() {
    List<Path> folders = config.adapters().stream().map(this::folder).toList();
    ModelSettings settings = modelSettings(folders);
    LoadedModel model = LoadedModel.open(settings);
    try {
      ModelConfig shape = model.decoder().config();
      Engine.started().threads(config.serving().threads().orElseGet(() -> threads(shape)));
      List<Found> found = new ArrayList<>();
      for (int i = 0; i < folders.size(); i++) {
        Path folder = folders.get(i);
        found.add(new Found(config.adapters().get(i), folder, PeftFolder.read(folder, shape)));
      }
      int context = Math.min(shape.maxPositions(), config.serving().contextTokens());
      QueueOptions options =
          QueueOptions.of(config.serving().maxRunning(), context)
              .withLookupTokens(config.serving().lookupTokens());
      GenerationQueue queue =
          GenerationQueue.start(
              model.decoder(),
              model.tokenizer(),
              found.stream().map(Found::adapter).toList(),
              config.serving().cacheTokens().map(options::withCacheTokens).orElse(options),
              config.serving().room());
      List<ServedModels.Model> names = names(settings, model, found, context);
      return new ServedModels(
          queue,
          model.tokenizer(),
          model.format(),
          shape.vocabSize(),
          context,
          ServedModels.names(names),
          new LiveAdapters(queue, shape, names.get(0).card()),
          List.of(model));
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  /** How many cores suit a model: to share a short step out takes longer than the step. */
  private static int threads(ModelConfig shape) {
    long weights = new TensorNames(shape).all().stream().mapToLong(TensorSpec::elements).sum();
    return weights < SMALL_WEIGHTS ? 1 : Runtime.getRuntime().availableProcessors();
  }

  private List<ServedModels.Model> names(
      ModelSettings settings, LoadedModel model, List<Found> found, int context) {
    String base = config.modelName().orElseGet(() -> name(settings, model.folder()));
    List<ServedModels.Model> names = new ArrayList<>();
    names.add(
        new ServedModels.Model(
            new ModelCard(
                base,
                base,
                Optional.empty(),
                created(model.folder(), "config.json"),
                context,
                PublishedStatement.of(model.folder())),
            AdapterId.NONE));
    found.forEach(one -> names.add(served(one, base, context)));
    return names;
  }

  private static ServedModels.Model served(Found one, String base, int context) {
    return new ServedModels.Model(
        new ModelCard(
            one.name(),
            base,
            Optional.of(base),
            created(one.folder(), "adapter_config.json"),
            context,
            PublishedStatement.of(one.folder())),
        one.adapter().id());
  }

  /** Adapters that are loaded while the server runs. */
  private final class LiveAdapters implements AdapterSource {
    private final GenerationQueue queue;
    private final ModelConfig shape;
    private final ModelCard base;

    LiveAdapters(GenerationQueue queue, ModelConfig shape, ModelCard base) {
      this.queue = queue;
      this.shape = shape;
      this.base = base;
    }

    @Override
    public ServedModels.Model load(String name, String path) {
      Path folder = new AdapterFolders(config.adaptersRoot()).folder(path);
      Found found = new Found(name, folder, PeftFolder.read(folder, shape));
      ServedModels.Model model = served(found, base.id(), base.maxModelLength());
      queue.load(found.adapter());
      return model;
    }

    @Override
    public void unload(AdapterId adapter) {
      queue.unload(adapter);
    }
  }

  private static String name(ModelSettings settings, Path folder) {
    String given = settings.embedded() ? ModelSettings.EMBEDDED : settings.name().orElse("");
    Path last = given.isEmpty() ? folder.getFileName() : Path.of(given).getFileName();
    return String.valueOf(last);
  }

  /** The folder of a configured adapter; its name is no path. */
  private Path folder(String name) {
    ModelCard.checkName(name);
    return new AdapterFolders(config.adaptersRoot()).folder(name);
  }

  /** The config's model; else that of the first adapter's run. */
  private ModelSettings modelSettings(List<Path> folders) {
    ModelSettings own = config.model();
    return own.given() ? own : LoadedModel.ofRun("adapters", folders.get(0));
  }

  /** The day a run began, or else a file's time, in seconds since 1970. */
  private static long created(Path folder, String name) {
    try {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(new RunFolder(folder).file(RunFile.PROVENANCE))) {
        // A file's time tells how long the run took, and so of the sizes of its batches.
        return Provenance.read(folder).day();
      }
      return Files.getLastModifiedTime(file).toInstant().getEpochSecond();
    } catch (IOException e) {
      return 0;
    }
  }
}

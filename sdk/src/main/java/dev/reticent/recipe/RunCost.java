package dev.reticent.recipe;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.model.DecoderOptions;
import dev.reticent.model.ModelConfig;
import dev.reticent.training.StepTimer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a run takes in memory and time, known before any data is read. */
public final class RunCost {

  /** Noise, sums, the optimizer and the copy to the device, for each trained value. */
  private static final double SECONDS_PER_VALUE = 40e-9;

  private final Config source;
  private final FinetuneConfig config;
  private final ModelConfig model;

  private RunCost(Config source) {
    this.source = source;
    this.config = FinetuneConfig.of(source);
    this.model = ModelConfig.read(LoadedModel.folder(config.model()));
  }

  /**
   * The cost of a config's run.
   *
   * @throws UserInputException when the config is wrong or the model cannot be found
   */
  public static RunCost of(Config config) {
    return new RunCost(config);
  }

  /** At its peak, when every row is as long as allowed. */
  public MemoryEstimate memory() {
    return memory(source);
  }

  private MemoryEstimate memory(Config changed) {
    FinetuneConfig read = FinetuneConfig.of(changed);
    return MemoryEstimate.of(read, model, Target.of(read, model).size());
  }

  /**
   * Seconds a step takes on average, when every row is as long as allowed: measured on one and two
   * layers of the model's shape, here and now.
   */
  public double secondsPerStep() {
    ModelSettings settings = config.model();
    int workers = settings.devices().size();
    int rows = config.batch().physical();
    double turns = Math.max(1, config.batch().expected() / (double) (rows * workers));
    double seconds =
        new StepTimer(
                model,
                settings.devices(),
                new DecoderOptions(
                    settings.devices().get(0),
                    settings.computeType(),
                    settings.quantization(),
                    settings.activations()),
                config.lora().map(lora -> lora.spec(model)))
            .seconds(
                rows,
                Math.min(config.dataset().maxTokens(), model.maxPositions()),
                config.privacy().enabled());
    return turns * seconds + SECONDS_PER_VALUE * Target.of(config, model).size();
  }

  /**
   * Settings that make the run fit, as {@code key=value}: one if one is enough; empty if none are,
   * even all together.
   *
   * @param room bytes of a device, or of the host when that computes
   */
  public List<String> changesToFit(long room) {
    List<Change> changes = changes();
    for (Change change : changes) {
      if (needed(change.apply(source)).filter(bytes -> bytes <= room).isPresent()) {
        return List.of(change.words());
      }
    }
    Config all = source;
    List<String> words = new ArrayList<>();
    for (Change change : changes) {
      Config next = change.apply(all);
      if (needed(next).isPresent()) {
        all = next;
        words.removeIf(word -> word.startsWith(change.key() + "="));
        words.add(change.words());
        if (needed(all).filter(bytes -> bytes <= room).isPresent()) {
          return words;
        }
      }
    }
    return List.of();
  }

  /** Bytes of whatever computes. */
  public long needed() {
    MemoryEstimate memory = memory();
    return memory.onHost() ? memory.total() : memory.device();
  }

  private Optional<Long> needed(Config changed) {
    try {
      MemoryEstimate memory = memory(changed);
      return Optional.of(memory.onHost() ? memory.total() : memory.device());
    } catch (UserInputException e) {
      return Optional.empty(); // the change does not go with the rest of this config
    }
  }

  private record Change(String key, Object value) {
    Config apply(Config config) {
      return config.with(key, value);
    }

    String words() {
      return key + "=" + value;
    }
  }

  private List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    changes.add(new Change("activation_checkpointing", true));
    if (config.lora().isPresent()) {
      changes.add(new Change("quantization.load_in_4bit", true));
    }
    changes.add(new Change("dtype", "bf16"));
    for (int rows = config.batch().physical() / 2; rows >= 1; rows /= 2) {
      changes.add(new Change("physical_batch_size", rows));
    }
    for (int tokens = config.dataset().maxTokens() / 2; tokens >= 128; tokens /= 2) {
      changes.add(new Change("dataset.max_length", tokens));
    }
    if (config.model().devices().stream().anyMatch(device -> !device.kind().equals("cpu"))) {
      changes.add(new Change("offload", "host"));
    }
    return changes;
  }
}

package dev.reticent.plan;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.ModelSettings;
import dev.reticent.training.StepTimer;
import dev.reticent.weights.DecoderOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a run takes in memory and time, known before any data is read. */
public final class RunCost {

  /**
   * Noise, sums, the optimizer and the copy to the device, for each trained value: measured for 28
   * million of them on two cores.
   */
  private static final double SECONDS_PER_VALUE = 16e-9;

  private final Config source;
  private final FinetuneConfig config;
  private final ModelConfig model;

  private RunCost(Config source) {
    this.source = source;
    this.config = FinetuneConfig.of(source);
    this.model = ModelConfig.read(config.model().folder());
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
    return MemoryEstimate.of(read, model, read.trainedValues(model));
  }

  /**
   * Seconds a step takes on average, when every row is as long as allowed: measured on one and two
   * layers of each kind that the model has, here and now.
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
    return turns * seconds + SECONDS_PER_VALUE * config.trainedValues(model);
  }

  /**
   * Settings that make the run fit, as {@code key=value}: as few as will do, and of those the first
   * in the order of what they cost; empty if none do, even all together.
   *
   * @param room bytes of a device, or of the host when that computes
   */
  public List<String> changesToFit(long room) {
    List<List<Change>> keys = changes();
    for (int count = 1; count <= keys.size(); count++) {
      Optional<List<String>> found = fitting(source, keys, count, room);
      if (found.isPresent()) {
        return found.get();
      }
    }
    return List.of();
  }

  /** Changes of exactly {@code count} of the keys. */
  private Optional<List<String>> fitting(
      Config base, List<List<Change>> keys, int count, long room) {
    if (count == 0) {
      boolean fits = needed(base).filter(bytes -> bytes <= room).isPresent();
      return fits ? Optional.of(List.of()) : Optional.empty();
    }
    for (int key = 0; key <= keys.size() - count; key++) {
      List<List<Change>> others = keys.subList(key + 1, keys.size());
      for (Change change : keys.get(key)) {
        Optional<List<String>> rest = fitting(change.apply(base), others, count - 1, room);
        if (rest.isPresent()) {
          List<String> words = new ArrayList<>(change.overrides());
          words.addAll(rest.get());
          return Optional.of(words);
        }
      }
    }
    return Optional.empty();
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

  /**
   * @param overrides as on the command line
   */
  private record Change(List<String> overrides) {
    Config apply(Config config) {
      return config.withOverrides(overrides);
    }
  }

  private static Change change(String... overrides) {
    return new Change(List.of(overrides));
  }

  /** What may be changed: the values of each key, the mildest first. */
  private List<List<Change>> changes() {
    List<List<Change>> keys = new ArrayList<>();
    keys.add(List.of(change("activation_checkpointing=true")));
    if (config.lora().isPresent()) {
      keys.add(List.of(change("quantization.load_in_4bit=true")));
    }
    keys.add(List.of(change("dtype=bf16")));
    keys.add(smallerMicroBatches());
    List<Change> shorter = new ArrayList<>();
    for (int tokens = config.dataset().maxTokens() / 2; tokens >= 128; tokens /= 2) {
      shorter.add(change("dataset.max_length=" + tokens));
    }
    keys.add(shorter);
    if (config.model().devices().stream().anyMatch(device -> !device.kind().equals("cpu"))) {
      keys.add(List.of(change("offload=host")));
    }
    return keys;
  }

  /** Micro-batches of fewer rows; the logical batch, which may follow from them, stays the same. */
  private List<Change> smallerMicroBatches() {
    List<Change> changes = new ArrayList<>();
    int expected = config.batch().expected();
    for (int rows = config.batch().physical() / 2; rows >= 1; rows /= 2) {
      Change alone = change("physical_batch_size=" + rows);
      if (expectedBatch(alone.apply(source)).filter(batch -> batch == expected).isPresent()) {
        changes.add(alone);
      } else if (expected % rows == 0) {
        changes.add(
            change(
                "physical_batch_size=" + rows, "gradient_accumulation_steps=" + expected / rows));
      }
    }
    return changes;
  }

  private static Optional<Integer> expectedBatch(Config changed) {
    try {
      return Optional.of(FinetuneConfig.of(changed).batch().expected());
    } catch (UserInputException e) {
      return Optional.empty();
    }
  }
}

package dev.reticent.settings;

import dev.reticent.data.SampleType;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A fine-tuning run in code, able to say all that YAML can: each method sets one key, and whatever
 * is not set has its default.
 *
 * <pre>{@code
 * Config config =
 *     FinetuneConfig.builder()
 *         .model(model -> model.name("reticent-tiny"))
 *         .lora(lora -> lora.rank(8))
 *         .privacy(privacy -> privacy.targetEpsilon(3).delta(1e-5))
 *         .maxSteps(20)
 *         .config();
 * DPFinetuningRecipe.of(config).run();
 * }</pre>
 */
public final class FinetuneBuilder extends ConfigBuilder<FinetuneBuilder, FinetuneConfig> {

  FinetuneBuilder() {
    super(FinetuneConfig::of);
  }

  /** Sets what is asked for of the base model. */
  public FinetuneBuilder model(Consumer<ModelBuilder> model) {
    return with(new ModelBuilder(this), model);
  }

  /** Sets where the examples are and what they mean. */
  public FinetuneBuilder dataset(Consumer<DatasetBuilder> dataset) {
    return with(new DatasetBuilder(this), dataset);
  }

  /** Trains an adapter; without this all weights are trained. */
  public FinetuneBuilder lora(Consumer<LoraBuilder> lora) {
    return with("lora", new LoraBuilder(this), lora);
  }

  /** Sets what is promised. */
  public FinetuneBuilder privacy(Consumer<PrivacyBuilder> privacy) {
    return with(new PrivacyBuilder(this), privacy);
  }

  /** Sets what turns gradients into steps. */
  public FinetuneBuilder optimizer(Consumer<OptimizerBuilder> optimizer) {
    return with(new OptimizerBuilder(this), optimizer);
  }

  /** {@code sample_type}: conversations, or texts. */
  public FinetuneBuilder sampleType(SampleType type) {
    return set("sample_type", type);
  }

  /** {@code physical_batch_size}: rows in the model at once. */
  public FinetuneBuilder physicalBatch(int rows) {
    return set("physical_batch_size", rows);
  }

  /** {@code gradient_accumulation_steps}: how many physical batches make a logical one. */
  public FinetuneBuilder accumulation(int batches) {
    return set("gradient_accumulation_steps", batches);
  }

  /** {@code batch_size}: the rows of a step on average. */
  public FinetuneBuilder batch(int rows) {
    return set("batch_size", rows);
  }

  /** {@code zero_stage}: what several devices share out, 0 to 3. */
  public FinetuneBuilder zeroStage(int stage) {
    return set("zero_stage", stage);
  }

  /** {@code epochs}: how often each row is drawn on average. */
  public FinetuneBuilder epochs(int epochs) {
    return set("epochs", epochs);
  }

  /** {@code max_steps}: this many steps, whatever the epochs. */
  public FinetuneBuilder maxSteps(int steps) {
    return set("max_steps", steps);
  }

  /** {@code sampling_rate}: q, the chance of a row to be in a step. */
  public FinetuneBuilder samplingRate(double rate) {
    return set("sampling_rate", rate);
  }

  /** {@code eval_every_n_grad_steps}: evaluates every so many steps. */
  public FinetuneBuilder evaluateEvery(int steps) {
    return set("eval_every_n_grad_steps", steps);
  }

  /** {@code save_every_n_grad_steps}: saves every so many steps. */
  public FinetuneBuilder saveEvery(int steps) {
    return set("save_every_n_grad_steps", steps);
  }

  /** {@code save_every_minutes}: saves after so many minutes, without privacy alone. */
  public FinetuneBuilder saveEveryMinutes(double minutes) {
    return set("save_every_minutes", minutes);
  }

  /** {@code keep_last_n_checkpoints}: older ones are deleted. */
  public FinetuneBuilder keepCheckpoints(int count) {
    return set("keep_last_n_checkpoints", count);
  }

  /** {@code keep_best}: keeps the adapter with the lowest loss on public rows. */
  public FinetuneBuilder keepBest(boolean on) {
    return set("keep_best", on);
  }

  /** {@code checkpoint_path}: an adapter to start from. */
  public FinetuneBuilder startFrom(Path adapter) {
    return set("checkpoint_path", adapter);
  }

  /** {@code saving_dir}: the run's folder. */
  public FinetuneBuilder savingDir(Path folder) {
    return set("saving_dir", folder);
  }

  /** {@code resume}: whether a run that was cut off goes on. */
  public FinetuneBuilder resume(FinetuneConfig.Resume resume) {
    return set("resume", resume);
  }

  /** {@code seed}: governs the split, data order and first weights; never the noise. */
  public FinetuneBuilder seed(long seed) {
    return set("seed", seed);
  }

  /** {@code log.diagnostics}: whether what ε does not cover is logged for this machine. */
  public FinetuneBuilder diagnostics(LogSettings.Diagnostics diagnostics) {
    return set("log.diagnostics", diagnostics);
  }

  /** {@code log.tensorboard_dir}: where TensorBoard's files for others go. */
  public FinetuneBuilder tensorboard(Path folder) {
    return set("log.tensorboard_dir", folder);
  }

  /** {@code distributed.master}: Spark's master. */
  public FinetuneBuilder master(String url) {
    return set("distributed.master", url);
  }

  /** {@code distributed.engine}: who computes the micro-batches. */
  public FinetuneBuilder engine(DistributedSettings.Engine engine) {
    return set("distributed.engine", engine);
  }

  /** {@code distributed.ledger_store}: a second place for the ledger. */
  public FinetuneBuilder ledgerStore(String place) {
    return set("distributed.ledger_store", place);
  }

  /** {@code distributed.tasks}: into how many parts a step is divided. */
  public FinetuneBuilder tasks(int tasks) {
    return set("distributed.tasks", tasks);
  }
}

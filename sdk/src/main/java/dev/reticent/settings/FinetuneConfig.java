package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.Config;
import dev.reticent.config.Section;
import dev.reticent.data.PrivacyUnit;
import dev.reticent.data.SampleType;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.weights.Quantization;
import dev.reticent.weights.WeightLayout;
import java.nio.file.Path;
import java.util.Optional;

/**
 * All settings of a fine-tuning run.
 *
 * @param lora empty for full fine-tuning
 * @param zeroStage what several devices share out, 0 to 3
 * @param maxSteps ends the run before the last epoch
 * @param samplingRate q, when it is not the expected batch over the number of training rows
 * @param evalEverySteps empty to evaluate before and after only
 * @param saveEverySteps empty to save by time and at the end only
 * @param saveEveryMinutes how much work may be lost when the process of a run without privacy is
 *     killed
 * @param keepBest whether the adapter with the lowest loss on public evaluation data is kept, not
 *     the last
 * @param checkpointPath an adapter to start from
 */
public record FinetuneConfig(
    ModelSettings model,
    SampleType sampleType,
    Optional<LoraSettings> lora,
    DatasetSettings dataset,
    PrivacySettings privacy,
    BatchSettings batch,
    OptimizerSettings optimizer,
    int zeroStage,
    int epochs,
    Optional<Integer> maxSteps,
    Optional<Double> samplingRate,
    Optional<Integer> evalEverySteps,
    Optional<Integer> saveEverySteps,
    Optional<Double> saveEveryMinutes,
    int keepCheckpoints,
    boolean keepBest,
    Optional<Path> checkpointPath,
    Path savingDir,
    Resume resume,
    long seed,
    LogSettings log,
    DistributedSettings distributed) {

  @Internal
  public FinetuneConfig {
    privacy = samplingRate.isPresent() ? privacy.withRateGiven() : privacy;
  }

  /** What to do with a run that was cut off. */
  public enum Resume {
    AUTO,
    NEVER
  }

  /**
   * @throws dev.reticent.config.UserInputException naming every problem with its place
   */
  public static FinetuneConfig of(Config config) {
    return config.as(FinetuneConfig::read);
  }

  /** Settings made in code. */
  public static FinetuneBuilder builder() {
    return new FinetuneBuilder();
  }

  public static FinetuneConfig read(Section section) {
    section.foreign("use_lora", "give a lora section, or leave it out to train all weights");
    section.foreign("quantize", "write quantization.load_in_4bit: true");
    FinetuneConfig config =
        new FinetuneConfig(
            ModelSettings.read(section),
            section
                .choice("sample_type", SampleType.class)
                .describedAs("`instruct` for conversations and questions, `pretrain` for texts.")
                .orElse(SampleType.INSTRUCT),
            section.optionalSection(
                "lora",
                "Low-rank adapters; `null`, or no such key, trains all weights.",
                LoraSettings::read),
            section.section("dataset", "The examples.", DatasetSettings::read),
            section.section("privacy", "What is promised.", PrivacySettings::read),
            BatchSettings.read(section),
            OptimizerSettings.read(section),
            section
                .integer("zero_stage")
                .atLeast(0)
                .atMost(3)
                .alsoSpelt("deepspeed.zero_stage")
                .describedAs(
                    """
                    What several devices share out, as in DeepSpeed. Optimizer state (1) and summed
                    gradients (2) are on the host once whatever is said here, so 0, 1 and 2 are the
                    same: every device holds all layers. With 3 each layer is on one device, and is
                    copied to another one while that computes with it.\
                    """)
                .orElse(0),
            section
                .integer("epochs")
                .atLeast(1)
                .describedAs("Each row is drawn this often on average.")
                .orElse(3),
            section
                .integer("max_steps")
                .atLeast(1)
                .describedAs("Takes the place of `epochs`: this many steps.")
                .optional(),
            section
                .number("sampling_rate")
                .above(0.0)
                .atMost(1.0)
                .alsoSpelt("privacy.sampling_rate")
                .describedAs(
                    """
                    q, the chance of a row to be in a step. Without it `batch_size` over the number
                    of training rows, which makes that number public.\
                    """)
                .optional(),
            section
                .integer("eval_every_n_grad_steps")
                .atLeast(1)
                .describedAs("Evaluates every so many steps; before and after only without it.")
                .optional(),
            section
                .integer("save_every_n_grad_steps")
                .atLeast(1)
                .alsoSpelt("save_every_n_grads_steps")
                .describedAs("Saves a checkpoint every so many steps, beside those by time.")
                .optional(),
            section
                .number("save_every_minutes")
                .above(0.0)
                .describedAs(
                    """
                    Saves a checkpoint after the step in which so many minutes are over; 10 without \
                    this. Not in a private run, since the clock would tell of its batches: that one \
                    saves after every tenth of its steps, and after every 25 at most.\
                    """)
                .optional(),
            section
                .integer("keep_last_n_checkpoints")
                .atLeast(1)
                .describedAs("Older checkpoints are deleted.")
                .orElse(2),
            section
                .flag("keep_best")
                .describedAs(
                    """
                    Keeps the adapter with the lowest evaluation loss, not the last; only on
                    `dataset.evaluation: public` or with `privacy.evaluation`, as the choice tells of
                    the rows it was made by.\
                    """)
                .orElse(false),
            section
                .path("checkpoint_path")
                .describedAs("A folder with an adapter to start from, ours or of PEFT.")
                .optional()
                .filter(SarusDefaults::isNamed),
            section
                .path("saving_dir")
                .describedAs("The run's folder.")
                .orElse(Path.of("runs", "finetune")),
            section
                .choice("resume", Resume.class)
                .describedAs(
                    """
                    `auto` goes on with the run in `saving_dir`; `never` refuses to. A private run
                    goes on only with the settings that it began with, but for those that do not
                    decide its result: where files are, which checkpoints are kept, and how a batch
                    is computed (`physical_batch_size`, `activation_checkpointing`, `devices`,
                    `offload`, `zero_stage`, `distributed`).\
                    """)
                .orElse(Resume.AUTO),
            section
                .whole("seed")
                .describedAs("Governs the split, data order and first weights; never the noise.")
                .orElse(0L),
            section.section("log", "What is written down while training.", LogSettings::read),
            section.section(
                "distributed", "Who computes the micro-batches.", DistributedSettings::read));
    config.check(section);
    return config;
  }

  /** Whether what is published tells the exact number of privacy units. */
  public boolean sizeIsPublic() {
    return privacy.sizeIsPublic();
  }

  /** How many values of a model are trained: those of the adapter, or without one all weights. */
  public int trainedValues(ModelConfig base) {
    return lora.map(settings -> settings.trained(base).size())
        .orElseGet(() -> new WeightLayout(base).size());
  }

  private void check(Section section) {
    section.check(
        sizeIsPublic() || privacy.sizeCanBePrivate(),
        "is private, but q is computed from it; give sampling_rate, or privacy.public_units, about"
            + " how many there are",
        "privacy.size",
        "sampling_rate",
        "privacy.public_units");
    section.check(
        !privacy.enabled() || !sizeIsPublic() || privacy.adjacency() != Adjacency.ADD_OR_REMOVE_ONE,
        "is add-remove, but the number of units is told, which differs by one there; give"
            + " privacy.public_units, about how many there are, or sampling_rate, to keep it"
            + " private; or take replace-one",
        "privacy.adjacency",
        "privacy.public_units",
        "sampling_rate");
    section.check(
        !privacy.truncates() || sizeIsPublic(),
        "is truncated_poisson, which is accounted with the number of units, and that is private"
            + " here; give privacy.size: public and no public_units, or take poisson",
        "privacy.sampler",
        "privacy.size",
        "privacy.public_units");
    section.check(
        !privacy.truncates() || !dataset.holdsOut(),
        "is truncated_poisson, which is accounted with the number of rows, and how many are held"
            + " out is up to what they say; give held_out_fraction: 0, or an eval_file",
        "privacy.sampler",
        "dataset.held_out_fraction");
    section.check(
        model.given(),
        "missing; name a model, such as " + ModelSettings.EMBEDDED,
        "foundation_model_name",
        "model_dir");
    section.check(
        lora.isPresent() || model.quantization() == Quantization.NONE,
        "quantized weights cannot be trained; add a lora section, or remove quantization",
        "quantization",
        "lora");
    section.check(
        lora.isPresent() || checkpointPath.isEmpty(),
        "is an adapter to start from, and there is no lora section",
        "checkpoint_path",
        "lora");
    section.check(
        dataset.trainFile().isPresent() || dataset.table().isPresent() || model.embedded(),
        "missing: give dataset.train_file or dataset.data_dir; only "
            + ModelSettings.EMBEDDED
            + " has data of its own",
        "dataset.train_file",
        "dataset.data_dir",
        "foundation_model_name");
    section.check(
        optimizer.schedule().warmupSteps().orElse(0) <= maxSteps.orElse(Integer.MAX_VALUE),
        "more than max_steps",
        "lr_scheduler.warmup_steps",
        "max_steps");
    section.check(
        dataset.evalFile().isPresent()
            || dataset.evalTable().isPresent()
            || dataset.heldOutFraction() > 0
            || evalEverySteps.isEmpty(),
        "there is nothing to evaluate on: give dataset.eval_file or a dataset.held_out_fraction",
        "eval_every_n_grad_steps",
        "dataset.held_out_fraction");
    Optional<String> objection = dataset.evaluation().objectionToSelecting();
    section.check(
        !keepBest || objection.isEmpty() || privacy.evaluation(),
        objection.orElse(""),
        "keep_best",
        "dataset.evaluation");
    section.check(
        !privacy.evaluation()
            || (dataset.heldOutFraction() > 0
                && dataset.evalFile().isEmpty()
                && dataset.evalTable().isEmpty()),
        "measures on units held out from the training file, by which a unit is in one part only;"
            + " give a dataset.held_out_fraction, and no eval_file or eval_table",
        "privacy.evaluation",
        "dataset.eval_file",
        "dataset.eval_table",
        "dataset.held_out_fraction");
    section.check(
        !privacy.evaluation() || privacy.enabled(),
        "is true, but privacy is off; leave it out",
        "privacy.evaluation",
        "privacy.enabled");
    section.check(
        privacy.rowsPerUser() == 1 || dataset.unit() instanceof PrivacyUnit.Row,
        "is for rows as units; with a column as the unit ε holds for all of a unit's rows",
        "privacy.rows_per_user",
        "dataset.privacy_unit");
    section.check(
        !keepBest || evalEverySteps.isPresent(),
        "chooses among evaluations; give eval_every_n_grad_steps",
        "keep_best",
        "eval_every_n_grad_steps");
  }
}

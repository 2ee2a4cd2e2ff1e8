package dev.reticent.recipe;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.checkpoint.Checkpoint;
import dev.reticent.checkpoint.CheckpointStore;
import dev.reticent.checkpoint.Provenance;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.data.TokenizedExample;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.ModelConfig;
import dev.reticent.privacy.Clipping;
import dev.reticent.privacy.EvaluationData;
import dev.reticent.privacy.GaussianMechanism;
import dev.reticent.privacy.Ledger;
import dev.reticent.privacy.LedgerHeader;
import dev.reticent.privacy.PoissonSampler;
import dev.reticent.privacy.RunKey;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.privacy.accounting.RdpAccountant;
import dev.reticent.training.AdamW;
import dev.reticent.training.GradientSource;
import dev.reticent.training.HeldOutLoss;
import dev.reticent.training.LearningRateSchedule;
import dev.reticent.training.Optimizer;
import dev.reticent.training.PhysicalBatch;
import dev.reticent.training.PlainGradients;
import dev.reticent.training.PrivateGradients;
import dev.reticent.training.Sgd;
import dev.reticent.training.StepReport;
import dev.reticent.training.TrainableAdapter;
import dev.reticent.training.Trainer;
import dev.reticent.training.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fine-tunes a model on private data with differential privacy, as a config says.
 *
 * <p>The run's folder holds a PEFT adapter that loads as it is in Python and here, the ledger, the
 * checkpoints and the TensorBoard runs. A run that was cut off goes on where its last checkpoint
 * stands; steps it takes again are charged again.
 */
public final class DPFinetuningRecipe {

  private static final int EVALUATED = 500;

  private final FinetuneConfig config;

  /** The config as YAML, with every default filled in. */
  private final String resolved;

  private DPFinetuningRecipe(Config source) {
    this.config = FinetuneConfig.of(source);
    this.resolved = source.resolved(FinetuneConfig::read).toYaml();
  }

  /**
   * The recipe of a config.
   *
   * @throws UserInputException naming every problem of the config with its place
   */
  public static DPFinetuningRecipe of(Config config) {
    return new DPFinetuningRecipe(config);
  }

  /** The settings. */
  public FinetuneConfig config() {
    return config;
  }

  /**
   * What a run on so many privacy units would do and cost; reads the model's config, no data.
   *
   * @throws UserInputException when the config has no lora section or the model cannot be found
   */
  public FinetunePlan plan(int units) {
    ModelConfig model = ModelConfig.read(LoadedModel.folder(config.model()));
    return FinetunePlan.of(
        config, units, AdapterLayout.of(model, lora().spec(model)).size(), model);
  }

  /**
   * The plan of a run on the config's own data; counts its privacy units and tokenizes nothing.
   *
   * @throws UserInputException when model or data cannot be used as the config says
   */
  public FinetunePlan plan() {
    return plan(FinetuneData.countUnits(config));
  }

  private LoraSettings lora() {
    return config
        .lora()
        .orElseThrow(
            () ->
                new UserInputException(
                    "lora: this recipe trains adapters; give a lora section. (Full fine-tuning is available in code, through TrainableWeights.)"));
  }

  /**
   * Runs to the end, to the budget, or until the thread is interrupted.
   *
   * @throws UserInputException when model, data or folder cannot be used as the config says
   */
  public FinetuneResult run(FinetuneListener listener) {
    LoraSettings lora = lora();
    try (LoadedModel model = LoadedModel.open(config.model(), config.zeroStage(), listener::notice)) {
      Files.createDirectories(config.savingDir());
      FinetuneData data = FinetuneData.read(config, model, listener);
      AdapterLayout layout =
          AdapterLayout.of(model.decoder().config(), lora.spec(model.decoder().config()));
      FinetunePlan plan =
          FinetunePlan.of(config, data.units().size(), layout.size(), model.decoder().config());
      listener.planned(plan);
      Adapter adapter =
          config
              .checkpointPath()
              .map(path -> PeftFolder.read(path, model.decoder().config()))
              .orElseGet(() -> Adapter.initial(layout, config.seed()));
      return train(model, data, plan, adapter, listener);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FinetuneResult train(
      LoadedModel model,
      FinetuneData data,
      FinetunePlan plan,
      Adapter adapter,
      FinetuneListener listener)
      throws IOException {
    RunFolder folder = new RunFolder(config.savingDir());
    CheckpointStore store =
        new CheckpointStore(config.savingDir(), config.keepCheckpoints(), listener::notice);
    Optional<Checkpoint> earlier = store.latestValid();
    if (config.resume() == FinetuneConfig.Resume.NEVER
        && (earlier.isPresent() || Files.exists(config.savingDir().resolve("ledger.jsonl")))) {
      throw new UserInputException(
          "saving_dir: "
              + config.savingDir()
              + " holds a run already and resume is never; give another folder, or resume: auto.");
    }
    Optimizer optimizer = optimizer(adapter.values().length);
    int first = earlier.map(checkpoint -> restore(checkpoint, adapter, optimizer)).orElse(0);
    if (first > 0) {
      listener.notice("resuming after step " + first + " of " + plan.steps());
    }
    float[] initial = adapter.values().clone();
    folder.write("config.yaml", resolved);
    Path tensorboard =
        config.log().tensorboardDir().orElse(config.savingDir().resolve("tensorboard"));
    String run = String.valueOf(config.savingDir().toAbsolutePath().normalize().getFileName());
    boolean diagnostics = config.log().diagnostics() == LogSettings.Diagnostics.LOCAL;
    boolean publicEvaluation = config.dataset().evaluation() == EvaluationData.PUBLIC;
    List<TokenizedExample> heldOut =
        data.heldOut().subList(0, Math.min(EVALUATED, data.heldOut().size()));
    try (Workers workers = Workers.sharingCores(config.model().devices().size());
        TrainableAdapter trainable = new TrainableAdapter(model.decoders().decoders(), adapter);
        RunLogs logs = new RunLogs(tensorboard, run, plan, first, diagnostics);
        Spending spending = spending(model, data, plan, trainable, workers, first, listener)) {
      double before = loss(model, trainable.adapter(), heldOut, workers);
      logs.text("run/config", "```\n" + resolved + "```");
      if (!heldOut.isEmpty()) {
        logs.evaluated(first, before, publicEvaluation);
        listener.evaluated(first, before);
      }
      int[] last = {first};
      Trainer trainer =
          new Trainer(trainable, spending.gradients(), optimizer, schedule(plan), plan.steps());
      Trainer.Outcome outcome =
          trainer.run(
              first,
              report -> {
                last[0] = report.step();
                logs.step(report);
                listener.step(report);
                if (report.step() == first + 1) {
                  requireChange(initial, adapter.values());
                }
                evaluateAndSave(
                    model, report, trainable, heldOut, workers, logs, listener, store, adapter,
                    optimizer);
              });
      double after = loss(model, trainable.adapter(), heldOut, workers);
      if (!heldOut.isEmpty()) {
        logs.evaluated(last[0], after, publicEvaluation);
        listener.evaluated(last[0], after);
      }
      save(store, last[0], adapter, optimizer);
      PeftFolder.write(config.savingDir(), adapter, model.folder().toString());
      requireRoundTrip(model, trainable.adapter());
      folder.copyTokenizer(model.folder());
      double epsilon = spending.epsilon();
      String statement = PrivacyReport.text(plan, config, spending.charged(), epsilon);
      folder.write("privacy.json", PrivacyReport.json(plan, config, spending.charged(), epsilon));
      folder.write("privacy.txt", statement);
      Provenance.here(Map.of("reticent", "0.1.0"))
          .with("base_model", Provenance.digest(model.folder().resolve("config.json")))
          .with("training_data", data.fingerprint())
          .with("config", Provenance.digest(resolved))
          .write(config.savingDir());
      logs.text("run/privacy_statement", statement);
      return new FinetuneResult(
          config.savingDir(), plan, outcome, last[0], epsilon, before, after, statement);
    }
  }

  private void evaluateAndSave(
      LoadedModel model,
      StepReport report,
      TrainableAdapter trainable,
      List<TokenizedExample> heldOut,
      Workers workers,
      RunLogs logs,
      FinetuneListener listener,
      CheckpointStore store,
      Adapter adapter,
      Optimizer optimizer) {
    int step = report.step();
    boolean lastStep = step == report.totalSteps();
    if (!lastStep && config.evalEverySteps().filter(n -> step % n == 0).isPresent()) {
      double loss = loss(model, trainable.adapter(), heldOut, workers);
      logs.evaluated(step, loss, config.dataset().evaluation() == EvaluationData.PUBLIC);
      listener.evaluated(step, loss);
    }
    if (!lastStep && config.saveEverySteps().filter(n -> step % n == 0).isPresent()) {
      try {
        save(store, step, adapter, optimizer);
      } catch (IOException e) {
        listener.notice("checkpoint of step " + step + " could not be written: " + e);
      }
    }
  }

  private double loss(
      LoadedModel model, AdapterTensors adapter, List<TokenizedExample> heldOut, Workers workers) {
    return heldOut.isEmpty()
        ? Double.NaN
        : HeldOutLoss.mean(model.decoder(), adapter, heldOut, config.batch().physical(), workers);
  }

  /** Where gradients come from, and what they have cost. */
  private record Spending(GradientSource gradients, Optional<Ledger> ledger)
      implements AutoCloseable {

    double epsilon() {
      return ledger.map(Ledger::epsilonSpent).orElse(Double.POSITIVE_INFINITY);
    }

    int charged() {
      return ledger.map(Ledger::stepsCharged).orElse(0);
    }

    @Override
    public void close() {
      ledger.ifPresent(Ledger::close);
    }
  }

  private Spending spending(
      LoadedModel model,
      FinetuneData data,
      FinetunePlan plan,
      TrainableAdapter trainable,
      Workers workers,
      int first,
      FinetuneListener listener)
      throws IOException {
    PhysicalBatch physical = new PhysicalBatch(config.batch().physical(), listener::notice);
    if (!plan.isPrivate()) {
      return new Spending(
          new PlainGradients(
              trainable,
              data.training(),
              plan.expectedBatchSize(),
              physical,
              config.seed(),
              workers),
          Optional.empty());
    }
    SubsampledGaussian mechanism =
        new SubsampledGaussian(plan.samplingRate(), plan.noiseMultiplier(), plan.steps());
    RunKey key =
        config.privacy().secure() ? RunKey.fresh() : RunKey.insecureForTests(config.seed());
    RdpAccountant accountant = new RdpAccountant(plan.samplingRate(), plan.noiseMultiplier());
    LedgerHeader header =
        new LedgerHeader(
            mechanism,
            plan.clipNorm(),
            plan.delta(),
            plan.budget(),
            config.dataset().unit().inWords(),
            data.fingerprint(),
            Provenance.digest(resolved),
            key.secret());
    Ledger ledger =
        Ledger.open(
            config.savingDir().resolve("ledger.jsonl"),
            header,
            steps -> accountant.epsilon(steps, plan.delta()));
    return new Spending(
        new PrivateGradients(
            trainable,
            data.units(),
            physical,
            new PoissonSampler(mechanism, data.units().size(), key, first),
            clipping(),
            new GaussianMechanism(mechanism, key, ledger),
            ledger,
            plan.expectedBatchSize(),
            workers),
        Optional.of(ledger));
  }

  private Clipping clipping() {
    double norm = config.privacy().clipNorm();
    return switch (config.privacy().clipping()) {
      case FLAT -> new Clipping.Flat(norm);
      case PER_LAYER -> new Clipping.PerLayer(norm);
      case AUTOMATIC -> new Clipping.Automatic(norm, 0.01);
      case ADAPTIVE ->
          throw new UserInputException(
              "privacy.clipping: adaptive is not supported in this version; take flat, per_layer or automatic.");
    };
  }

  private Optimizer optimizer(int size) {
    OptimizerSettings o = config.optimizer();
    return switch (o.rule()) {
      case ADAMW -> new AdamW(size, o.beta1(), o.beta2(), o.stability(), o.weightDecay());
      case SGD -> new Sgd(size, o.momentum(), o.weightDecay());
    };
  }

  private LearningRateSchedule schedule(FinetunePlan plan) {
    OptimizerSettings o = config.optimizer();
    return new LearningRateSchedule(
        o.schedule().shape(), o.learningRate(), o.schedule().warmup(plan.steps()), plan.steps());
  }

  private static void save(CheckpointStore store, int step, Adapter adapter, Optimizer optimizer)
      throws IOException {
    Map<String, float[]> floats = new HashMap<>();
    floats.put("adapter", adapter.values());
    optimizer.state().forEach((name, values) -> floats.put("optimizer." + name, values));
    ObjectNode state =
        JsonNodeFactory.instance.objectNode().put("optimizer_steps", optimizer.steps());
    store.save(new Checkpoint(step, floats, Map.of(), Map.of(), state), more -> {});
  }

  private static int restore(Checkpoint checkpoint, Adapter adapter, Optimizer optimizer) {
    float[] values = checkpoint.floats().getOrDefault("adapter", new float[0]);
    if (values.length != adapter.values().length) {
      throw new UserInputException(
          "saving_dir: the checkpoint there holds an adapter of %d values, this config makes one of %d; resume with the config of that run, or give another folder."
              .formatted(values.length, adapter.values().length));
    }
    System.arraycopy(values, 0, adapter.values(), 0, values.length);
    Map<String, float[]> state = new HashMap<>();
    checkpoint
        .floats()
        .forEach(
            (name, v) -> {
              if (name.startsWith("optimizer.")) {
                state.put(name.substring("optimizer.".length()), v);
              }
            });
    optimizer.restore(state, checkpoint.state().path("optimizer_steps").asInt());
    return Math.toIntExact(checkpoint.step());
  }

  private static void requireChange(float[] before, float[] after) {
    if (Arrays.equals(before, after)) {
      throw new IllegalStateException(
          "the first step changed nothing: the adapter is not being trained");
    }
  }

  /** Reads the adapter back and compares logits: what was saved is what was trained. */
  private void requireRoundTrip(LoadedModel model, AdapterTensors trained) {
    int[] probe = model.tokenizer().encode("Is what was saved what was trained?", true);
    Adapter read = PeftFolder.read(config.savingDir(), model.decoder().config());
    try (AdapterTensors reloaded =
        TrainableAdapter.tensors(read, model.decoder().config(), model.decoder().device())) {
      float[] expected = model.decoder().logits(probe, trained);
      float[] found = model.decoder().logits(probe, reloaded);
      for (int i = 0; i < expected.length; i++) {
        if (!(Math.abs(expected[i] - found[i]) <= 1e-5)) {
          throw new IllegalStateException(
              "the adapter in %s does not give the logits it was trained to: %s instead of %s"
                  .formatted(config.savingDir(), found[i], expected[i]));
        }
      }
    }
  }
}

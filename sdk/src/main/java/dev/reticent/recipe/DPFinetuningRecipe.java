package dev.reticent.recipe;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.data.Tables;
import dev.reticent.model.Decoder;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.privacy.LedgerTakenException;
import dev.reticent.run.AuditOptions;
import dev.reticent.run.BaseModel;
import dev.reticent.run.Cluster;
import dev.reticent.run.ClusterEngine;
import dev.reticent.run.CrewFactory;
import dev.reticent.run.FinetuneData;
import dev.reticent.run.FinetuneListener;
import dev.reticent.run.FinetuneResult;
import dev.reticent.run.LoadedModel;
import dev.reticent.run.Progress;
import dev.reticent.run.RunFolder;
import dev.reticent.run.RunInputs;
import dev.reticent.run.TrainingRun;
import dev.reticent.run.TrainingTarget;
import dev.reticent.settings.DistributedSettings.Engine;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.SarusDefaults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Fine-tunes a model on private data with differential privacy, as a config says.
 *
 * <p>The run's folder holds a PEFT adapter that loads as it is in Python and here (or, with {@code
 * lora: null}, a whole model in fp32), the ledger, the checkpoints and the TensorBoard runs. A run
 * that was cut off goes on where its last checkpoint stands; steps it takes again are charged
 * again.
 */
public final class DPFinetuningRecipe {

  private final FinetuneConfig config;

  /** The config with every default filled in. */
  private final Config resolved;

  private final AuditOptions audit;

  /** Where the config's file may have meant something else. */
  private final Optional<String> meantElsewhere;

  private DPFinetuningRecipe(
      FinetuneConfig config, Config resolved, AuditOptions audit, Optional<String> meantElsewhere) {
    this.config = config;
    this.resolved = resolved;
    this.audit = audit;
    this.meantElsewhere = meantElsewhere;
  }

  /**
   * The recipe of a config.
   *
   * @throws UserInputException naming every problem of the config with its place
   */
  public static DPFinetuningRecipe of(Config config) {
    return new DPFinetuningRecipe(
        FinetuneConfig.of(config),
        config.resolved(FinetuneConfig::read),
        AuditOptions.NONE,
        SarusDefaults.notice(config));
  }

  /**
   * The same run with so many canaries: rows that are made up, each put among the training rows by
   * a fair coin. What the run releases tells of the coins and so bounds ε from below, at 95 %
   * confidence (Steinke, Nasr and Jagielski 2023); {@code audit.json} and the statement say it.
   * Looks at the released adapter (black box) and, in a private run, once at released gradients
   * (white box).
   *
   * @throws UserInputException when all weights are trained
   */
  public DPFinetuningRecipe audited(int count) {
    return audited(count, 1);
  }

  /**
   * The same run with so many canaries.
   *
   * @param whiteBox at how many steps, evenly spread, the canaries' gradients are held against
   *     those that the run released since, which are kept in {@code local/gradients}, 4 bytes for
   *     each trained value and step; 0 looks at the released adapter only
   * @throws UserInputException when all weights are trained
   */
  public DPFinetuningRecipe audited(int count, int whiteBox) {
    RunInputs.lora(config);
    return new DPFinetuningRecipe(
        config, resolved, new AuditOptions(count, whiteBox), meantElsewhere);
  }

  /** The settings. */
  public FinetuneConfig config() {
    return config;
  }

  /**
   * What a run on so many privacy units would do and cost; reads the model's config, no data.
   *
   * @throws UserInputException when the model cannot be found
   */
  public FinetunePlan plan(int units) {
    ModelConfig model = ModelConfig.read(config.model().folder());
    return FinetunePlan.of(config, units, config.trainedValues(model), model);
  }

  /**
   * The plan of a run on the config's own data; counts its privacy units and tokenizes nothing.
   *
   * @throws UserInputException when model or data cannot be used as the config says
   */
  public FinetunePlan plan() {
    return plan((what, done, total) -> {});
  }

  /** What the run will do and cost; tells how many rows were read. */
  public FinetunePlan plan(Progress progress) {
    ModelConfig model = ModelConfig.read(config.model().folder());
    int units = FinetuneData.countUnits(config, progress);
    return FinetunePlan.of(config, units, config.trainedValues(model), model);
  }

  /**
   * Runs to the end, to the budget, or until the thread is interrupted or the listener asks for a
   * stop; an interrupt is still there on return.
   *
   * @throws UserInputException when model, data or folder cannot be used as the config says
   */
  public FinetuneResult run(FinetuneListener listener) {
    Engine engine = config.distributed().engine();
    if (engine == Engine.NONE) {
      return prepared(listener, Tables.NONE, Optional.empty());
    }
    try (Cluster cluster = ClusterEngine.of(engine).join(config.distributed(), listener::notice)) {
      return run(listener, cluster);
    }
  }

  /**
   * Trains with micro-batches that others compute, such as {@link dev.reticent.run.RemoteModel}s on
   * other machines.
   *
   * @param crews makes those who do
   */
  public FinetuneResult run(FinetuneListener listener, CrewFactory crews) {
    return prepared(listener, Tables.NONE, Optional.of(crews));
  }

  /** Runs on a cluster, whose tables the config may name. */
  public FinetuneResult run(FinetuneListener listener, Cluster cluster) {
    return prepared(listener, cluster, Optional.of(cluster));
  }

  private FinetuneResult prepared(
      FinetuneListener listener, Tables tables, Optional<CrewFactory> others) {
    meantElsewhere.ifPresent(listener::notice);
    requireFiles();
    ModelConfig base = ModelConfig.read(config.model().folder());
    TrainingTarget target = TrainingTarget.of(config, base);
    if (others.isPresent()) {
      listener.notice(
          "this process does not load the model: what is saved is compared bit by bit with what was"
              + " trained, not by its logits");
      try (BaseModel model = BaseModel.open(config.model())) {
        return run(listener, tables, others, target, model, List.of());
      }
    }
    listener.phase("loading the model");
    try (LoadedModel model =
        LoadedModel.open(config.model(), config.zeroStage(), listener::notice)) {
      return run(listener, tables, others, target, model.base(), model.decoders().decoders());
    }
  }

  private FinetuneResult run(
      FinetuneListener listener,
      Tables tables,
      Optional<CrewFactory> others,
      TrainingTarget target,
      BaseModel base,
      List<Decoder> decoders) {
    try {
      RunFolder folder = new RunFolder(config.savingDir());
      folder.create();
      FinetuneData data = FinetuneData.read(config, base, folder.local(), tables, listener);
      FinetunePlan plan =
          FinetunePlan.of(config, data.units().size(), target.size(), base.config());
      listener.planned(plan);
      FinetuneData audited = data.withCanaries(audit, base, folder);
      RunInputs inputs =
          new RunInputs(config, resolved, base, decoders, audited, plan, audit, listener);
      return others
          .map(crews -> new TrainingRun(inputs, target, crews))
          .orElseGet(() -> new TrainingRun(inputs, target))
          .run();
    } catch (LedgerTakenException e) {
      throw new UserInputException("distributed.ledger_store: " + e.getMessage() + ".", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Loading takes long, so what is not there is told before it, all at once. */
  private void requireFiles() {
    List<String> problems = new ArrayList<>();
    try {
      Path unused = config.model().folder();
    } catch (UserInputException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    Stream.of(config.dataset().trainFile(), config.dataset().evalFile())
        .flatMap(Optional::stream)
        .filter(file -> !Files.exists(file))
        .forEach(file -> problems.add(file + " does not exist."));
    if (!problems.isEmpty()) {
      throw new UserInputException(String.join("\n", problems));
    }
  }
}

package dev.reticent.run;

import dev.reticent.api.Internal;
import dev.reticent.api.Version;
import dev.reticent.checkpoint.Checkpoint;
import dev.reticent.checkpoint.CheckpointStore;
import dev.reticent.checkpoint.Provenance;
import dev.reticent.config.UserInputException;
import dev.reticent.privacy.PrivateCurve;
import dev.reticent.privacy.disclosure.LogTag;
import dev.reticent.privacy.disclosure.RunFile;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.training.Crew;
import dev.reticent.training.LocalCrew;
import dev.reticent.training.PhysicalBatch;
import dev.reticent.training.StepReport;
import dev.reticent.training.Trainable;
import dev.reticent.training.Trainer;
import dev.reticent.training.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One session of a run, from its last checkpoint to its end, the budget or an interrupt. */
@Internal
public final class TrainingRun {
  private static final double USUAL_MINUTES = 10;
  private static final int SAVES = 10;
  private static final int FEWEST_BETWEEN_SAVES = 25;

  private final RunInputs in;
  private final FinetuneConfig config;
  private final RunFolder folder;
  private final CheckpointStore store;
  private final TrainingTarget target;
  private final CrewFactory crews;
  private final TrainedState state;
  private final Beginning beginning;

  public TrainingRun(RunInputs in, TrainingTarget target) {
    this(in, target, new Beginning(in.listener()));
  }

  private TrainingRun(RunInputs in, TrainingTarget target, Beginning beginning) {
    this(
        in,
        target,
        (settings, trainable, rowsAtOnce) ->
            new LocalCrew(
                trainable,
                new PhysicalBatch(rowsAtOnce, in.listener()::notice),
                Workers.sharingCores(in.config().model().devices().size()),
                beginning::progressed),
        beginning);
  }

  /**
   * @param crews makes whoever computes the micro-batches
   */
  public TrainingRun(RunInputs in, TrainingTarget target, CrewFactory crews) {
    this(in, target, crews, new Beginning(in.listener()));
  }

  private TrainingRun(RunInputs in, TrainingTarget target, CrewFactory crews, Beginning beginning) {
    this.crews = crews;
    this.beginning = beginning;
    this.in = in;
    this.target = target;
    this.config = in.config();
    this.folder = new RunFolder(config.savingDir());
    this.store =
        new CheckpointStore(config.savingDir(), config.keepCheckpoints(), in.listener()::notice);
    this.state = new TrainedState(initial(), in.optimizer(target.size()), new BestAdapter());
  }

  /** The values before the first step. */
  private float[] initial() {
    return target.startsOnBase() && in.decoders().isEmpty()
        ? crews.initial(in.settings())
        : target.initial(in.base(), in.decoders());
  }

  public FinetuneResult run() throws IOException {
    Optional<Checkpoint> earlier = earlier();
    earlier.ifPresent(state::restore);
    int first = earlier.map(checkpoint -> Math.toIntExact(checkpoint.step())).orElse(0);
    try (Trainable trainable = target.trainable(in.base(), in.decoders(), state.values());
        Crew crew = crews.open(in.settings(), trainable, config.batch().physical());
        PrivacyMode mode =
            in.plan().isPrivate()
                ? PrivateMode.open(in, earlier, target.size(), crew)
                : PlainMode.of(in, target.size(), crew);
        RunLogs logs = RunLogs.open(in, first)) {
      store.tidy(); // not before the ledger is this process's alone
      folder.write(RunFile.CONFIG, in.resolved());
      logs.text(LogTag.CONFIG, "```\n" + in.resolved() + "```");
      if (in.plan().isPrivate() && config.saveEveryMinutes().isPresent()) {
        in.listener()
            .notice(
                "save_every_minutes is not for private runs: the times of checkpoints would tell of"
                    + " the batches. Use save_every_n_grad_steps.");
      }
      HeldOutEvaluation evaluation = new HeldOutEvaluation(in, crew, logs);
      if (evaluation.hasRows()) {
        beginning.phase(
            first == 0
                ? "evaluating before the first step"
                : "evaluating the checkpoint of step " + first);
      }
      double before = in.listener().stopRequested() ? Double.NaN : evaluation.at(first);
      beginning.phase(
          first < in.plan().steps()
              ? "taking step " + (first + 1)
              : "evaluating again, as the run has taken all its steps");
      GradientLog released = GradientLog.of(in);
      if (released.isKept()) {
        in.listener()
            .notice(
                "for the audit, released gradients are kept in local/gradients: %,d MB"
                    .formatted(released.megabytes(target.size())));
      }
      Session session = new Session(evaluation, mode, logs, released, first);
      Trainer trainer =
          new Trainer(
              trainable,
              new AnnouncedSteps(
                  released.keeping(mode.gradients(), state.values()), crew, in.plan().steps()),
              state.optimizer(),
              in.schedule(),
              in.plan().steps());
      Trainer.Outcome outcome = session.statedWhenRefused(trainer);
      // An interrupted thread cannot write files: the flag waits until they are written.
      boolean interrupted = Thread.interrupted();
      try {
        return session.end(outcome, before);
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private Optional<Checkpoint> earlier() throws IOException {
    Optional<Checkpoint> earlier = store.latestValid();
    boolean begun = earlier.isPresent() || Files.exists(folder.file(RunFile.LEDGER));
    if (begun && config.resume() == FinetuneConfig.Resume.NEVER) {
      throw new UserInputException(
          "saving_dir: "
              + config.savingDir()
              + " holds a run already and resume is never; give another folder, or resume: auto.");
    }
    if (begun) {
      new OtherSettings(in, folder).tell();
    }
    earlier.ifPresent(
        checkpoint ->
            in.listener()
                .notice("resuming after step " + checkpoint.step() + " of " + in.plan().steps()));
    return earlier;
  }

  /** What happens after each step and at the end. */
  private final class Session {

    private final HeldOutEvaluation evaluation;
    private final PrivacyMode mode;
    private final RunLogs logs;
    private final GradientLog released;
    private final int first;
    private float[] initial = state.values().clone();
    private int last;
    private long savedNanos = System.nanoTime();
    private boolean stuck;
    private int failedSaves;

    /** Private estimates of the held-out loss since the last evaluation. */
    private DoubleSummaryStatistics estimates = new DoubleSummaryStatistics();

    Session(
        HeldOutEvaluation evaluation,
        PrivacyMode mode,
        RunLogs logs,
        GradientLog released,
        int first) {
      this.evaluation = evaluation;
      this.mode = mode;
      this.logs = logs;
      this.released = released;
      this.first = first;
      this.last = first;
    }

    void step(StepReport report) {
      last = report.step();
      beginning.isOver();
      logs.step(report);
      in.listener().step(report);
      report
          .curve()
          .map(PrivateCurve.Estimate::heldOutLoss)
          .filter(Double::isFinite)
          .ifPresent(estimates::accept);
      if (last == first + 1) {
        stuck = Arrays.equals(initial, state.values());
        initial = new float[0]; // as large as the model, when that is trained
      }
      if (stuck || last == report.totalSteps()) {
        return;
      }
      if (due(config.evalEverySteps())) {
        evaluate();
      }
      if (due(config.saveEverySteps()) || isLongSinceSaved()) {
        savedNanos = System.nanoTime();
        saved();
      }
    }

    /** A checkpoint that cannot be written is told; the run ends at the second in a row. */
    private void saved() {
      try {
        state.save(store, last, mode);
        failedSaves = 0;
      } catch (IOException e) {
        failedSaves++;
        in.listener()
            .notice("checkpoint of step " + last + " could not be written: " + e.getMessage());
      }
    }

    boolean stopRequested() {
      return stuck || failedSaves > 1 || in.listener().stopRequested();
    }

    /** Trains; a run that diverges states what it spent before it is refused. */
    Trainer.Outcome statedWhenRefused(Trainer trainer) throws IOException {
      try {
        return trainer.run(first, this::step, this::stopRequested);
      } catch (UserInputException e) {
        mode.ended(Trainer.Outcome.FINISHED);
        write(mode.statement(new TreeMap<>(), List.of()));
        throw e;
      }
    }

    private void write(PrivacyMode.Statement statement) throws IOException {
      folder.write(RunFile.STATEMENT, statement.json());
      folder.write(RunFile.STATEMENT_TEXT, statement.text());
      if (statement.decisions().isPresent()) {
        folder.write(RunFile.LABEL, PrivacyLabel.of(statement.json()));
        folder.write(RunFile.TRADE_OFF, TradeOffChart.of(statement.decisions().get()).svg());
      }
    }

    /**
     * Whether a kill now would lose much work. In a private run that is a matter of steps alone:
     * checkpoints are released, and how long steps took tells how large their batches were.
     */
    private boolean isLongSinceSaved() {
      if (in.plan().isPrivate()) {
        int interval = Math.max(FEWEST_BETWEEN_SAVES, in.plan().steps() / SAVES);
        return config.saveEverySteps().isEmpty() && last % interval == 0;
      }
      double minutes = (System.nanoTime() - savedNanos) / 60e9;
      return minutes >= config.saveEveryMinutes().orElse(USUAL_MINUTES);
    }

    private boolean due(Optional<Integer> every) {
      return every.filter(n -> last % n == 0).isPresent();
    }

    private double evaluate() {
      double loss = evaluation.at(last);
      if (config.keepBest()) {
        state
            .best()
            .offer(last, config.privacy().evaluation() ? estimated() : loss, state.values());
      }
      return loss;
    }

    /** The mean of the private estimates since the last evaluation; NaN when there are none. */
    private double estimated() {
      double mean = estimates.getCount() == 0 ? Double.NaN : estimates.getAverage();
      estimates = new DoubleSummaryStatistics();
      return mean;
    }

    /** Writes as {@link #written} does; a disk without room ends the run in words. */
    FinetuneResult end(Trainer.Outcome outcome, double before) throws IOException {
      try {
        return written(outcome, before);
      } catch (IOException e) {
        throw new UserInputException(
            config.savingDir()
                + ": not all of the run could be written after step "
                + last
                + " ("
                + e.getMessage()
                + "). What is there is whole. Make room, and run the same command again: it goes on"
                + " from the last checkpoint.",
            e);
      }
    }

    /** What canaries tell of what is released, in words; nothing where there are none. */
    private List<String> audited(float[] values) throws IOException {
      if (in.data().canaries().isEmpty()) {
        return List.of();
      }
      in.listener().phase("auditing with canaries");
      PrivacyMode.Statement claim = mode.statement(new TreeMap<>(), List.of());
      ReleaseAudit audit =
          ReleaseAudit.of(
              in, target, crews, initial(), values, released, mode.epsilon(), claim.decisions());
      folder.write(RunFile.AUDIT, audit.toJson());
      folder.write(RunFile.AUDIT_PICTURE, audit.chart().svg());
      logs.audited(last, audit.epsilonLower());
      return List.of(audit.sentence());
    }

    /**
     * Writes everything, first what cannot be had again: the statement of what was spent, then the
     * result, then the checkpoint to go on from, and the seal of all files last. Only then looks at
     * it.
     */
    private FinetuneResult written(Trainer.Outcome outcome, double before) throws IOException {
      Path path = config.savingDir();
      mode.ended(outcome);
      write(mode.statement(new TreeMap<>(), List.of()));
      double after = outcome == Trainer.Outcome.INTERRUPTED ? Double.NaN : evaluate();
      boolean best = state.best().present();
      float[] values = best ? state.best().values() : state.values();
      target.write(in.base(), in.decoders(), values, path);
      state.save(store, last, mode);
      folder.copyTokenizer(in.base().folder());
      List<String> audited = audited(values);
      PrivacyMode.Statement statement = mode.statement(folder.weights(), audited);
      write(statement);
      folder.write(RunFile.CARD, ModelCard.of(config, in.base().folder(), statement));
      Provenance.here(Map.of("reticent", Version.OF_RETICENT))
          .with("base_model", Provenance.digest(in.base().folder().resolve("config.json")))
          .with("config", Provenance.digest(in.resolved()))
          .write(path);
      logs.text(LogTag.STATEMENT, statement.text());
      if (outcome != Trainer.Outcome.INTERRUPTED) {
        logs.ended();
      }
      logs.close();
      mode.seal(folder);
      if (stuck) {
        throw new IllegalStateException(
            "the first step changed nothing: what was to be trained is not being trained");
      }
      target.check(in.base(), in.decoders(), values, path);
      return new FinetuneResult(
          path,
          in.plan(),
          outcome,
          last,
          best ? state.best().step() : last,
          mode.epsilon(),
          before,
          best ? state.best().loss() : after,
          config.dataset().evaluation(),
          statement.text(),
          statement.decisions());
    }
  }
}

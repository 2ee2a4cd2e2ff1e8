package dev.reticent.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.checkpoint.Checkpoint;
import dev.reticent.config.UserInputException;
import dev.reticent.data.TokenizedExample;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.plan.RunAccounting;
import dev.reticent.privacy.BudgetExceededException;
import dev.reticent.privacy.DataMark;
import dev.reticent.privacy.Ledger;
import dev.reticent.privacy.LedgerHeader;
import dev.reticent.privacy.LocalSecret;
import dev.reticent.privacy.PrivateCurve;
import dev.reticent.privacy.PrivateStep;
import dev.reticent.privacy.RunKey;
import dev.reticent.privacy.RunRegistry;
import dev.reticent.privacy.StepPlan;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.privacy.Truncation;
import dev.reticent.privacy.disclosure.RunFile;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.settings.PrivacySettings;
import dev.reticent.settings.RegistrySettings;
import dev.reticent.settings.SelectionSettings;
import dev.reticent.training.Crew;
import dev.reticent.training.GradientSource;
import dev.reticent.training.PrivateGradients;
import dev.reticent.training.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;

/** Private training: its ledger, its place among the runs on the same data, its statement. */
final class PrivateMode implements PrivacyMode {

  private static final String THRESHOLD = "clip_threshold";
  private static final String LEDGER_HASH = "ledger_hash";

  private final RunInputs in;
  private final RunAccounting accounting;
  private final Ledger ledger;
  private final GradientSource gradients;
  private final LocalSecret secret;
  private final String dataKey;
  private final Optional<RunRegistry> registry;
  private Optional<RunStatement.Spent> spent = Optional.empty();

  /** All rounds that the run will have charged when this session ends undisturbed. */
  private int atMost;

  private PrivateMode(
      RunInputs in,
      RunAccounting accounting,
      Ledger ledger,
      GradientSource gradients,
      LocalSecret secret,
      String dataKey) {
    this.in = in;
    this.accounting = accounting;
    this.ledger = ledger;
    this.gradients = gradients;
    this.secret = secret;
    this.dataKey = dataKey;
    this.registry = in.config().privacy().registry().map(r -> r.open(in.config().privacy()));
  }

  /**
   * Opens the run's ledger and enters the run in the registry.
   *
   * @param earlier the checkpoint that the run goes on from
   * @throws UserInputException when the ledger is damaged or of another run, or the registry's
   *     budget is used up
   */
  static PrivateMode open(RunInputs in, Optional<Checkpoint> earlier, int dimension, Crew crew) {
    FinetunePlan plan = in.plan();
    PrivacySettings settings = in.config().privacy();
    SubsampledGaussian gaussian = plan.mechanism();
    RunKey key = settings.secure() ? RunKey.fresh() : RunKey.insecureForTests(in.config().seed());
    RunAccounting accounting = new RunAccounting(settings, gaussian);
    List<List<TokenizedExample>> heldOut =
        settings.evaluation() ? in.data().heldOutUnits() : List.of();
    int first = earlier.map(checkpoint -> Math.toIntExact(checkpoint.step())).orElse(0);
    RunFolder folder = new RunFolder(in.config().savingDir());
    Path file = folder.file(RunFile.LEDGER);
    try {
      Path secrets = settings.registry().map(RegistrySettings::folder).orElse(folder.local());
      LocalSecret secret = LocalSecret.in(secrets);
      String dataKey = secret.dataKey(in.data().digests());
      DataMark.require(folder.local(), dataKey, Files.exists(file));
      Ledger ledger =
          Ledger.open(
              file,
              in.config().distributed().ledgerStore().map(LedgerStores::at),
              header(in, gaussian, key.secret()),
              settings.accountant());
      try {
        earlier.ifPresent(checkpoint -> ledger.requireLine(hash(checkpoint)));
        if (Files.exists(folder.file(RunFile.SEAL))) {
          ledger.requireLine(RunSeal.read(folder.file(RunFile.SEAL)).ledgerLine());
        }
        PrivateStep step =
            PrivateStep.resume(
                new StepPlan(gaussian, curve(in.config()), plan.expectedBatchSize()),
                settings.clipping().clipping(threshold(earlier)),
                key,
                ledger,
                places(gaussian, heldOut.size() + in.data().units().size()),
                first);
        PrivateGradients gradients =
            new PrivateGradients(step, dimension, in.data().units(), crew)
                .with(in.dropout())
                .beside(heldOut);
        PrivateMode mode = new PrivateMode(in, accounting, ledger, gradients, secret, dataKey);
        mode.enter(first);
        return mode;
      } catch (RuntimeException e) {
        discard(ledger, file);
        throw e;
      }
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw new UserInputException(message.endsWith(".") ? message : message + ".", e);
    } catch (BudgetExceededException e) {
      throw new UserInputException(
          "privacy.registry: "
              + e.getMessage()
              + ". Take a smaller target_epsilon; or read the running total with"
              + " privacy.registry_policy: warn.",
          e);
    }
  }

  /**
   * From how many places a step draws: as many as there are units; with a limit on batches as many
   * as the accountant knows of, some of which may be empty.
   */
  private static int places(SubsampledGaussian plan, int units) {
    int places = plan.truncation().map(Truncation::units).orElse(units);
    if (places < units) {
      throw new IllegalArgumentException(
          "the accountant knows of " + places + " units, the data has " + units);
    }
    return places;
  }

  /** With private evaluation, units were held out by a hash of their own with this chance. */
  private static PrivateCurve curve(FinetuneConfig config) {
    PrivateCurve curve = config.privacy().clipping().curve();
    double fraction = config.dataset().heldOutFraction();
    return config.privacy().evaluation() ? curve.withHeldOut(fraction / (1 - fraction)) : curve;
  }

  /** Closes the ledger of a run that did not start, and deletes it when it holds no step. */
  private static void discard(Ledger ledger, Path file) {
    boolean unused = ledger.stepsCharged() == 0;
    ledger.close();
    if (unused) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException("the unused ledger " + file + " cannot be deleted", e);
      }
    }
  }

  private static LedgerHeader header(RunInputs in, SubsampledGaussian gaussian, boolean secret) {
    return new LedgerHeader(
        gaussian,
        in.plan().clipNorm(),
        in.plan().delta(),
        in.plan().budget(),
        in.config().privacy().adjacency(),
        in.config().dataset().unit().inWords(),
        in.resultDigest(),
        in.config().privacy().selection().map(SelectionSettings::stopping),
        secret);
  }

  private static String hash(Checkpoint checkpoint) {
    return checkpoint.state().path(LEDGER_HASH).asText();
  }

  private static OptionalDouble threshold(Optional<Checkpoint> earlier) {
    return earlier.map(checkpoint -> checkpoint.state().path(THRESHOLD)).stream()
        .filter(JsonNode::isNumber)
        .mapToDouble(JsonNode::asDouble)
        .findFirst();
  }

  private void enter(int first) {
    registry.ifPresent(
        r -> {
          SubsampledGaussian plan = in.plan().mechanism();
          atMost =
              Math.max(
                  plan.rounds(plan.steps()),
                  ledger.roundsCharged() + plan.rounds(plan.steps() - first));
          RunRegistry.Total total = r.enter(ledger, dataKey, atMost);
          if (total.exceeded() || total.forked()) {
            tell(total);
          }
        });
  }

  @Override
  public GradientSource gradients() {
    return gradients;
  }

  @Override
  public double epsilon() {
    return ledger.epsilonSpent();
  }

  @Override
  public void save(ObjectNode state) {
    state.put(LEDGER_HASH, ledger.lastHash()).put(THRESHOLD, gradients.clipThreshold());
  }

  @Override
  public Statement statement(SortedMap<String, String> weights, List<String> remarks) {
    int rounds = ledger.roundsCharged();
    if (spent.filter(figures -> figures.rounds() == rounds).isEmpty()) {
      spent = Optional.of(RunStatement.Spent.of(accounting, rounds));
    }
    return RunStatement.of(in, ledger, spent.orElseThrow(), weights, remarks);
  }

  @Override
  public void ended(Trainer.Outcome outcome) {
    registry.ifPresent(
        r -> {
          // A run that was interrupted may yet take the steps it was entered with.
          boolean goesOn = outcome == Trainer.Outcome.INTERRUPTED;
          tell(goesOn ? r.enter(ledger, dataKey, atMost) : r.settle(ledger, dataKey));
        });
  }

  /** Which runs share rows is itself computed from the rows: for the owner's eyes only. */
  private void tell(RunRegistry.Total total) {
    in.listener()
        .notice(
            String.format(
                Locale.ROOT,
                "%sall %d runs on this data together: ε ≤ %.4f at δ = %s%s",
                total.exceeded() ? "warning: more than privacy.total_epsilon: " : "",
                total.runs(),
                total.epsilon(),
                in.plan().delta(),
                total.forked() ? "; this one is a fork of a run that went on elsewhere" : ""));
  }

  @Override
  public void seal(RunFolder folder) throws IOException {
    RunSeal.write(folder, secret);
  }

  @Override
  public void close() {
    ledger.close();
  }
}

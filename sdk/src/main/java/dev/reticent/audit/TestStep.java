package dev.reticent.audit;

import dev.reticent.privacy.AccountantRule;
import dev.reticent.privacy.Ledger;
import dev.reticent.privacy.LedgerHeader;
import dev.reticent.privacy.PrivateStep;
import dev.reticent.privacy.RunKey;
import dev.reticent.privacy.StepPlan;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.settings.ClippingSettings;
import dev.reticent.settings.FinetuneConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/**
 * The private step of a config under a test key that its seed gives, from any step on, with a
 * ledger that is thrown away: no guarantee, but the very step that a run takes.
 */
final class TestStep implements AutoCloseable {

  private final Path file;
  private final Ledger ledger;
  private final PrivateStep step;

  private TestStep(Path file, Ledger ledger, PrivateStep step) {
    this.file = file;
    this.ledger = ledger;
    this.step = step;
  }

  /**
   * @param units N
   * @param firstStep whose randomness is wanted
   */
  static TestStep open(FinetuneConfig config, SubsampledGaussian plan, int units, int firstStep)
      throws IOException {
    ClippingSettings clipping = config.privacy().clipping();
    LedgerHeader header =
        new LedgerHeader(
            plan,
            clipping.norm(),
            config.privacy().delta(),
            Double.POSITIVE_INFINITY,
            config.privacy().adjacency(),
            "row",
            "self-test",
            false);
    Path file = Files.createTempFile("reticent-selftest", ".jsonl");
    file.toFile().deleteOnExit(); // Ctrl-C comes before close()
    Ledger ledger = Ledger.open(file, header, AccountantRule.RDP);
    PrivateStep step =
        PrivateStep.resume(
            new StepPlan(plan, clipping.curve(), config.batch().expected()),
            clipping.clipping(OptionalDouble.empty()),
            RunKey.insecureForTests(config.seed()),
            ledger,
            units,
            firstStep);
    return new TestStep(file, ledger, step);
  }

  PrivateStep step() {
    return step;
  }

  /** Lines of the ledger. */
  int charged() {
    return ledger.stepsCharged();
  }

  @Override
  public void close() throws IOException {
    ledger.close();
    Files.delete(file);
  }
}

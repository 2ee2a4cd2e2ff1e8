package dev.reticent.run;

import dev.reticent.data.PrivacyUnit;
import dev.reticent.privacy.Ledger;
import dev.reticent.privacy.PrivacyStatement;
import dev.reticent.privacy.PrivacyStatement.Bound;
import dev.reticent.privacy.PrivateCurve;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The statement of a private run: its ledger's figures and what is particular about its config. */
final class RunStatement {

  private RunStatement() {}

  static Spending.Statement of(RunInputs in, Ledger ledger, List<Bound> bounds) {
    boolean publicUnits = in.config().samplingRate().isEmpty();
    PrivacyStatement statement =
        new PrivacyStatement(
            ledger.header(),
            ledger.stepsCharged(),
            bounds,
            publicUnits ? in.plan().units() : 0,
            remarks(in, publicUnits));
    return new Spending.Statement(statement.toText(), statement.toJson());
  }

  private static List<String> remarks(RunInputs in, boolean publicUnits) {
    List<String> remarks = new ArrayList<>();
    remarks.add(
        in.config().dataset().unit() instanceof PrivacyUnit.Row
            ? "Each row is a unit. A person with several rows is protected less;"
                + " privacy.rows_per_user states how much."
            : "A unit gives one row a step, its rows taking turns, so ε holds for all of a unit's"
                + " rows together.");
    remarks.add(
        "Sums are divided by the public number "
            + in.plan().expectedBatchSize()
            + ", never by the size of a batch.");
    if (publicUnits) {
      remarks.add(
          "q was computed from the number of units, which is thereby public; sampling_rate keeps it"
              + " private.");
    }
    PrivateCurve curve = in.config().privacy().clipping().curve();
    if (curve.share() > 0) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "The loss and the clipped fraction of each step were released inside the same"
                  + " mechanism: no further ε, and %.1f %% more noise in the gradients.",
              100 * (1 / Math.sqrt(1 - 2 * curve.share() * curve.share()) - 1)));
    }
    return remarks;
  }
}

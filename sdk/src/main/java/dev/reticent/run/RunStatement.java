package dev.reticent.run;

import dev.reticent.data.PrivacyUnit;
import dev.reticent.plan.RunAccounting;
import dev.reticent.privacy.Ledger;
import dev.reticent.privacy.PrivacyStatement;
import dev.reticent.privacy.PrivacyStatement.Bound;
import dev.reticent.privacy.PrivateCurve;
import dev.reticent.privacy.accounting.TradeOff;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;

/** The statement of a private run: its ledger's figures and what is particular about its config. */
final class RunStatement {

  private RunStatement() {}

  static PrivacyMode.Statement of(
      RunInputs in,
      Ledger ledger,
      Spent spent,
      SortedMap<String, String> weights,
      List<String> more) {
    boolean publicUnits = in.config().sizeIsPublic();
    List<String> remarks = remarks(in, publicUnits);
    remarks.addAll(more);
    PrivacyStatement statement =
        new PrivacyStatement(
            ledger.header(),
            ledger.stepsCharged(),
            ledger.roundsCharged(),
            spent.bounds(),
            spent.tradeOff(),
            publicUnits ? in.plan().units() : 0,
            weights,
            remarks);
    return new PrivacyMode.Statement(
        statement.toText(),
        statement.toJson(),
        Optional.of(statement.decisions()).filter(any -> statement.guarantee()));
  }

  /** What the ledger's steps cost: computed once for as many rounds as there are. */
  record Spent(int rounds, List<Bound> bounds, TradeOff tradeOff) {

    static Spent of(RunAccounting accounting, int rounds) {
      return new Spent(rounds, accounting.bounds(rounds), accounting.tradeOff(rounds));
    }
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
          "The number of units is told (by q, unless another rate was given), and it differs where"
              + " one is added or removed. So the budget is held against replacing a unit;"
              + " privacy.public_units or sampling_rate keep the number private.");
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
    if (in.config().privacy().evaluation()) {
      remarks.add(
          "The loss on held-out units was released inside the same mechanism: a unit is either"
              + " trained on or held out, so it costs no further ε, and ε is that of held-out"
              + " units too.");
    }
    String base = in.base().config().family().remark();
    if (!base.isEmpty()) {
      remarks.add(base);
    }
    return remarks;
  }
}

package dev.reticent.run;

import dev.reticent.privacy.Decisions;
import dev.reticent.privacy.disclosure.RunFile;
import java.util.Optional;

/** The README.md of a run, as a model hub shows it. */
final class ModelCard {

  private ModelCard() {}

  static String of(RunInputs in, PrivacyMode.Statement statement) {
    String base = in.base().folder().getFileName().toString();
    Optional<Decisions> decisions = statement.decisions();
    StringBuilder card = new StringBuilder("---\ntags:\n  - reticent\n");
    card.append(decisions.isPresent() ? "  - differential-privacy\n" : "").append("---\n\n");
    card.append("# ").append(base).append(", fine-tuned with Reticent\n\n");
    decisions.ifPresent(
        found ->
            card.append("**%s**\n\n".formatted(found.sentence()))
                .append("![What the best test can do](")
                .append(RunFile.TRADE_OFF.place())
                .append(")\n\n"));
    card.append("```\n").append(statement.text().stripTrailing()).append("\n```\n");
    decisions.ifPresent(
        any ->
            card.append("\nFor machines: `")
                .append(RunFile.STATEMENT.place())
                .append("`, `")
                .append(RunFile.LABEL.place())
                .append("`; `./reticent privacy verify` checks this folder.\n"));
    return card.toString();
  }
}

package dev.reticent.privacy.disclosure;

import static dev.reticent.privacy.disclosure.Disclosure.LOCAL_ONLY;
import static dev.reticent.privacy.disclosure.Disclosure.PUBLIC_SETTING;
import static dev.reticent.privacy.disclosure.Disclosure.RELEASED;

/** What a terminal and a notebook show while a run goes on and when it has ended. */
public enum Shown implements Disclosed {
  NOTEBOOK_PROGRESS(
      "notebook: progress", RELEASED, "Steps, ε, the private loss where there is one"),
  NOTEBOOK_RESULT("notebook: result", RELEASED, "Outcome, ε, the statement, public evaluation"),
  NOTEBOOK_PLAN("notebook: plan", PUBLIC_SETTING, "q, σ, C, T; N only where its size is public"),
  NOTEBOOK_RAW(
      "notebook: rawLossChart()",
      LOCAL_ONLY,
      "Raw loss and private evaluation, drawn when asked for and marked as not private"),
  TERMINAL_STEP("terminal: progress", LOCAL_ONLY, "The raw loss, marked as not private, and ε"),
  TERMINAL_NOTICE(
      "terminal: notices", LOCAL_ONLY, "Numbers of rows read, cut, left out or repeated"),
  TERMINAL_RESULT(
      "terminal: held_out_loss_*", LOCAL_ONLY, "Evaluation, unless its rows are declared public"),
  TERMINAL_REFUSAL(
      "terminal: refusals", LOCAL_ONLY, "A refusal may name a row, or say that runs share data"),
  REGISTRY("the registry's folder", LOCAL_ONLY, "Which runs share rows, and what they spent");

  @SuppressWarnings("ImmutableEnumChecker") // a record of texts
  private final Entry entry;

  Shown(String place, Disclosure disclosure, String what) {
    this.entry = new Entry(place, disclosure, what);
  }

  @Override
  public Entry entry() {
    return entry;
  }
}

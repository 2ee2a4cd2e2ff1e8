package dev.reticent.privacy;

/** Another process writes the same ledger, so this one takes no further step. */
public final class LedgerTakenException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  LedgerTakenException(LedgerStore store, int number) {
    super(
        store
            + ": line "
            + (number + 1)
            + " is there already and says something else: another process goes on with this run."
            + " Stop one of the two, and start the other one again; no step was taken here");
  }
}

package dev.reticent.privacy.accounting;

/** No ε can be stated: nothing here bounds this way of sampling under this relation. */
public final class UnaccountedException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  UnaccountedException(
      String accountant, Subsampling sampling, Neighbors neighbors, String instead) {
    super(
        "the "
            + accountant
            + " accountant has no bound for "
            + sampling
            + " under "
            + neighbors
            + "; "
            + instead);
  }
}

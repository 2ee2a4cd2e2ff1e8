package dev.reticent.privacy.accounting;

import java.util.List;

/** An upper bound on ε for a history of events. Implementations are immutable. */
public sealed interface Accountant permits BestOfRunsAccountant, PldAccountant, RdpAccountant {
  /**
   * An ε, never negative and never NaN, such that the whole history is (ε, δ)-differentially
   * private.
   *
   * @param delta δ in (0, 1)
   * @throws UnaccountedException when the accountant has no bound for an event's sampling under its
   *     relation
   */
  double epsilon(List<PrivacyEvent> history, double delta);

  /** An upper bound on ε of a history of one event. */
  default double epsilon(PrivacyEvent event, double delta) {
    return epsilon(List.of(event), delta);
  }

  /** Whether there is a bound for this way of sampling. */
  boolean covers(Subsampling sampling);
}

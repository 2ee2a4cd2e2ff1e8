package dev.reticent.privacy;

import dev.reticent.privacy.accounting.Accountant;
import dev.reticent.privacy.accounting.Neighbors;
import dev.reticent.privacy.accounting.PldAccountant;
import dev.reticent.privacy.accounting.RdpAccountant;

/** What bounds ε: privacy loss distributions, or Rényi differential privacy, which is larger. */
public enum AccountantRule {
  PLD {
    @Override
    public Accountant accountant(Neighbors neighbors) {
      return new PldAccountant(neighbors);
    }
  },
  RDP {
    @Override
    public Accountant accountant(Neighbors neighbors) {
      return new RdpAccountant(neighbors);
    }
  };

  /** The accountant for what ε compares. */
  public abstract Accountant accountant(Neighbors neighbors);
}

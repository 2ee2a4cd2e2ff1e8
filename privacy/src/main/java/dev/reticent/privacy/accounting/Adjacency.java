package dev.reticent.privacy.accounting;

/** Which datasets count as neighbors; every ε is a statement about one of these. */
public enum Adjacency {
  /** One dataset is the other with one unit more. */
  ADD_OR_REMOVE_ONE,
  /** One unit is replaced by any other; the size stays. */
  REPLACE_ONE,
  /** One unit's contribution is replaced by zero; the size stays. */
  ZERO_OUT
}

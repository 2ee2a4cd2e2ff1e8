package dev.reticent.data;

/** What becomes of rows that cannot be used. */
public enum BadRows {
  /** All of them are told, and nothing is done. */
  REFUSE,
  /** Bad rows are left out and counted. Each row is judged on its own, so privacy holds. */
  SKIP
}

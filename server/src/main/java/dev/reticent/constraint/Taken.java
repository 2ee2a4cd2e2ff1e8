package dev.reticent.constraint;

/**
 * Names that no further member of an object may have, each with its last quote.
 *
 * @param declared those of the members that a schema lists
 * @param written others that were written
 */
record Taken(Literals declared, Literals written) {
  Taken with(byte[] name) {
    return new Taken(declared, written.with(name));
  }
}

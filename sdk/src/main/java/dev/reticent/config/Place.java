package dev.reticent.config;

/** Where a value was written: a line and column of a file, or an override. */
record Place(String source, int line, int column) {

  static Place override(String text) {
    return new Place("override '" + text + "'", 0, 0);
  }

  boolean isOverride() {
    return line == 0;
  }

  @Override
  public String toString() {
    return isOverride() ? source : source + ":" + line + ":" + column;
  }
}

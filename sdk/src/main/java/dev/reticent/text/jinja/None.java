package dev.reticent.text.jinja;

/** Python's None. */
enum None {
  NONE
}

package dev.reticent.privacy.disclosure;

/**
 * One kind of thing that a run shows, writes or answers.
 *
 * <p>Writers take an entry, never a bare name: what is not in the catalogue cannot be written, and
 * the entry says where it may go.
 */
public sealed interface Disclosed permits RunFile, LogTag, Answered, Shown {

  /**
   * A line of the catalogue.
   *
   * @param place where it is: a file's pattern, a tag, a field
   * @param disclosure whether it may leave
   * @param what what it is, in a sentence without its full stop
   */
  record Entry(String place, Disclosure disclosure, String what) {}

  Entry entry();

  /** Where it is. */
  default String place() {
    return entry().place();
  }

  /** Whether it may leave. */
  default Disclosure disclosure() {
    return entry().disclosure();
  }

  /** What it is. */
  default String what() {
    return entry().what();
  }
}

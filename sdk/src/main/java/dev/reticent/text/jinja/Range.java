package dev.reticent.text.jinja;

import java.util.AbstractList;
import java.util.List;

/** Python's range: its numbers are made when asked for. */
record Range(long start, long stop, long step) {
  /** The most elements that jinja2's sandbox allows. */
  private static final int MOST = 100_000;

  Range {
    if (step == 0) {
      throw TemplateException.failed("range() arg 3 must not be zero");
    }
  }

  /** The range, refused where its length is above what the sandbox allows. */
  static Range bounded(long start, long stop, long step) {
    Range range = new Range(start, stop, step);
    if (range.longSize() > MOST) {
      throw TemplateException.failed("range too big: at most " + MOST + " numbers");
    }
    return range;
  }

  private long longSize() {
    long span = step > 0 ? Math.subtractExact(stop, start) : Math.subtractExact(start, stop);
    return span <= 0 ? 0 : (span - 1) / Math.abs(step) + 1;
  }

  List<Object> items() {
    int size = Math.toIntExact(longSize());
    return new AbstractList<>() {
      @Override
      public Object get(int index) {
        return start + index * step;
      }

      @Override
      public int size() {
        return size;
      }
    };
  }
}

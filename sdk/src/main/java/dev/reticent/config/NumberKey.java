package dev.reticent.config;

import dev.reticent.api.Internal;

/** A key whose value is a number, which may have limits. */
@Internal
public final class NumberKey<T extends Number & Comparable<T>> extends Key<T> {
  NumberKey(Section section, String path, Codec<T> codec) {
    super(section, path, codec);
  }

  public NumberKey<T> atLeast(T low) {
    limited("of at least " + low, value -> value.compareTo(low) >= 0);
    return this;
  }

  public NumberKey<T> atMost(T high) {
    limited("of at most " + high, value -> value.compareTo(high) <= 0);
    return this;
  }

  public NumberKey<T> above(T low) {
    limited("above " + low, value -> value.compareTo(low) > 0);
    return this;
  }

  public NumberKey<T> below(T high) {
    limited("below " + high, value -> value.compareTo(high) < 0);
    return this;
  }
}

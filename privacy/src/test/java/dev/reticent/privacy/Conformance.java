package dev.reticent.privacy;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;

/**
 * What the mechanisms promise, as checks by theme. {@link ConformanceTest} runs them on the real
 * code, {@link MutantsTest} on broken variants of it.
 */
final class Conformance {

  private static final List<Class<?>> THEMES =
      List.of(
          SumConformance.class,
          SamplingConformance.class,
          NoiseConformance.class,
          StepConformance.class,
          LedgerConformance.class,
          CurveConformance.class,
          StatementConformance.class,
          RegistryConformance.class,
          BandedConformance.class);

  private Conformance() {}

  /** The checks: static, without arguments, visible to the package. */
  static List<Method> checks() {
    return THEMES.stream()
        .flatMap(theme -> Arrays.stream(theme.getDeclaredMethods()))
        .filter(m -> m.getParameterCount() == 0 && m.getReturnType() == void.class)
        .filter(m -> !m.isSynthetic())
        .toList();
  }

  /** The check of that name, of which there is one. */
  static Method check(String name) {
    List<Method> found = checks().stream().filter(m -> m.getName().equals(name)).toList();
    if (found.size() != 1) {
      throw new IllegalArgumentException(found.size() + " checks are called " + name);
    }
    return found.get(0);
  }
}

package dev.reticent.engine;

import dev.reticent.api.Internal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a process that computes is started: by the launcher, as a notebook's kernel, as an executor.
 *
 * <p>The launcher is a script and says the same in its own language; a test compares them.
 */
@Internal
public final class RuntimePolicy {

  /** What decides whether MKL's sums depend on the number of its threads. */
  public static final String MKL = "MKL_CBWR";

  /** The value with which they do not, so that a run's bits are the same on any number. */
  public static final String MKL_STRICT = "AUTO,STRICT";

  private RuntimePolicy() {}

  /** Options for the JVM: tensors live outside its heap, which leaves them room. */
  public static List<String> heap() {
    return List.of("-XX:MaxRAMPercentage=30", "-XX:+UseParallelGC");
  }

  /**
   * Variables under which training takes no more memory than what it holds: threads share one
   * malloc arena with fixed limits for what goes back to the system at once, and malloc keeps no
   * lists of small chunks, whose odd bytes would lie between aligned tensors. Other C libraries
   * than glibc ignore them.
   */
  public static Map<String, String> malloc() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("MALLOC_ARENA_MAX", "1");
    variables.put("MALLOC_MMAP_THRESHOLD_", "33554432");
    variables.put("MALLOC_TRIM_THRESHOLD_", "134217728");
    variables.put("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0");
    return variables;
  }
}

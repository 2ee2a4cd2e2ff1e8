package dev.reticent.weights;

import dev.reticent.api.Internal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * This machine's processor, as far as the choice of arithmetic depends on it.
 *
 * <p>The choice follows from what the processor says of itself and from nothing that is timed, so
 * that it is the same in every run on it, and a resumed run goes on bit by bit.
 *
 * @param x86 whether it is of that family
 * @param features Linux's words for what it has, with its maker's; empty where they are not known
 */
@Internal
public record Processor(boolean x86, Set<String> features) {

  private static final Path DESCRIPTION = Path.of("/proc/cpuinfo");
  private static final Processor OWN = read();

  public Processor {
    features = Set.copyOf(features);
  }

  public static Processor own() {
    return OWN;
  }

  private static Processor read() {
    String architecture = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    boolean x86 = architecture.equals("amd64") || architecture.equals("x86_64");
    try {
      return new Processor(x86, words(Files.readString(DESCRIPTION)));
    } catch (IOException e) {
      return new Processor(x86, Set.of()); // not Linux
    }
  }

  /** The words of the first processor of Linux's description; all are alike. */
  static Set<String> words(String description) {
    int end = description.indexOf("\n\n");
    String first = end < 0 ? description : description.substring(0, end);
    return Set.copyOf(List.of(first.strip().split("\\s+")));
  }

  /**
   * Whether products of bf16 matrices take longer than those of the same numbers in fp32.
   *
   * <p>Without instructions for bf16 they are converted piece by piece. With AVX-512's, Intel's
   * processors multiply as many numbers at a time as in fp32, and libtorch's products took 1.9
   * times as long (docs/performance.md); tile instructions (AMX) are what makes bf16 fast there.
   * AMD's and others, which nobody measured, compute in bf16 as asked.
   */
  public boolean slowInBfloat16() {
    if (!x86 || features.isEmpty()) {
      return false;
    }
    boolean intel = features.contains("GenuineIntel");
    return intel ? !features.contains("amx_bf16") : !features.contains("avx512_bf16");
  }
}

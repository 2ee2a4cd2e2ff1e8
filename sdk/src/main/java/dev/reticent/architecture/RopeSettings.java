package dev.reticent.architecture;

import dev.reticent.config.UserInputException;
import dev.reticent.format.JsonFields;
import java.util.List;

/**
 * Rotary position settings: base θ, how many of a head's coordinates turn, and how frequencies are
 * stretched beyond the training length.
 *
 * <p>Coordinate pair j of {@code rotaryDim}/2 turns by position · θ^(−2j/rotaryDim), changed by
 * {@code scaling}. {@link RopeTable} does the arithmetic.
 */
public record RopeSettings(double theta, int rotaryDim, Scaling scaling) {
  private static final String SUPPORTED = "default, linear, llama3, longrope, yarn";

  /** How the inverse frequencies are changed. */
  public sealed interface Scaling permits Unscaled, Linear, Llama3, LongRope, Yarn {}

  /** No change. */
  public record Unscaled() implements Scaling {}

  /** All frequencies divided by {@code factor}. */
  public record Linear(double factor) implements Scaling {}

  /**
   * Low frequencies divided by {@code factor}, high ones kept, a linear blend between (Llama 3.1).
   */
  public record Llama3(
      double factor, double lowFreqFactor, double highFreqFactor, int originalPositions)
      implements Scaling {}

  /**
   * One divisor per frequency: {@code shortFactor} for sequences of up to {@code originalPositions}
   * tokens, {@code longFactor} for longer ones; cosines and sines times {@code attentionFactor}.
   */
  public record LongRope(
      List<Double> shortFactor,
      List<Double> longFactor,
      double attentionFactor,
      int originalPositions)
      implements Scaling {}

  /** YaRN (Peng et al. 2023): blend by number of rotations; cosines and sines times a factor. */
  public record Yarn(
      double factor,
      double attentionFactor,
      double betaFast,
      double betaSlow,
      int originalPositions,
      boolean truncate)
      implements Scaling {}

  /** The sequence length beyond which every position turns otherwise; "never" but for longrope. */
  public int boundary() {
    return scaling instanceof LongRope longRope ? longRope.originalPositions() : Integer.MAX_VALUE;
  }

  static RopeSettings read(JsonFields config, Family family, int headDim, int maxPositions) {
    JsonFields rope =
        !config.isEmpty("rope_scaling")
            ? config.object("rope_scaling")
            : config.isEmpty("rope_parameters") ? config : config.object("rope_parameters");
    if (rope.isObject("full_attention") || rope.isObject("sliding_attention")) {
      throw rope.wrong(
          "full_attention",
          "rope settings for all layers alike (one per layer type is unsupported)");
    }
    double theta =
        rope.has("rope_theta") ? rope.number("rope_theta") : config.number("rope_theta", 10_000.0);
    double share =
        rope.has("partial_rotary_factor")
            ? rope.number("partial_rotary_factor")
            : config.number("partial_rotary_factor", 1.0);
    if (share <= 0 || share > 1 || (share < 1 && family != Family.PHI3)) {
      throw rope.wrong("partial_rotary_factor", "1.0, or for Phi-3 a number in (0, 1]");
    }
    int rotaryDim = (int) (headDim * share);
    if (rotaryDim < 2 || rotaryDim % 2 != 0) {
      throw new UserInputException(
          config.file()
              + ": rotary positions need an even number of coordinates of a head, found "
              + rotaryDim
              + " (head_dim "
              + headDim
              + ", partial_rotary_factor "
              + share
              + ").");
    }
    return new RopeSettings(
        theta, rotaryDim, scaling(rope, config, family, rotaryDim, maxPositions));
  }

  private static Scaling scaling(
      JsonFields rope, JsonFields config, Family family, int rotaryDim, int maxPositions) {
    String key = rope.has("rope_type") || !rope.has("type") ? "rope_type" : "type";
    String type = rope.text(key, "default");
    if (family == Family.PHI3 && (type.equals("su") || type.equals("yarn"))) {
      type = "longrope"; // names Phi-3 checkpoints used before the method had its own
    }
    int original =
        config.has("original_max_position_embeddings")
            ? config.positive("original_max_position_embeddings")
            : rope.positive(
                "original_max_position_embeddings", family == Family.PHI3 ? 4096 : maxPositions);
    return switch (type) {
      case "default" -> new Unscaled();
      case "linear" -> new Linear(rope.number("factor"));
      case "llama3" ->
          new Llama3(
              rope.number("factor"),
              rope.number("low_freq_factor"),
              rope.number("high_freq_factor"),
              original);
      case "longrope" -> longRope(rope, rotaryDim, maxPositions, original);
      case "yarn" -> yarn(rope, maxPositions, original);
      default -> throw rope.wrong(key, "one of " + SUPPORTED);
    };
  }

  private static LongRope longRope(
      JsonFields rope, int rotaryDim, int maxPositions, int originalPositions) {
    double factor = rope.number("factor", (double) maxPositions / originalPositions);
    double inferred =
        factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalPositions));
    return new LongRope(
        factors(rope, "short_factor", rotaryDim / 2),
        factors(rope, "long_factor", rotaryDim / 2),
        rope.number("attention_factor", inferred),
        originalPositions);
  }

  private static List<Double> factors(JsonFields rope, String key, int count) {
    List<Double> factors = rope.numbers(key);
    if (factors.size() != count) {
      throw rope.wrong(key, "a list of " + count + " numbers (half the rotary coordinates)");
    }
    return factors;
  }

  private static Yarn yarn(JsonFields rope, int maxPositions, int originalPositions) {
    double factor = rope.number("factor", (double) maxPositions / originalPositions);
    double scale = rope.number("mscale", 0);
    double allDim = rope.number("mscale_all_dim", 0);
    double inferred =
        scale != 0 && allDim != 0
            ? magnitude(factor, scale) / magnitude(factor, allDim)
            : magnitude(factor, 1);
    double fast = rope.number("beta_fast", 0);
    double slow = rope.number("beta_slow", 0);
    return new Yarn(
        factor,
        rope.number("attention_factor", inferred),
        fast == 0 ? 32 : fast,
        slow == 0 ? 1 : slow,
        originalPositions,
        rope.flag("truncate", true));
  }

  private static double magnitude(double factor, double scale) {
    return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
  }
}

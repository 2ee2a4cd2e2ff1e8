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
  private static final String SUPPORTED =
      "default, dynamic, linear, llama3, longrope, proportional, yarn";

  /** How the inverse frequencies are changed. */
  public sealed interface Scaling
      permits Unscaled, Stretched, Linear, Proportional, Llama3, LongRope, Yarn {}

  /** No change. */
  public record Unscaled() implements Scaling {}

  /** θ times alpha^(d/(d−2)), d the number of coordinates that turn. */
  public record Stretched(double alpha) implements Scaling {}

  /** All frequencies divided by {@code factor}. */
  public record Linear(double factor) implements Scaling {}

  /**
   * The first {@code share} of the pairs turn as they would if all did, divided by {@code factor};
   * the others do not.
   */
  public record Proportional(double share, double factor) implements Scaling {}

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

  /**
   * What a family leaves to read in its config's rotary settings.
   *
   * @param theta the base where the config names none
   * @param share how many of a head's coordinates turn where it does not say, as a fraction
   * @param partial whether the config may say that only some coordinates turn
   * @param phiNames whether "su" and "yarn" mean longrope, as in early Phi-3 checkpoints, whose
   *     original length is 4096
   */
  record Reading(double theta, double share, boolean partial, boolean phiNames) {
    static final Reading STANDARD = base(10_000);

    static Reading base(double theta) {
      return new Reading(theta, 1, false, false);
    }

    static Reading partial(double share) {
      return new Reading(10_000, share, true, false);
    }
  }

  /** All of a head's coordinates turn, by the family's base. */
  static RopeSettings plain(Reading reading, int headDim) {
    return new RopeSettings(reading.theta(), headDim, new Unscaled());
  }

  /** The settings for all layers alike. */
  static RopeSettings read(JsonFields config, Reading reading, int headDim, int maxPositions) {
    JsonFields rope = section(config);
    if (rope.isObject("full_attention") || rope.isObject("sliding_attention")) {
      throw rope.wrong(
          "full_attention",
          "rope settings for all layers alike (one per layer type is unsupported)");
    }
    return read(rope, config, reading, headDim, maxPositions);
  }

  /**
   * Where the settings stand: {@code rope_scaling}, {@code rope_parameters} or the config itself.
   */
  static JsonFields section(JsonFields config) {
    return !config.isEmpty("rope_scaling")
        ? config.object("rope_scaling")
        : config.isEmpty("rope_parameters") ? config : config.object("rope_parameters");
  }

  static RopeSettings read(
      JsonFields rope, JsonFields config, Reading reading, int headDim, int maxPositions) {
    double theta =
        rope.has("rope_theta")
            ? rope.number("rope_theta")
            : config.number("rope_theta", reading.theta());
    double share = share(rope, config, reading);
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
        theta, rotaryDim, scaling(rope, config, reading, rotaryDim, maxPositions));
  }

  /** Families without partial rotation do not look at the factor unless a method does. */
  private static double share(JsonFields rope, JsonFields config, Reading reading) {
    if (type(rope).equals("proportional")) {
      return 1; // pairs that do not turn have a place
    }
    double share =
        rope.has("partial_rotary_factor")
            ? rope.number("partial_rotary_factor")
            : config.number("partial_rotary_factor", reading.share());
    if (!reading.partial() && type(rope).equals("default")) {
      return 1;
    }
    if (share <= 0 || share > 1 || (share < 1 && !reading.partial())) {
      throw rope.wrong("partial_rotary_factor", "1.0, since this family turns whole heads");
    }
    return share;
  }

  private static String type(JsonFields rope) {
    return rope.text(typeKey(rope), "default");
  }

  private static String typeKey(JsonFields rope) {
    return rope.has("rope_type") || !rope.has("type") ? "rope_type" : "type";
  }

  private static Scaling scaling(
      JsonFields rope, JsonFields config, Reading reading, int rotaryDim, int maxPositions) {
    String type = type(rope);
    if (reading.phiNames() && (type.equals("su") || type.equals("yarn"))) {
      type = "longrope"; // names Phi-3 checkpoints used before the method had its own
    }
    int original =
        config.has("original_max_position_embeddings")
            ? config.positive("original_max_position_embeddings")
            : rope.positive(
                "original_max_position_embeddings", reading.phiNames() ? 4096 : maxPositions);
    return switch (type) {
      // Multimodal sections of text alone turn as usual; "dynamic" changes nothing up to the
      // longest sequence that the config allows, and longer ones are not taken.
      case "default", "mrope" -> new Unscaled();
      case "dynamic" -> rope.has("alpha") ? new Stretched(rope.number("alpha")) : new Unscaled();
      case "linear" -> new Linear(rope.number("factor"));
      case "llama3" ->
          new Llama3(
              rope.number("factor"),
              rope.number("low_freq_factor"),
              rope.number("high_freq_factor"),
              original);
      case "proportional" ->
          new Proportional(rope.number("partial_rotary_factor", 1), rope.number("factor", 1));
      case "longrope" -> longRope(rope, rotaryDim, maxPositions, original);
      case "yarn" -> yarn(rope, maxPositions, original);
      default -> throw rope.wrong(typeKey(rope), "one of " + SUPPORTED);
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
        rope.number("attention_factor", inferred(rope, inferred)),
        originalPositions);
  }

  /** Phi-MoE's checkpoints say the factor of cosines and sines beside the frequencies. */
  private static double inferred(JsonFields rope, double otherwise) {
    if (!rope.has("short_mscale") && !rope.has("long_mscale")) {
      return otherwise;
    }
    double scale = rope.number("short_mscale");
    if (rope.number("long_mscale") != scale) {
      throw rope.wrong("long_mscale", "the same number as short_mscale, " + scale);
    }
    return scale;
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

  /** YaRN's mscale: how much larger scores are to be where texts are longer by a factor. */
  static double magnitude(double factor, double scale) {
    return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
  }
}

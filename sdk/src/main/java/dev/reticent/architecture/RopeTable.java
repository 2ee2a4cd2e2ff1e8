package dev.reticent.architecture;

import dev.reticent.architecture.RopeSettings.Linear;
import dev.reticent.architecture.RopeSettings.Llama3;
import dev.reticent.architecture.RopeSettings.LongRope;
import dev.reticent.architecture.RopeSettings.Proportional;
import dev.reticent.architecture.RopeSettings.Scaling;
import dev.reticent.architecture.RopeSettings.Stretched;
import dev.reticent.architecture.RopeSettings.Unscaled;
import dev.reticent.architecture.RopeSettings.Yarn;
import java.util.List;

/**
 * Cosines and sines of the rotary angles, row-major [positions, half] with half = rotaryDim/2, the
 * attention factor of the scaling method already multiplied in.
 *
 * <p>Angle of pair j at position t: t · f_j in single precision, f_j the inverse frequency. Pair j
 * is made of the coordinates j and j + half of a head; coordinates from rotaryDim on do not turn.
 * The arithmetic is that of the Hugging Face implementation, rounding included, up to one unit in
 * the last place of f_j.
 */
@SuppressWarnings("ArrayRecordComponent") // handed to the engine as they are; never compared
public record RopeTable(int positions, int half, float[] cos, float[] sin) {

  /**
   * The table for sequences of at most {@code sequenceLength} tokens, one row for each position.
   *
   * <p>With longrope the frequencies of <em>all</em> positions depend on whether the sequence is
   * longer than the original length, so a table serves only sequences on the same side of it.
   */
  public static RopeTable of(RopeSettings settings, int sequenceLength) {
    float[] frequencies = inverseFrequencies(settings, sequenceLength);
    float attention = (float) attentionFactor(settings.scaling());
    int half = frequencies.length;
    float[] cos = new float[Math.multiplyExact(sequenceLength, half)];
    float[] sin = new float[cos.length];
    for (int t = 0; t < sequenceLength; t++) {
      for (int j = 0; j < half; j++) {
        float angle = t * frequencies[j];
        cos[t * half + j] = (float) Math.cos(angle) * attention;
        sin[t * half + j] = (float) Math.sin(angle) * attention;
      }
    }
    return new RopeTable(sequenceLength, half, cos, sin);
  }

  /** The factor multiplied into cosines and sines: 1 except for longrope and yarn. */
  static double attentionFactor(Scaling scaling) {
    if (scaling instanceof LongRope longRope) {
      return longRope.attentionFactor();
    }
    return scaling instanceof Yarn yarn ? yarn.attentionFactor() : 1;
  }

  static float[] inverseFrequencies(RopeSettings settings, int sequenceLength) {
    int dim = settings.rotaryDim();
    double theta = settings.theta();
    if (settings.scaling() instanceof Stretched stretched) {
      theta *= Math.pow(stretched.alpha(), (double) dim / (dim - 2));
    }
    float[] powers = new float[dim / 2]; // θ^(2j/dim), single precision as in the reference
    for (int j = 0; j < powers.length; j++) {
      powers[j] = (float) Math.pow((float) theta, (2f * j) / dim);
    }
    Scaling scaling = settings.scaling();
    if (scaling instanceof LongRope longRope) {
      List<Double> factors =
          sequenceLength > longRope.originalPositions()
              ? longRope.longFactor()
              : longRope.shortFactor();
      for (int j = 0; j < powers.length; j++) {
        powers[j] = factors.get(j).floatValue() * powers[j];
      }
      return reciprocals(powers);
    }
    if (scaling instanceof Yarn yarn) {
      return yarn(yarn, powers, dim, settings.theta());
    }
    float[] frequencies = reciprocals(powers);
    if (scaling instanceof Linear linear) {
      for (int j = 0; j < frequencies.length; j++) {
        frequencies[j] /= (float) linear.factor();
      }
    } else if (scaling instanceof Proportional proportional) {
      int turning = (int) Math.floor(proportional.share() * dim / 2);
      for (int j = 0; j < frequencies.length; j++) {
        frequencies[j] = j < turning ? frequencies[j] / (float) proportional.factor() : 0;
      }
    } else if (scaling instanceof Llama3 llama) {
      for (int j = 0; j < frequencies.length; j++) {
        frequencies[j] = llama3(llama, frequencies[j]);
      }
    } else if (!(scaling instanceof Unscaled || scaling instanceof Stretched)) {
      throw new AssertionError(scaling);
    }
    return frequencies;
  }

  private static float[] reciprocals(float[] values) {
    float[] result = new float[values.length];
    for (int j = 0; j < values.length; j++) {
      result[j] = 1f / values[j];
    }
    return result;
  }

  private static float llama3(Llama3 s, float frequency) {
    float wavelength = (float) (2 * Math.PI) * (1 / frequency);
    float original = s.originalPositions();
    float low = (float) s.lowFreqFactor();
    float high = (float) s.highFreqFactor();
    float factor = (float) s.factor();
    if (wavelength < (float) (s.originalPositions() / s.highFreqFactor())) {
      return frequency;
    }
    if (wavelength > (float) (s.originalPositions() / s.lowFreqFactor())) {
      return frequency / factor;
    }
    float smooth = (original * (1 / wavelength) - low) / (float) ((double) high - low);
    return (1 - smooth) * frequency / factor + smooth * frequency;
  }

  private static float[] yarn(Yarn s, float[] powers, int dim, double theta) {
    double low = correctionDim(s.betaFast(), dim, theta, s.originalPositions());
    double high = correctionDim(s.betaSlow(), dim, theta, s.originalPositions());
    if (s.truncate()) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, dim - 1);
    if (low == high) {
      high += 0.001;
    }
    float[] frequencies = new float[powers.length];
    for (int j = 0; j < powers.length; j++) {
      float ramp = Math.min(1, Math.max(0, (j - (float) low) / (float) (high - low)));
      float keep = 1 - ramp;
      float interpolated = 1f / ((float) s.factor() * powers[j]);
      frequencies[j] = interpolated * (1 - keep) + 1f / powers[j] * keep;
    }
    return frequencies;
  }

  private static double correctionDim(double rotations, int dim, double theta, int positions) {
    return dim * Math.log(positions / (rotations * 2 * Math.PI)) / (2 * Math.log(theta));
  }
}

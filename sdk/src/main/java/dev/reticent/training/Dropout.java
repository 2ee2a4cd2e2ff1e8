package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.Decoder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Dropout of what adapters see in one training step (Hu et al. 2021, appendix; as Python PEFT has
 * it): y = W x + s · B A drop(x), with another draw for each module.
 *
 * <p>What is left out of a row follows from seed, step and the row's own tokens, and from nothing
 * beside it: any number of workers and machines computes the same, a resumed run goes on as it was,
 * and in a private run a row's gradient stays a function of this row alone. So it needs no secrecy:
 * what ε says holds for whatever is left out.
 *
 * @param rate the chance p of an element to be left out, from 0 to below 1; kept to 1/65536
 * @param step from 0
 */
@Internal
public record Dropout(double rate, long seed, int step) implements Serializable {

  /** Nothing is left out. */
  public static final Dropout NONE = new Dropout(0, 0, 0);

  /** The chance is compared with draws of 16 bits. */
  private static final int PARTS = 1 << 16;

  /** The increment of SplitMix64, 2⁶⁴ over the golden ratio. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** This dropout in another step. */
  Dropout at(int other) {
    return new Dropout(rate, seed, other);
  }

  /** Whether there is anything to do. */
  boolean on() {
    return parts() > 0;
  }

  /** At most all but one part, so that something is left. */
  private long parts() {
    return Math.min(PARTS - 1, Math.round(rate * PARTS));
  }

  /**
   * What the decoder's functions take: for each layer and the head p, then a number of each row.
   *
   * @param places of a micro-batch, of which the rows take the first
   */
  List<Tensor> tensors(Scope scope, List<TokenizedExample> rows, int places, Decoder decoder) {
    long[] own = new long[places];
    for (int i = 0; i < rows.size(); i++) {
      own[i] = number(rows.get(i).ids());
    }
    List<Tensor> tensors = new ArrayList<>();
    for (int layer = 0; layer <= decoder.config().layers(); layer++) {
      long[] values = new long[1 + places];
      values[0] = parts();
      for (int i = 0; i < places; i++) {
        values[1 + i] = mix(own[i] + GOLDEN * (layer + 1));
      }
      tensors.add(scope.own(Tensor.of(decoder.device(), values, values.length)));
    }
    return tensors;
  }

  /** A number that follows from seed, step and tokens. */
  private long number(int[] ids) {
    long number = mix(mix(seed) + GOLDEN * (step + 1));
    for (int id : ids) {
      number = mix(number + GOLDEN * (id + 1L));
    }
    return number;
  }

  /** SplitMix64's last step (Steele et al. 2014). */
  private static long mix(long z) {
    long y = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long x = (y ^ (y >>> 27)) * 0x94D049BB133111EBL;
    return x ^ (x >>> 31);
  }
}

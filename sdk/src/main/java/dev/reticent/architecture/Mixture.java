package dev.reticent.architecture;

import java.util.List;
import java.util.Locale;

/**
 * Experts of which a router chooses some for each token.
 *
 * <p>No example's experts depend on another example: nothing is balanced over a batch, and no
 * expert turns a token away.
 *
 * @param experts how many there are
 * @param chosen how many of them each token passes
 * @param size F, the intermediate size of each
 * @param groups of how many groups of experts, each as many in turn, a token may choose from how
 *     many
 * @param scale what the chosen experts' shares are multiplied by
 * @param correction the vector below the layer, [experts], that is added to choose by and counts
 *     for nothing else; empty without. It is a constant of the checkpoint: to train it by how a
 *     batch loads the experts would let rows see each other
 * @param noise of SparseMixer: how near to the largest logit others must come to count beside it
 * @param gate how gates are clamped, where the activation clamps them
 * @param storage how checkpoints hold the experts' matrices
 */
public record Mixture(
    int experts,
    int chosen,
    int size,
    Routing routing,
    Groups groups,
    double scale,
    String correction,
    double noise,
    Gate gate,
    Storage storage) {

  /** One group of all experts. */
  public record Groups(int count, int chosen) {
    static final Groups NONE = new Groups(1, 1);
  }

  /** From a router's logits to how much each chosen expert counts. */
  public enum Routing {
    /** The largest logits, and softmax over these. */
    CHOSEN,
    /** Softmax over all, and the largest of it. */
    ALL,
    /** σ of each, chosen by that and the correction. */
    EACH,
    /** The same, over the sum of the chosen ones. */
    EACH_SHARED,
    /** The largest logits; σ of each, by which what its expert gets is multiplied. */
    INPUT,
    /** Two in turn, each by softmax over the logits that come near it. */
    SPARSE_MIXER;

    /** The name in the decoder's script. */
    public String inScript() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Gates up to {@code limit}, ups within ±limit and raised by one, σ of {@code slope} times the
   * gate.
   */
  public record Gate(double limit, double slope) {}

  /**
   * How checkpoints hold the matrices of a layer's experts: one tensor [experts, rows, columns] for
   * all of them, or one for each; names are below the layer.
   *
   * @param gateUps the tensors of one expert that stand one below the other, %d its number; empty
   *     where they are always one tensor for all
   * @param downs the same
   * @param transposed whether the one tensor is [experts, columns, rows]
   * @param interleaved whether rows of gate and up take turns; else all of gate come first
   * @param module what Python calls all experts together
   * @param adaptedAsStored whether PEFT adapts the one tensor as it is stored even where that is
   *     transposed, so that its A is B here
   */
  public record Storage(
      List<String> gateUps,
      List<String> downs,
      boolean transposed,
      boolean interleaved,
      String module,
      boolean adaptedAsStored) {
    public Storage {
      gateUps = List.copyOf(gateUps);
      downs = List.copyOf(downs);
    }

    /** Experts that PEFT adapts as they are computed, as most. */
    public Storage(
        List<String> gateUps,
        List<String> downs,
        boolean transposed,
        boolean interleaved,
        String module) {
      this(gateUps, downs, transposed, interleaved, module, false);
    }

    /** Experts that Python calls {@code mlp.experts}, as most. */
    public Storage(
        List<String> gateUps, List<String> downs, boolean transposed, boolean interleaved) {
      this(gateUps, downs, transposed, interleaved, "mlp.experts");
    }

    /** The tensors of one expert for one of its matrices. */
    public List<String> parts(Projection projection) {
      return projection == Projection.EXPERT_GATE_UP ? gateUps : downs;
    }
  }
}

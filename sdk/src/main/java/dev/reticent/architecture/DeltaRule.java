package dev.reticent.architecture;

/**
 * The sizes of layers with the gated delta rule (Yang et al. 2024, Gated Delta Networks).
 *
 * <p>Queries, keys and values pass a causal convolution of their own channel and SiLU; q and k get
 * length 1. Each value head has a state S [keySize, valueSize], which every token decays by α,
 * moves towards its own value, and reads: S ← αS + β·k (v − αSᵀk)ᵀ, y = Sᵀq/√keySize. What is read
 * is normed by head and gated.
 *
 * @param keyHeads heads of queries and keys; each serves as many value heads in turn
 * @param kernel tokens that the convolution sees, itself included
 * @param byKeyHead whether the projections have what belongs to each key head in turn; else all
 *     queries come first
 */
public record DeltaRule(
    int keyHeads, int valueHeads, int keySize, int valueSize, int kernel, boolean byKeyHead) {

  /** Coordinates of all queries (or keys) together. */
  public int keys() {
    return keyHeads * keySize;
  }

  /** Coordinates of all values together. */
  public int values() {
    return valueHeads * valueSize;
  }

  /** What passes the convolution: queries, keys and values. */
  public int channels() {
    return 2 * keys() + values();
  }

  /** All that is projected for a token: these, the output's gate, and two numbers a value head. */
  public int projected() {
    return channels() + values() + 2 * valueHeads;
  }

  /** Numbers that a row keeps of all its tokens in each layer: states, and what the kernel sees. */
  public long kept() {
    return (long) valueHeads * keySize * valueSize + (kernel - 1L) * channels();
  }
}

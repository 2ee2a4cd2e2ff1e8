package dev.reticent.architecture;

/**
 * The sizes of multi-head latent attention (DeepSeek-AI 2024, DeepSeek-V2, section 2.1).
 *
 * <p>A token's keys and values are projected to one latent of few coordinates, which is normed and
 * projected again to what each head attends to; queries may have a latent of their own. Of a query
 * or key only some coordinates turn; those of keys are one part for all heads, beside the latent.
 *
 * @param queryRank coordinates of the queries' latent; 0 where queries are projected at once
 * @param rank coordinates of the latent of keys and values
 * @param plain coordinates of a head that do not turn
 * @param turning coordinates of a head that turn
 * @param value coordinates of a head's value, no more than a query has
 * @param epsilon of the latents' norms
 */
public record LatentAttention(
    int queryRank, int rank, int plain, int turning, int value, double epsilon) {

  /** Coordinates of a head's query or key. */
  int head() {
    return plain + turning;
  }
}

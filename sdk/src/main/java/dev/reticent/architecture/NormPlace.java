package dev.reticent.architecture;

import java.util.Locale;

/**
 * Where a layer may have a norm, in the order in which the norms are laid out. A family has some of
 * them; the model's last norm is none of these.
 */
public enum NormPlace {
  /** Before attention. */
  INPUT,
  /** Before the feed-forward part. */
  FEED_FORWARD,
  /** Of queries, or their latent; {@link Architecture.QueryKeyNorm} says of what at once. */
  QUERY,
  /** Of keys, or the latent of keys and values. */
  KEY,
  /** Of the attention's output, before it is added. */
  POST_ATTENTION,
  /** Of the feed-forward part's output, before it is added. */
  POST_FEED_FORWARD,
  /** Of what a layer makes of what it is given beside its input, before that is added. */
  POST_LAYER_INPUT,
  /** Before the experts, where these are beside a dense part with norms of its own. */
  EXPERTS,
  /** Of what such a dense part says, before both are added. */
  POST_DENSE,
  /** Of what such experts say. */
  POST_EXPERTS;

  /** Whether it is a part of attention: of queries or keys. */
  boolean ofHeads() {
    return this == QUERY || this == KEY;
  }

  /** The name of the slot in the decoder's script. */
  String slot() {
    return name().toLowerCase(Locale.ROOT) + "_norm";
  }
}

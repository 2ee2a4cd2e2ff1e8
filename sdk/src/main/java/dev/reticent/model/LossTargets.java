package dev.reticent.model;

import dev.reticent.engine.Tensor;

/**
 * Which tokens are predicted from where.
 *
 * @param positions positions whose hidden state predicts an answer token [B,K]
 * @param targets the tokens to predict [B,K]
 * @param mask 1 where there is such a token, 0 for padding [B,K]
 */
public record LossTargets(Tensor positions, Tensor targets, Tensor mask) {}

package dev.reticent.sampling;

/** The natural logarithm of a token's probability. */
public record TokenLogprob(int id, double logprob) {}

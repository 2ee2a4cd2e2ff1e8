package dev.reticent.architecture;

/**
 * What each layer is given for each token beside its input (Gemma 3n's per-layer embeddings): P
 * numbers out of a table, and of what the token was embedded as.
 *
 * @param size P
 * @param vocabulary rows of the table [V, layers·P]
 * @param table its name below the body
 * @param projection the matrix [layers·P, D] that takes what was embedded
 * @param norm of what that gives, P numbers at a time
 */
public record LayerInput(int size, int vocabulary, String table, String projection, String norm) {}

package dev.reticent.engine;

import dev.reticent.api.Internal;

/**
 * One CUDA card, as its driver describes it.
 *
 * @param index its number among those that this process may use
 * @param name the maker's name for it
 * @param bytes its memory
 * @param capability the compute capability, such as {@code 9.0}
 */
@Internal
public record Card(int index, String name, long bytes, String capability) {}

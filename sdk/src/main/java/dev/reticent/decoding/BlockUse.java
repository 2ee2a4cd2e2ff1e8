package dev.reticent.decoding;

/**
 * How a store of keys and values is used, in blocks.
 *
 * @param total all of them
 * @param used those that rows hold
 * @param cached those that no row holds, but a prompt that begins alike may take over
 */
public record BlockUse(int total, int used, int cached) {}

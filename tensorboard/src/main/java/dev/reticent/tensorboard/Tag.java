package dev.reticent.tensorboard;

/**
 * A tag as files hold it.
 *
 * @param name the encoded field that names it
 * @param metadata what its first event in a file carries
 * @param plugin whose values it holds
 */
record Tag(Wire name, Wire metadata, String plugin) {}

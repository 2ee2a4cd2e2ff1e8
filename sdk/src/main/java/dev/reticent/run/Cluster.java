package dev.reticent.run;

import dev.reticent.data.Tables;

/**
 * Other machines that compute the micro-batches of a run, from its beginning to its end, and have
 * tables.
 */
public interface Cluster extends CrewFactory, Tables, AutoCloseable {

  @Override
  void close();
}

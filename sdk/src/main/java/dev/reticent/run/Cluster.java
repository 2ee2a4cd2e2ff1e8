package dev.reticent.run;

/** Other machines that compute the micro-batches of a run, from its beginning to its end. */
public interface Cluster extends CrewFactory, AutoCloseable {

  @Override
  void close();
}

package dev.reticent.evaluation.recipe;

import dev.reticent.run.LoadedModel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Counts the models that are loaded until it is closed, by what they log. */
final class Loads extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger(LoadedModel.class.getName());
  private final AtomicInteger count = new AtomicInteger();

  Loads() {
    logger.setLevel(Level.FINE);
    logger.addHandler(this);
  }

  int count() {
    return count.get();
  }

  @Override
  public void publish(LogRecord line) {
    if (line.getMessage().startsWith("loaded ")) {
      count.incrementAndGet();
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setLevel(null);
  }
}

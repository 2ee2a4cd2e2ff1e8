package dev.reticent.engine;

import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Shows what {@link Timeline} writes on standard error. */
public final class Timelines {

  private static final Logger LOG = Logger.getLogger(Timeline.class.getName());

  private Timelines() {}

  /** From now on. */
  public static void show() {
    ConsoleHandler handler = new ConsoleHandler();
    handler.setLevel(Level.ALL);
    LOG.setLevel(Level.ALL);
    LOG.addHandler(handler);
  }
}

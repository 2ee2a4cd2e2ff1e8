package dev.reticent.cli;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Ctrl-C while something runs that should not end in the middle: the first one asks for the end,
 * the second one ends the process at once. SIGTERM, with which containers and clusters ask a
 * process to end, is the same. SIGHUP asks only: when a terminal is closed it comes twice, from the
 * shell and from the system, and nobody has lost patience.
 *
 * <p>A shutdown hook would not do, as the JVM takes no second signal while its hooks run. Signals
 * are reached by reflection, since the compiler warns of {@code sun.misc} in any other way. Where
 * there is no such class, Ctrl-C does what it always did.
 */
final class CtrlC implements AutoCloseable {
  private static final int SIGNALLED = 128;
  private static final int SIGHUP = 1;
  private static final int SIGINT = 2;
  private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");

  private final Runnable first;
  private boolean pressed;
  private int signal = SIGINT;
  private final Map<String, Object> before = new HashMap<>();

  private CtrlC(Runnable first) {
    this.first = first;
  }

  /**
   * @param first what the first Ctrl-C does, on a thread of its own
   */
  static CtrlC listen(Runnable first) {
    CtrlC listener = new CtrlC(first);
    try {
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ours =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                listener.press(number(arguments[0]));
                return null;
              });
      for (String name : SIGNALS) {
        handle(name, ours).ifPresent(former -> listener.before.put(name, former));
      }
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      // Not there, or taken by the JVM's own options: nothing changes.
      return listener;
    }
    return listener;
  }

  private static Optional<Object> handle(String name, Object handler)
      throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    return Optional.ofNullable(
        signal
            .getMethod("handle", signal, Class.forName("sun.misc.SignalHandler"))
            .invoke(null, signal.getConstructor(String.class).newInstance(name), handler));
  }

  private static int number(Object signal) throws ReflectiveOperationException {
    return (int) signal.getClass().getMethod("getNumber").invoke(signal);
  }

  /** What a signal does. */
  synchronized void press(int number) {
    if (pressed && number != SIGHUP) {
      Runtime.getRuntime().halt(SIGNALLED + number);
    }
    if (!pressed) {
      pressed = true;
      signal = number;
      first.run();
    }
  }

  /**
   * What a process ends with that a signal ended: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP.
   */
  synchronized int exitCode() {
    return SIGNALLED + signal;
  }

  /** Whether it was pressed. */
  synchronized boolean pressed() {
    return pressed;
  }

  @Override
  public void close() {
    before.forEach(
        (name, handler) -> {
          try {
            Optional<Object> unused = handle(name, handler);
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}

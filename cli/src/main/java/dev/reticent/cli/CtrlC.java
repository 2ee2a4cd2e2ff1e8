package dev.reticent.cli;

import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * Ctrl-C while something runs that should not end in the middle: the first one asks for the end,
 * the second one ends the process at once.
 *
 * <p>A shutdown hook would not do, as the JVM takes no second signal while its hooks run. Signals
 * are reached by reflection, since the compiler warns of {@code sun.misc} in any other way. Where
 * there is no such class, Ctrl-C does what it always did.
 */
final class CtrlC implements AutoCloseable {
  private static final int INTERRUPTED = 130;

  private final Runnable first;
  private boolean pressed;
  private Optional<Object> before = Optional.empty();

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
                listener.press();
                return null;
              });
      listener.before = handle(ours);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      // Not there, or taken by the JVM's own options: nothing changes.
      listener.before = Optional.empty();
    }
    return listener;
  }

  private static Optional<Object> handle(Object handler) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    return Optional.ofNullable(
        signal
            .getMethod("handle", signal, Class.forName("sun.misc.SignalHandler"))
            .invoke(null, signal.getConstructor(String.class).newInstance("INT"), handler));
  }

  private synchronized void press() {
    if (pressed) {
      Runtime.getRuntime().halt(INTERRUPTED);
    }
    pressed = true;
    first.run();
  }

  /** Whether it was pressed. */
  synchronized boolean pressed() {
    return pressed;
  }

  @Override
  public void close() {
    before.ifPresent(
        handler -> {
          try {
            Optional<Object> unused = handle(handler);
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}

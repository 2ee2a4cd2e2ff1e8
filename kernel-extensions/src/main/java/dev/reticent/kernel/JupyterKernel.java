package dev.reticent.kernel;

import java.util.Optional;
import java.util.UUID;

/**
 * What IJava and JJava do alike. Both stand on one library under two package names, so the compiler
 * sees two kernels that share no type: what they have in common is said here, and an adapter says
 * only how the types of its library do one thing each. Code generated for the second would be out
 * of an editor's sight, and reflection would move the compiler's errors into notebooks.
 *
 * @param <D> the library's data of a display
 * @param <R> the library's channel to a cell
 */
abstract class JupyterKernel<D, R> implements Kernel {

  abstract D data(Display display);

  /** Gives data the name under which it can be replaced. */
  abstract void name(D data, String id);

  /** Shows data below the running cell. */
  abstract void display(D data);

  /** Replaces what is shown under the data's name, wherever a cell is that runs. */
  abstract void update(D data);

  /** Replaces what is shown under the data's name, in the cell of a channel. */
  abstract void update(D data, R channel);

  /**
   * The channel of the cell that runs now, kept so that it can be written to after the cell has
   * ended: what is displayed while no cell runs is dropped, and goes to another cell while that
   * runs. A stopped run ends a step later than its cell, so its last word would be lost.
   */
  abstract Optional<R> channel();

  /** A channel that the library keeps in its display. */
  static <R> Optional<R> channelOf(Object display, Class<R> type) {
    return PrivateFields.read(display, "env", type);
  }

  /** The kernel's connection, which is known while a cell runs. */
  final <C> Optional<C> connection(Class<C> type) {
    return channel()
        .flatMap(open -> PrivateFields.read(open, "shell", Object.class))
        .flatMap(shell -> PrivateFields.read(shell, "connection", type));
  }

  @Override
  public final void show(Display display) {
    display(data(display));
  }

  @Override
  public final Slot live(Display display) {
    String id = UUID.randomUUID().toString();
    Optional<R> channel = channel();
    display(named(display, id));
    return next -> {
      D update = named(next, id);
      channel.ifPresentOrElse(open -> update(update, open), () -> update(update));
    };
  }

  private D named(Display display, String id) {
    D data = data(display);
    name(data, id);
    return data;
  }
}

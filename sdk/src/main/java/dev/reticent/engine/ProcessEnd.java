package dev.reticent.engine;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * A process may end while threads compute: on Ctrl-C, on {@code kill}, when {@code main} is done.
 * The JVM stops Java at once, but not what is within libtorch, and then lets the C library run the
 * destructors of all libraries, libtorch's among them, under those threads. Now and then that is a
 * crash, with an error report of the JVM's in place of the exit code.
 *
 * <p>So these destructors are left out: they give back memory that the system takes in any case.
 * What Java has to do at the end, such as its shutdown hooks, is done by then.
 */
final class ProcessEnd {

  private ProcessEnd() {}

  /**
   * Lets the process end at the point where the destructors of all libraries loaded so far would be
   * run. Nothing changes where the C library is not GNU's.
   */
  static void withoutDestructors() {
    NativeLibrary c = NativeLibrary.getProcess();
    try {
      Function exit = c.getFunction("_exit");
      // Handlers are called with the exit code first, the last one registered before all others.
      c.getFunction("on_exit").invokeInt(new Object[] {exit, Pointer.NULL});
    } catch (UnsatisfiedLinkError e) {
      return; // no such function here
    }
  }
}

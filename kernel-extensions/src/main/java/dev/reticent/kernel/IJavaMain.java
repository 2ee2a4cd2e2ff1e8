package dev.reticent.kernel;

import dev.reticent.api.Internal;
import io.github.spencerpark.jupyter.channels.JupyterConnection;
import io.github.spencerpark.jupyter.channels.JupyterSocket;
import io.github.spencerpark.jupyter.kernel.BaseKernel;
import io.github.spencerpark.jupyter.kernel.KernelConnectionProperties;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;

/**
 * Starts IJava 1.3.0 as its own main class does, with Reticent in it from the start: IJava runs its
 * startup script in the first cell, and magics are to be completed before that.
 */
@Internal
public final class IJavaMain {

  private IJavaMain() {}

  /**
   * @param arguments the connection file
   */
  public static void main(String[] arguments) throws Exception {
    JupyterSocket.JUPYTER_LOGGER.setLevel(Level.WARNING);
    Class<?> ijava = Class.forName("io.github.spencerpark.ijava.IJava");
    BaseKernel kernel =
        Class.forName("io.github.spencerpark.ijava.JavaKernel")
            .asSubclass(BaseKernel.class)
            .getDeclaredConstructor()
            .newInstance();
    Field running = ijava.getDeclaredField("kernel");
    running.setAccessible(true);
    running.set(null, kernel);

    String file = Files.readString(Path.of(arguments[0]));
    JupyterConnection connection = new JupyterConnection(KernelConnectionProperties.parse(file));
    kernel.becomeHandlerForConnection(connection);
    IJavaAssist.join(connection, new CellAssist(Magics.all()));
    connection.connect();
    connection.waitUntilClose();
    System.exit(0);
  }
}

package dev.reticent.kernel;

import java.io.PrintStream;
import java.util.Set;
import java.util.function.Function;

/** Where there is no kernel (JShell, a program, Databricks): prints text, and has no magics. */
final class ConsoleKernel implements Kernel {

  private final PrintStream out;

  ConsoleKernel(PrintStream out) {
    this.out = out;
  }

  @Override
  public void show(Display display) {
    out.println(display.text());
  }

  @Override
  public Slot live(Display display) {
    show(display);
    return new Slot() {
      private String shown = display.text();

      @Override
      public void update(Display next) {
        if (!next.text().equals(shown)) {
          shown = next.text();
          out.println(shown);
        }
      }
    };
  }

  @Override
  public void lineMagic(String name, LineMagic magic) {}

  @Override
  public void cellMagic(String name, CellMagic magic) {}

  @Override
  public Set<String> lineMagics() {
    return Set.of();
  }

  @Override
  public Set<String> cellMagics() {
    return Set.of();
  }

  @Override
  public void assist(CellAssist assist) {}

  @Override
  public <T> void renderer(Class<T> type, Function<T, Display> renderer) {}

  @Override
  public void evaluate(String code) {}
}

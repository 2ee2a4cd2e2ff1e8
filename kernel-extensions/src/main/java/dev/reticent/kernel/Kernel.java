package dev.reticent.kernel;

import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What Reticent needs of a notebook kernel; an adapter for each kernel, loaded by name. */
interface Kernel {

  /** A display that can be replaced later, also after its cell has ended. */
  interface Slot {
    void update(Display display);
  }

  /** A magic on one line: its arguments. */
  interface LineMagic {
    void run(List<String> arguments);
  }

  /** A magic over a cell: its arguments, and the lines below it. */
  interface CellMagic {
    void run(List<String> arguments, String body);
  }

  /** Shows something below the running cell. */
  void show(Display display);

  /** Shows something below the running cell that will change. */
  Slot live(Display display);

  void lineMagic(String name, LineMagic magic);

  void cellMagic(String name, CellMagic magic);

  /** The names of all magics there are, the kernel's own among them. */
  Set<String> lineMagics();

  Set<String> cellMagics();

  /** Lets Tab and Shift-Tab ask for help, as far as the kernel can be told where to ask. */
  void assist(CellAssist assist);

  /** Shows values of this type, when they are a cell's result, in this way. */
  <T> void renderer(Class<T> type, Function<T, Display> renderer);

  /** Runs code as a cell would, so that variables can be defined. */
  void evaluate(String code);
}

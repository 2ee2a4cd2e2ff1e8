package dev.reticent.kernel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Keeps what it is told to show. */
final class RecordingKernel implements Kernel {
  final List<String> shown = Collections.synchronizedList(new ArrayList<>());
  final List<String> updates = Collections.synchronizedList(new ArrayList<>());
  final List<String> evaluated = new ArrayList<>();
  final Map<String, LineMagic> lineMagics = new HashMap<>();
  final Map<String, CellMagic> cellMagics = new HashMap<>();
  private final Consumer<Display> onUpdate;

  RecordingKernel(Consumer<Display> onUpdate) {
    this.onUpdate = onUpdate;
  }

  @Override
  public void show(Display display) {
    shown.add(display.text());
  }

  @Override
  public Slot live(Display display) {
    return next -> {
      updates.add(next.text());
      onUpdate.accept(next);
    };
  }

  @Override
  public void lineMagic(String name, LineMagic magic) {
    lineMagics.put(name, magic);
  }

  @Override
  public void cellMagic(String name, CellMagic magic) {
    cellMagics.put(name, magic);
  }

  @Override
  public Set<String> lineMagics() {
    return lineMagics.keySet();
  }

  @Override
  public Set<String> cellMagics() {
    return cellMagics.keySet();
  }

  @Override
  public void assist(CellAssist assist) {}

  @Override
  public <T> void renderer(Class<T> type, Function<T, Display> renderer) {}

  @Override
  public void evaluate(String code) {
    evaluated.add(code);
  }
}

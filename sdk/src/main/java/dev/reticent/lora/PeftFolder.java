package dev.reticent.lora;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.UserInputException;
import dev.reticent.format.Safetensors;
import dev.reticent.format.SafetensorsWriter;
import dev.reticent.format.StoredTensor;
import dev.reticent.format.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Adapters as folders of Python PEFT: {@code adapter_model.safetensors} and {@code
 * adapter_config.json}.
 */
@Internal
public final class PeftFolder {
  static final String WEIGHTS = "adapter_model.safetensors";
  static final String CONFIG = "adapter_config.json";
  private static final String PREFIX = "base_model.model.";

  private PeftFolder() {}

  /** Whether the folder holds an adapter. */
  public static boolean isAdapter(Path folder) {
    return Files.isRegularFile(folder.resolve(CONFIG));
  }

  /**
   * Writes an adapter, single precision, each file replaced whole.
   *
   * @param baseModel what to note as the base model: a name or a folder
   * @throws IOException if the disk refuses; files that were there stay as they were
   */
  public static void write(Path folder, Adapter adapter, String baseModel) throws IOException {
    Files.createDirectories(folder);
    SafetensorsWriter writer = new SafetensorsWriter();
    for (AdapterSlot slot : adapter.layout().slots()) {
      float[] a = ExpertColumns.ofA(slot, adapter.values());
      float[] b = ExpertColumns.ofB(slot, adapter.values());
      boolean own = slot.parts() == 1;
      writer.addFloats(PREFIX + slot.nameA(), shapeA(slot), a, own ? slot.startA() : 0);
      writer.addFloats(PREFIX + slot.nameB(), shapeB(slot), b, own ? slot.startB() : 0);
      if (slot.dora()) {
        writer.addFloats(PREFIX + slot.nameM(), shapeM(slot), adapter.values(), slot.startM());
      }
    }
    writer.write(folder.resolve(WEIGHTS));
    WholeFile.replace(folder.resolve(CONFIG), PeftConfig.write(adapter.layout(), baseModel));
  }

  /**
   * Reads an adapter for a model; values in half precision are widened.
   *
   * @throws UserInputException if a file is missing or damaged, the adapter has features not
   *     computed here, or its tensors do not fit; every tensor that does not is named
   */
  public static Adapter read(Path folder, ModelConfig config) {
    Path configFile = folder.resolve(CONFIG);
    if (!Files.isRegularFile(configFile)) {
      throw new UserInputException(folder + ": no " + CONFIG + " here. Expected a PEFT folder.");
    }
    AdapterLayout layout = AdapterLayout.of(config, PeftConfig.read(configFile, config));
    PeftExtras extras = PeftExtras.read(configFile, config, layout);
    Path weights = folder.resolve(WEIGHTS);
    if (!Files.isRegularFile(weights)) {
      throw new UserInputException(
          folder
              + ": no "
              + WEIGHTS
              + " here. Adapters in another format must be saved as safetensors.");
    }
    float[] values = new float[layout.size()];
    try (Safetensors tensors = Safetensors.open(weights)) {
      check(layout, extras, tensors);
      for (AdapterSlot slot : layout.slots()) {
        copy(tensors.tensor(stored(tensors, slot.nameA())), values, slot.startA());
        copy(tensors.tensor(stored(tensors, slot.nameB())), values, slot.startB());
        ExpertColumns.fromPeft(slot, values);
        if (slot.dora()) {
          copy(tensors.tensor(stored(tensors, slot.nameM())), values, slot.startM());
        }
      }
      return new Adapter(layout, values, extras.of(tensors));
    }
  }

  /**
   * The name in the file. One saved from a model's own state keeps the adapter's name in it; a
   * magnitude was a module with a weight once; a bias may be that of the layer below the adapter's.
   */
  static String stored(Safetensors tensors, String name) {
    String path = name.replaceFirst("\\.(weight|bias)$", "");
    String end = name.substring(path.length());
    return Stream.of(
            name,
            path + ".default" + end,
            path + ".weight",
            path + ".default.weight",
            path + ".base_layer" + end,
            path + ".modules_to_save" + end,
            path + ".modules_to_save.default" + end)
        .filter(other -> end.isEmpty() || other.endsWith(end))
        .map(PREFIX::concat)
        .filter(tensors::contains)
        .findFirst()
        .orElse(PREFIX + name);
  }

  private static void copy(StoredTensor tensor, float[] values, int start) {
    float[] read = tensor.floats();
    System.arraycopy(read, 0, values, start, read.length);
  }

  private static void check(AdapterLayout layout, PeftExtras extras, Safetensors tensors) {
    List<String> problems = new ArrayList<>();
    Set<String> extra = new HashSet<>(tensors.names());
    extra.remove(PREFIX + "lm_head.base_layer.weight"); // the frozen head, which PEFT may add
    for (AdapterSlot slot : layout.slots()) {
      for (String name : List.of(slot.nameA(), slot.nameB())) {
        String stored = stored(tensors, name);
        check(tensors, stored, name.equals(slot.nameA()) ? shapeA(slot) : shapeB(slot), problems);
        extra.remove(stored);
      }
      if (slot.dora()) {
        String stored = stored(tensors, slot.nameM());
        check(tensors, stored, shapeM(slot), problems);
        extra.remove(stored);
      }
    }
    for (PeftExtras.Place place : extras.places()) {
      String stored = stored(tensors, place.name());
      if (tensors.contains(stored) || place.needed()) {
        check(tensors, stored, place.shape(), problems);
        extra.remove(stored);
      }
    }
    extra.stream().sorted().forEach(name -> problems.add(name + extras.reason(name)));
    if (!problems.isEmpty()) {
      throw new UserInputException(
          tensors.source()
              + ": the adapter does not fit the model:\n  "
              + String.join("\n  ", problems));
    }
  }

  private static void check(
      Safetensors tensors, String name, List<Long> shape, List<String> problems) {
    if (!tensors.contains(name)) {
      problems.add(name + ": missing, expected shape " + shape);
    } else if (!tensors.tensor(name).shape().equals(shape)) {
      problems.add(name + ": expected shape " + shape + ", found " + tensors.tensor(name).shape());
    }
  }

  private static List<Long> shapeA(AdapterSlot slot) {
    return slot.swapped()
        ? List.of((long) slot.in(), (long) slot.rowsA())
        : List.of((long) slot.rowsA(), (long) slot.in());
  }

  private static List<Long> shapeM(AdapterSlot slot) {
    return List.of((long) slot.out());
  }

  private static List<Long> shapeB(AdapterSlot slot) {
    long rows = slot.out() / slot.parts();
    return slot.swapped() ? List.of((long) slot.rowsA(), rows) : List.of(rows, (long) slot.rowsA());
  }
}

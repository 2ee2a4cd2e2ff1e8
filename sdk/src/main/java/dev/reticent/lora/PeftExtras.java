package dev.reticent.lora;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.format.JsonFields;
import dev.reticent.format.Safetensors;
import dev.reticent.lora.SavedTensor.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What an adapter_config.json says of tensors beside the low-rank ones: {@code modules_to_save} and
 * {@code bias}.
 *
 * @param places where such tensors may be
 */
record PeftExtras(List<Place> places) {

  /**
   * @param name below the base model
   * @param needed whether the file must have it
   */
  record Place(
      String name, Kind kind, int layer, Projection projection, List<Long> shape, boolean needed) {}

  static PeftExtras read(Path file, ModelConfig config, AdapterLayout layout) {
    JsonFields json = JsonFields.read(file);
    List<Place> places = new ArrayList<>();
    List<String> saved =
        json.isEmpty("modules_to_save") ? List.of() : json.texts("modules_to_save");
    for (String name : saved) {
      List<Place> found = savedAs(name, config);
      if (found.isEmpty() || adapted(found, layout)) {
        throw json.wrong(
            "modules_to_save",
            "embeddings, the output matrix and linear modules without an adapter, not \""
                + name
                + "\"; "
                + PeftConfig.CURE);
      }
      places.addAll(found);
    }
    String bias = json.text("bias", "none");
    if (!bias.equals("none")) {
      for (Place place : modules(config, Kind.BIAS)) {
        boolean own =
            layout.slots().stream().anyMatch(s -> place.name().equals(s.path() + ".bias"));
        if (bias.equals("all") || own) {
          places.add(place);
        }
      }
    }
    return new PeftExtras(places);
  }

  private static boolean adapted(List<Place> places, AdapterLayout layout) {
    return layout.slots().stream()
        .anyMatch(s -> places.stream().anyMatch(p -> p.name().equals(s.path() + ".weight")));
  }

  /** The tensors of modules of a name, as PEFT finds them: by the end of their path. */
  private static List<Place> savedAs(String name, ModelConfig config) {
    List<Place> all = new ArrayList<>(modules(config, Kind.WEIGHT));
    modules(config, Kind.BIAS).forEach(all::add);
    String table = config.paths().body() + config.paths().embedding() + ".weight";
    Projection head = Projection.HEAD;
    all.add(
        new Place(
            table,
            Kind.EMBEDDING,
            config.layers(),
            head,
            matrix(config, config.layers(), head),
            true));
    return all.stream()
        .filter(place -> names(name, place.name().replaceFirst("\\.(weight|bias)$", "")))
        .toList();
  }

  private static boolean names(String name, String path) {
    return path.equals(name) || path.endsWith("." + name);
  }

  /** The weights, or the biases there are, of all linear modules. */
  private static List<Place> modules(ModelConfig config, Kind kind) {
    List<Place> places = new ArrayList<>();
    IntStream.range(0, config.layers())
        .forEach(
            layer ->
                Projection.adaptable(config, layer).stream()
                    .filter(p -> !p.ofExperts())
                    .forEach(p -> add(places, config, layer, p, kind)));
    add(places, config, config.layers(), Projection.HEAD, kind);
    return places;
  }

  private static void add(
      List<Place> places, ModelConfig config, int layer, Projection p, Kind kind) {
    String path = p.path(config, layer);
    if (kind == Kind.WEIGHT) {
      places.add(new Place(path + ".weight", kind, layer, p, matrix(config, layer, p), true));
    } else if (p.biased(config, layer)) {
      List<Long> shape = List.of((long) p.out(config, layer));
      places.add(new Place(path + ".bias", kind, layer, p, shape, false));
    }
  }

  private static List<Long> matrix(ModelConfig config, int layer, Projection p) {
    return List.of((long) p.out(config, layer), (long) p.in(config, layer));
  }

  /** The tensors of a file; biases that PEFT did not save are the model's own. */
  List<SavedTensor> of(Safetensors tensors) {
    List<SavedTensor> saved = new ArrayList<>();
    for (Place place : places) {
      String stored = PeftFolder.stored(tensors, place.name());
      if (tensors.contains(stored)) {
        float[] values = tensors.tensor(stored).floats();
        saved.add(
            new SavedTensor(place.name(), place.kind(), place.layer(), place.projection(), values));
      }
    }
    return saved;
  }

  /** Why a tensor of the file is none of the adapter's. */
  String reason(String name) {
    if (name.matches(".*\\.experts\\.\\d+\\..*")) {
      return ": an adapter of single experts, as transformers 4 had them; load it with Python PEFT"
          + " on transformers 5, which joins them, and save it again";
    }
    return name.endsWith(".bias")
        ? ": a trained bias that is no linear module's is not computed here; " + PeftConfig.CURE
        : ": not expected from adapter_config.json and the model";
  }
}

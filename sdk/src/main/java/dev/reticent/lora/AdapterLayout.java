package dev.reticent.lora;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.config.UserInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Where each trainable value of an adapter lies in one flat array.
 *
 * <p>Order: layer by layer; within a layer q, k, v, o, gate, up, down, or qkv, o, gate_up, down
 * where they are fused, or those of the delta rule in attention's place; the head last. For each, A
 * then B. The slots leave no gap.
 */
@Internal
public record AdapterLayout(LoraSpec spec, List<AdapterSlot> slots) {

  public AdapterLayout {
    slots = List.copyOf(slots);
  }

  /**
   * Lays out the adapters that a specification asks for on a model.
   *
   * @throws UserInputException if a target or a layer does not exist in the model
   */
  public static AdapterLayout of(ModelConfig config, LoraSpec spec) {
    for (String target : spec.targets()) {
      if (paths(config).stream().noneMatch(p -> p.equals(target) || p.endsWith("." + target))) {
        throw new UserInputException(
            "LoRA target \""
                + target
                + "\": no such module in "
                + config.family().architecture()
                + ". Its modules are "
                + modules(config)
                + ".");
      }
    }
    for (int layer : spec.layers()) {
      if (layer < 0 || layer >= config.layers()) {
        throw new UserInputException(
            "LoRA layer " + layer + ": the model has layers 0 to " + (config.layers() - 1) + ".");
      }
    }
    List<AdapterSlot> slots = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Projection projection : Projection.adaptable(config, layer)) {
        addSlot(slots, config, spec, layer, projection);
      }
    }
    addSlot(slots, config, spec, config.layers(), Projection.HEAD);
    return new AdapterLayout(spec, slots);
  }

  private static void addSlot(
      List<AdapterSlot> slots, ModelConfig config, LoraSpec spec, int layer, Projection p) {
    String path = p.path(config, layer);
    if (spec.adapts(path, layer)) {
      int in = p.in(config);
      int out = p.out(config);
      int rank = spec.rankOf(path);
      int start = slots.isEmpty() ? 0 : slots.get(slots.size() - 1).end();
      Math.addExact(start, Math.multiplyExact(rank + 1, Math.addExact(in, out)));
      double scale = spec.scaleOf(path);
      slots.add(new AdapterSlot(path, layer, p, rank, scale, in, out, spec.dora(), start));
    }
  }

  /** The paths of all modules that can be adapted, in the order of the layout. */
  static List<String> paths(ModelConfig config) {
    List<String> paths =
        IntStream.range(0, config.layers())
            .boxed()
            .flatMap(i -> Projection.adaptable(config, i).stream().map(p -> p.path(config, i)))
            .collect(Collectors.toCollection(ArrayList::new));
    paths.add(Projection.HEAD.path(config, config.layers()));
    return paths;
  }

  private static String modules(ModelConfig config) {
    return String.join(", ", Projection.targets(config)) + ", " + Projection.HEAD.target(config);
  }

  /** Number of trainable values. */
  public int size() {
    return slots.isEmpty() ? 0 : slots.get(slots.size() - 1).end();
  }

  /** The slots of one layer; the head's are under the number of layers. */
  public List<AdapterSlot> layer(int layer) {
    return slots.stream().filter(s -> s.layer() == layer).toList();
  }
}

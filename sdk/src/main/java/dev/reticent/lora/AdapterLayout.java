package dev.reticent.lora;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.config.UserInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where each trainable value of an adapter lies in one flat array.
 *
 * <p>Order: layer by layer; within a layer q, k, v, o, gate, up, down, or qkv, o, gate_up, down
 * where they are fused, or those of the delta rule in attention's place, then the experts' gate_up
 * and down; the head last. For each, A then B. The slots leave no gap.
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
      if (modules(config).noneMatch(module -> module.isCalled(target, config))) {
        throw new UserInputException(
            "LoRA target \""
                + target
                + "\": no such module in "
                + config.family().architecture()
                + ". Its modules are "
                + names(config)
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
    if (adapts(config, spec, layer, p)) {
      int in = p.in(config, layer);
      int out = p.out(config, layer);
      int parts = p.parts(config);
      int rank = spec.rankOf(path);
      if (p.ofExperts()) {
        checkExperts(spec);
      }
      int start = slots.isEmpty() ? 0 : slots.get(slots.size() - 1).end();
      int rows = Math.multiplyExact(parts, rank);
      Math.addExact(
          start, Math.addExact(Math.multiplyExact(rows, in), Math.multiplyExact(rank + 1, out)));
      slots.add(
          new AdapterSlot(
              path,
              module(config, spec, layer, p),
              layer,
              p,
              rank,
              parts,
              p.ofExperts() && config.mixture().storage().adaptedAsStored(),
              spec.scaleOf(path),
              in,
              out,
              spec.dora(),
              start));
    }
  }

  private static boolean adapts(ModelConfig config, LoraSpec spec, int layer, Projection p) {
    String path = p.path(config, layer);
    return p.ofExperts()
        ? spec.adaptsExactly(path, p.target(config), layer)
        : spec.adapts(path, layer);
  }

  private static void checkExperts(LoraSpec spec) {
    if (spec.dora() || spec.dropout() > 0) {
      throw new UserInputException(
          "LoRA on experts' matrices has neither dropout nor magnitudes (as in Python PEFT): set"
              + " lora_dropout to 0 and use_dora to false.");
    }
  }

  /** Python PEFT wraps the module of all experts once for each adapted matrix, the first inmost. */
  private static String module(ModelConfig config, LoraSpec spec, int layer, Projection p) {
    String path = p.path(config, layer);
    if (!p.ofExperts()) {
      return path;
    }
    String experts = path.substring(0, path.lastIndexOf('.'));
    boolean inner =
        p == Projection.EXPERT_GATE_UP && adapts(config, spec, layer, Projection.EXPERT_DOWN);
    return inner ? experts + ".base_layer" : experts;
  }

  /**
   * What can be adapted.
   *
   * @param layer the number of layers for the head
   */
  record Module(Projection projection, int layer, String path) {
    /** Whether a target means it: experts by their whole name, all else by the end of its path. */
    boolean isCalled(String target, ModelConfig config) {
      return path.equals(target)
          || (projection.ofExperts()
              ? target.equals(projection.target(config))
              : path.endsWith("." + target));
    }
  }

  /** All that can be adapted, in the order of the layout. */
  static Stream<Module> modules(ModelConfig config) {
    Projection head = Projection.HEAD;
    return Stream.concat(
        IntStream.range(0, config.layers())
            .boxed()
            .flatMap(
                i ->
                    Projection.adaptable(config, i).stream()
                        .map(p -> new Module(p, i, p.path(config, i)))),
        Stream.of(new Module(head, config.layers(), head.path(config, config.layers()))));
  }

  /** The paths of the modules that can be adapted, in Python's sense: experts are none. */
  static List<String> paths(ModelConfig config) {
    return modules(config).filter(m -> !m.projection().ofExperts()).map(Module::path).toList();
  }

  private static String names(ModelConfig config) {
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

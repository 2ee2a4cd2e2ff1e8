package dev.reticent.architecture;

import dev.reticent.architecture.Architecture.Linear;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * The shape of a decoder: what it is built of and its sizes.
 *
 * @param shapes for each layer its sizes
 * @param ropes the kinds of rotation that its layers use, at least one
 * @param turns for each layer which of these; their number where a layer has no positions
 * @param windows one number for each layer: how many latest tokens it sees, itself included; 0
 *     means all
 * @param mixers for each layer how its tokens see earlier ones
 * @param reach how queries grow with their position, if they do
 */
public record ModelConfig(
    Family family,
    Architecture architecture,
    TensorPaths paths,
    int vocabSize,
    int hiddenSize,
    int layers,
    int heads,
    List<LayerShape> shapes,
    List<RopeSettings> ropes,
    List<Integer> turns,
    List<Integer> windows,
    List<Mixer> mixers,
    QueryReach reach,
    boolean tiedEmbeddings,
    int maxPositions,
    List<Integer> eosTokenIds,
    OptionalInt bosTokenId) {

  public ModelConfig {
    shapes = List.copyOf(shapes);
    ropes = List.copyOf(ropes);
    turns = List.copyOf(turns);
    windows = List.copyOf(windows);
    mixers = List.copyOf(mixers);
    eosTokenIds = List.copyOf(eosTokenIds);
    for (List<?> byLayer : List.of(shapes, turns, windows, mixers)) {
      if (byLayer.size() != layers) {
        throw new IllegalArgumentException(
            "shapes, turns, windows and mixers: expected one for each of %d layers, found %s"
                .formatted(layers, byLayer));
      }
    }
  }

  /**
   * Reads a model folder's {@code config.json}, and the end-of-text ids of its {@code
   * generation_config.json} where there is one. Keys a family leaves out take the defaults of the
   * Hugging Face implementation.
   *
   * @throws dev.reticent.config.UserInputException naming file, key, found and expected, if the
   *     folder has no config or the model is of an unsupported kind
   */
  public static ModelConfig read(Path folder) {
    return Families.read(folder);
  }

  /** This model with its first {@code count} layers only. */
  public ModelConfig withLayers(int count) {
    return new ModelConfig(
        family,
        architecture,
        paths,
        vocabSize,
        hiddenSize,
        count,
        heads,
        shapes.subList(0, count),
        ropes,
        turns.subList(0, count),
        windows.subList(0, count),
        mixers.subList(0, count),
        reach,
        tiedEmbeddings,
        maxPositions,
        eosTokenIds,
        bosTokenId);
  }

  /** The sizes of a layer. */
  public LayerShape shape(int layer) {
    return shapes.get(layer);
  }

  /** The name and the bias of a linear map of a layer. */
  Linear module(Projection projection, int layer) {
    Linear alone = architecture.withoutExperts().get(projection);
    return alone != null && !shape(layer).mixture() ? alone : module(projection);
  }

  /** The same in layers of which the model has most. */
  Linear module(Projection projection) {
    Linear found = architecture.modules().get(projection);
    if (found == null) {
      throw new IllegalArgumentException(family + " has no " + projection);
    }
    return found;
  }

  /** The experts of a model that has some. */
  public Mixture mixture() {
    return architecture
        .mixture()
        .orElseThrow(() -> new IllegalStateException(family + " has no experts"));
  }

  /** The gated delta rule of a model that has such layers. */
  public DeltaRule deltaRule() {
    return architecture
        .delta()
        .orElseThrow(() -> new IllegalStateException(family + " has no delta rule"));
  }

  /**
   * Whether a layer carries a state from token to token, so that what was computed of a prompt's
   * beginning is no use to another that goes on otherwise.
   */
  public boolean recurrent() {
    return mixers.contains(Mixer.DELTA_RULE);
  }

  /** The rotation of most models, which have one. */
  public RopeSettings rope() {
    return ropes.get(0);
  }

  /** How many latest tokens a layer sees, the current one included; empty if it sees all. */
  public OptionalInt slidingWindow(int layer) {
    int window = windows.get(layer);
    return window == 0 ? OptionalInt.empty() : OptionalInt.of(window);
  }

  /** The sequence length beyond which every position turns otherwise; "never" for most. */
  public int boundary() {
    return ropes.stream().mapToInt(RopeSettings::boundary).min().orElse(Integer.MAX_VALUE);
  }

  /** Coordinates of all query heads of a layer together. */
  public int querySize(int layer) {
    return heads * shape(layer).headDim();
  }

  /** Coordinates of all key (or value) heads of a layer together. */
  public int keyValueSize(int layer) {
    return shape(layer).kvHeads() * shape(layer).headDim();
  }
}

package dev.reticent.architecture;

import dev.reticent.architecture.Architecture.Linear;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

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

  /** This model with some of its layers, by their numbers, in order; one may be there twice. */
  public ModelConfig withLayers(List<Integer> which) {
    return new ModelConfig(
        family,
        architecture,
        paths,
        vocabSize,
        hiddenSize,
        which.size(),
        heads,
        which.stream().map(shapes::get).toList(),
        ropes,
        which.stream().map(turns::get).toList(),
        which.stream().map(windows::get).toList(),
        which.stream().map(mixers::get).toList(),
        reach,
        tiedEmbeddings,
        maxPositions,
        eosTokenIds,
        bosTokenId);
  }

  /**
   * The first layer of each kind, by how it mixes tokens, how far back it sees and its sizes; with
   * it how many layers are of that kind.
   */
  public Map<Integer, Integer> kinds() {
    Map<Object, Integer> first = new HashMap<>();
    Map<Integer, Integer> counts = new LinkedHashMap<>();
    for (int layer = 0; layer < layers; layer++) {
      Object kind = List.of(mixers.get(layer), shape(layer), windows.get(layer), turns.get(layer));
      first.putIfAbsent(kind, layer);
      counts.merge(first.get(kind), 1, Integer::sum);
    }
    return counts;
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

  /** What layers are given beside their input, in a model where they are. */
  public LayerInput layerInput() {
    return architecture
        .layerInput()
        .orElseThrow(() -> new IllegalStateException(family + " has no inputs of layers"));
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

  /** The layer whose keys and values a layer sees: itself, or an earlier one. */
  public int keyLayer(int layer) {
    int found = layer;
    while (shape(found).keys() == LayerShape.Keys.OF_ANOTHER
        || !turns.get(found).equals(turns.get(layer))
        || !windows.get(found).equals(windows.get(layer))) {
      found--;
    }
    return found;
  }

  /** Whether later layers see a layer's keys and values. */
  public boolean lends(int layer) {
    return IntStream.range(layer + 1, layers).anyMatch(later -> keyLayer(later) == layer);
  }

  /** Whether layers have other heads or maps of attention than others. */
  public boolean attentionDiffers() {
    return shapes.stream()
            .map(shape -> List.of(shape.headDim(), shape.kvHeads(), shape.keys()))
            .distinct()
            .count()
        > 1;
  }

  /** Coordinates of all query heads of a layer together. */
  public int querySize(int layer) {
    return heads * shape(layer).headDim();
  }

  /** Coordinates of what attention gives a token of a layer, all heads together. */
  public int attendedSize(int layer) {
    return heads * architecture.latent().map(LatentAttention::value).orElse(shape(layer).headDim());
  }

  /** The latent attention of a model whose layers have it. */
  LatentAttention latent() {
    return architecture
        .latent()
        .orElseThrow(() -> new IllegalStateException(family + " has no latent attention"));
  }

  /** Coordinates of all key (or value) heads of a layer together, as they attend. */
  public int keyValueSize(int layer) {
    return shape(layer).kvHeads() * shape(layer).headDim();
  }
}

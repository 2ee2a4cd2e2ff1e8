package dev.reticent.decoding;

import dev.reticent.architecture.Activation;
import dev.reticent.architecture.Architecture;
import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.NormPlace;
import dev.reticent.architecture.Projection;
import dev.reticent.decoding.HeapLinear.Module;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.Decoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** A model's weights, unpacked and copied into Java's heap. */
final class HeapWeights {

  private static final Set<NormPlace> BEFORE = EnumSet.of(NormPlace.INPUT, NormPlace.FEED_FORWARD);
  private static final Set<NormPlace> OF_HEADS = EnumSet.of(NormPlace.QUERY, NormPlace.KEY);

  private final Decoder decoder;
  private final ModelConfig config;
  private final LayerLayout layout;
  private final List<Projection> projections;
  private final List<HeapLayer> layers = new ArrayList<>();
  private final HeapNorm lastNorm;
  private final HeapLinear head;
  private final HeapMatrix embeddings;

  HeapWeights(Decoder decoder) {
    this.decoder = decoder;
    this.config = decoder.config();
    this.layout = new LayerLayout(config);
    this.projections = Projection.of(config);
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(layer(layer));
    }
    List<Tensor> weights = decoder.weights().head();
    this.lastNorm = norm(weights, LayerLayout.TABLES, config.hiddenSize());
    HeapMatrix matrix = HeapMatrix.of(columns(weights, layout.outputMatrix()), config.hiddenSize());
    int number = config.layers() * projections.size();
    Module module = new Module(number, 0, config.vocabSize());
    this.head =
        new HeapLinear(
            matrix,
            columns(weights, layout.outputMatrix() + LayerLayout.MODULE_TENSORS - 1),
            List.of(module));
    this.embeddings =
        config.tiedEmbeddings()
            ? matrix
            : HeapMatrix.of(columns(weights, layout.embedding()), config.hiddenSize());
  }

  /** Whether a model's layers are such as {@link HeapLayer} computes. */
  static boolean know(ModelConfig config) {
    Architecture kind = config.architecture();
    Architecture.Attention attention = kind.attention();
    Set<NormPlace> places = kind.norms().places().keySet();
    boolean norms =
        places.containsAll(BEFORE)
            && places.stream().allMatch(p -> BEFORE.contains(p) || OF_HEADS.contains(p))
            && attention.queryKeyNorm() == Architecture.QueryKeyNorm.EACH_HEAD;
    boolean plain = !kind.parallel() && !kind.learnedPositions() && !config.reach().grows();
    boolean mixing =
        !attention.adjacentPairs()
            && !attention.byGroup()
            && !attention.sinks()
            && !attention.gated()
            && attention.cap() == 0
            && attention.clip() == 0;
    boolean feeding =
        config.shapes().stream().allMatch(shape -> shape.intermediate() > 0)
            && kind.gated()
            && kind.mixture().isEmpty()
            && kind.delta().isEmpty()
            && kind.activation() == Activation.SILU;
    boolean scales = kind.scales().residual() == 1 && kind.scales().logitCap() == 0;
    return norms && plain && mixing && feeding && scales;
  }

  private HeapLayer layer(int layer) {
    return new HeapLayer(
        norm(layer, NormPlace.INPUT).orElseThrow(),
        linear(layer, Projection::beforeAttention),
        HeapAttention.of(config, layer, norm(layer, NormPlace.QUERY), norm(layer, NormPlace.KEY)),
        linear(layer, p -> p == Projection.O),
        norm(layer, NormPlace.FEED_FORWARD).orElseThrow(),
        linear(layer, p -> !p.inAttention() && p != Projection.DOWN),
        linear(layer, p -> p == Projection.DOWN));
  }

  private Optional<HeapNorm> norm(int layer, NormPlace place) {
    List<NormPlace> places = List.copyOf(config.architecture().norms().places().keySet());
    int at = places.indexOf(place);
    int tensors = config.architecture().norms().bias() ? 2 : 1;
    int first = LayerLayout.TABLES + layer * layout.layerTensors();
    int size = OF_HEADS.contains(place) ? config.shape(layer).headDim() : config.hiddenSize();
    return at < 0
        ? Optional.empty()
        : Optional.of(norm(decoder.weights().all(), first + at * tensors, size));
  }

  private HeapNorm norm(List<Tensor> weights, int at, int size) {
    Architecture.Norms norms = config.architecture().norms();
    float[] factors = norms.factors() ? columns(weights, at) : new float[size];
    if (!norms.factors() || norms.offset()) {
      for (int i = 0; i < size; i++) {
        factors[i] += 1;
      }
    }
    float[] bias = norms.bias() ? columns(weights, at + 1) : new float[0];
    return new HeapNorm(factors, bias, norms.centred(), norms.epsilon());
  }

  private HeapLinear linear(int layer, Predicate<Projection> wanted) {
    int[] chosen =
        IntStream.range(0, projections.size())
            .filter(m -> wanted.test(projections.get(m)))
            .toArray();
    int out = Arrays.stream(chosen).map(m -> projections.get(m).out(config, layer)).sum();
    float[][] columns = new float[projections.get(chosen[0]).in(config, layer)][out];
    float[] bias = new float[out];
    boolean biased = false;
    List<Module> modules = new ArrayList<>();
    int start = 0;
    for (int m : chosen) {
      int width = projections.get(m).out(config, layer);
      int at = layout.module(layer, m);
      float[] own = columns(decoder.weights().all(), at);
      for (int k = 0; k < columns.length; k++) {
        System.arraycopy(own, k * width, columns[k], start, width);
      }
      float[] added = columns(decoder.weights().all(), at + LayerLayout.MODULE_TENSORS - 1);
      System.arraycopy(added, 0, bias, start, added.length);
      biased |= added.length > 0;
      modules.add(new Module(layer * projections.size() + m, start, width));
      start += width;
    }
    return new HeapLinear(
        new HeapMatrix(columns, out), biased ? bias : new float[0], List.copyOf(modules));
  }

  /** What is at a place in fp32, a matrix [out, in] as [in, out]. */
  private float[] columns(List<Tensor> weights, int at) {
    try (Scope scope = new Scope()) {
      return decoder
          .program()
          .call(scope, "columns", weights, at, decoder.like())
          .get(0)
          .toFloats();
    }
  }

  List<HeapLayer> layers() {
    return layers;
  }

  HeapNorm lastNorm() {
    return lastNorm;
  }

  HeapLinear head() {
    return head;
  }

  /** The embedding table [V, D]. */
  HeapMatrix embeddings() {
    return embeddings;
  }
}

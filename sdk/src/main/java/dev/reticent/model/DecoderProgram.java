package dev.reticent.model;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.Program;
import dev.reticent.engine.Script;
import dev.reticent.weights.Processor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The decoder's TorchScript functions with a model's constants filled in; one for each shape. */
final class DecoderProgram {

  /** Tensors before the first layer: the two dequantisation tables. */
  static final int TABLES = 2;

  /** Tensors of a layer before its first linear module: four norms. */
  static final int NORMS = 4;

  /** Tensors of a linear module: data, scale, extra, bias. */
  static final int PER_MODULE = 4;

  /** Tensors of a module's adapter: A, B, s. */
  static final int PER_ADAPTER = 3;

  /**
   * Rows of a matrix product in a decoding step, at most. A row's result may depend on their
   * number, if only in its last bits; not on which of them it is. {@link RowCounts} finds the
   * smaller numbers that give the same bits.
   */
  static final int ROWS = 8;

  private record Key(ModelConfig config, boolean widen) {}

  private static final Map<Key, Program> COMPILED = new ConcurrentHashMap<>();

  private DecoderProgram() {}

  static Program of(ModelConfig config) {
    return of(config, Processor.own());
  }

  static Program of(ModelConfig config, Processor processor) {
    Key key = new Key(config, processor.slowInBfloat16());
    return COMPILED.computeIfAbsent(key, k -> compile(k.config(), k.widen()));
  }

  private static Program compile(ModelConfig config, boolean widen) {
    int modules = Projection.of(config).size();
    Map<String, String> constants =
        Map.ofEntries(
            Map.entry("epsilon", Double.toString(config.rmsNormEps())),
            Map.entry("heads", Integer.toString(config.heads())),
            Map.entry("groups", Integer.toString(config.kvHeads())),
            Map.entry("head_size", Integer.toString(config.headDim())),
            Map.entry("intermediate", Integer.toString(config.intermediateSize())),
            Map.entry("vocabulary", Integer.toString(config.vocabSize())),
            Map.entry("layers", Integer.toString(config.layers())),
            Map.entry("rows", Integer.toString(ROWS)),
            Map.entry("widen", widen ? "True" : "False"),
            Map.entry("fused", config.fusedProjections() ? "True" : "False"),
            Map.entry(
                "windows",
                config.windows().stream().map(String::valueOf).collect(Collectors.joining(", "))),
            Map.entry("layer_weights", Integer.toString(NORMS + PER_MODULE * modules)),
            Map.entry("layer_adapters", Integer.toString(PER_ADAPTER * modules)));
    return Program.compile(
        Script.read(DecoderProgram.class, "decoder.torchscript", "Decoder", constants));
  }
}

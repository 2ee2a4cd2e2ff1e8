package dev.reticent.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.architecture.Projection;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.format.FileDigest;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.LoraSpec;
import dev.reticent.model.Decoder;
import dev.reticent.model.DecoderGroup;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Placement;
import dev.reticent.weights.Quantization;
import dev.reticent.weights.WeightCache;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Steps on a device that holds the layers, and on one to which the host sends each: the seconds of
 * each, and whether they train the same values.
 *
 * <pre>{"folder": a model's, "device": "cuda:0", "quantization": "NF4", "rows": 4, "tokens": 1024,
 *  "rounds": 5}</pre>
 */
final class PlacementBenchmark {

  private final JsonNode spec;
  private final ComputeDevice device;

  private PlacementBenchmark(JsonNode spec) {
    this.spec = spec;
    this.device = ComputeDevice.parse(spec.get("device").asText());
  }

  public static void main(String[] args) throws Exception {
    PlacementBenchmark benchmark = new PlacementBenchmark(new ObjectMapper().readTree(args[0]));
    String held = benchmark.train(Placement.REPLICATED);
    String sent = benchmark.train(Placement.HOST);
    System.out.println(held.equals(sent) ? "the SAME values" : "OTHER values");
  }

  private String train(Placement placement) {
    Path folder = Path.of(spec.get("folder").asText());
    DecoderOptions options =
        DecoderOptions.standard()
            .with(ComputeType.BFLOAT16)
            .with(Quantization.valueOf(spec.get("quantization").asText()));
    try (DecoderGroup group =
            DecoderGroup.load(
                folder, List.of(device), options, placement, WeightCache.none(), notice -> {});
        TrainableAdapter trainable =
            new TrainableAdapter(group.decoders().get(0), adapter(group.decoders().get(0)));
        Crew crew =
            new LocalCrew(
                trainable, new PhysicalBatch(spec.get("rows").asInt(), n -> {}), new Workers(1))) {
      int size = trainable.values().length;
      List<TokenizedExample> rows = rows(group.config().vocabSize());
      GradientSource source = new PlainGradients(size, rows, rows.size(), 0, crew);
      AdamW optimizer = new AdamW(size, 0.9, 0.999, 1e-8, 0);
      System.out.printf("%s:", placement);
      for (int step = 0; step < spec.get("rounds").asInt(); step++) {
        long start = System.nanoTime();
        optimizer.step(trainable.values(), source.next(step).gradient(), 1e-4);
        trainable.upload();
        System.out.printf(Locale.ROOT, " %.4f", (System.nanoTime() - start) * 1e-9);
      }
      System.out.println(" s");
      return FileDigest.sha256(Arrays.toString(trainable.values()));
    }
  }

  private static Adapter adapter(Decoder decoder) {
    LoraSpec lora = LoraSpec.of(16, 32, Projection.targets(decoder.config()));
    return Adapter.initial(AdapterLayout.of(decoder.config(), lora), 0);
  }

  private List<TokenizedExample> rows(int words) {
    Random random = new Random(0);
    return IntStream.range(0, spec.get("rows").asInt())
        .mapToObj(
            row -> {
              int[] ids = random.ints(spec.get("tokens").asInt(), 3, words).toArray();
              boolean[] counts = new boolean[ids.length];
              Arrays.fill(counts, 1, counts.length, true);
              return new TokenizedExample(ids, counts, "row" + row);
            })
        .toList();
  }
}

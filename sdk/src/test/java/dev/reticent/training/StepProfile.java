package dev.reticent.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.StackSampler;
import dev.reticent.architecture.Projection;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.LaunchCounter;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterLayout;
import dev.reticent.lora.LoraSpec;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.HeadGradients;
import dev.reticent.model.KeptLayer;
import dev.reticent.model.LayerExchange;
import dev.reticent.model.LayerGradients;
import dev.reticent.privacy.Scaling;
import dev.reticent.testing.Scratch;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Where the time of a micro-batch goes: how long its parts take to be asked for, and how long until
 * they are done; which operators the script calls, and how many; then the stacks of whole steps.
 */
final class StepProfile {

  /** Rows as they are. */
  private static final Scaling EVERYTHING = new Scaling(1, 1, 0, false);

  private final Decoder decoder;
  private final TrainableAdapter trainable;
  private final MicroBatch batch;
  private final Scope scope = new Scope();

  private StepProfile(Decoder decoder, TrainableAdapter trainable, MicroBatch batch) {
    this.decoder = decoder;
    this.trainable = trainable;
    this.batch = batch;
  }

  public static void main(String[] args) throws IOException {
    JsonNode spec = new ObjectMapper().readTree(args[0]);
    Path folder = Path.of(spec.get("folder").asText());
    DecoderOptions options =
        DecoderOptions.standard()
            .with(ComputeDevice.parse(spec.path("device").asText("cpu")))
            .with(ComputeType.BFLOAT16)
            .with(Quantization.valueOf(spec.path("quantization").asText("NONE")));
    long begin = System.nanoTime();
    try (Decoder decoder = Decoder.load(folder, options)) {
      System.out.printf(Locale.ROOT, "loaded in %.1f s%n", (System.nanoTime() - begin) * 1e-9);
      List<String> targets = Projection.targets(decoder.config());
      AdapterLayout layout = AdapterLayout.of(decoder.config(), LoraSpec.of(16, 32, targets));
      try (TrainableAdapter trainable = new TrainableAdapter(decoder, Adapter.initial(layout, 0))) {
        for (JsonNode rows : spec.get("rows")) {
          profile(decoder, trainable, rows.asInt(), spec.get("tokens").asInt());
        }
      }
    }
  }

  private static void profile(Decoder decoder, TrainableAdapter trainable, int rows, int tokens)
      throws IOException {
    System.out.println(rows + " x " + tokens);
    List<TokenizedExample> examples = new ArrayList<>();
    Random random = new Random(0);
    for (int r = 0; r < rows; r++) {
      int[] ids = random.ints(tokens, 3, decoder.config().vocabSize()).toArray();
      boolean[] mask = new boolean[tokens];
      Arrays.fill(mask, 1, tokens, true);
      examples.add(new TokenizedExample(ids, mask, "row" + r));
    }
    try (Scope scope = new Scope()) {
      MicroBatch batch =
          MicroBatch.of(scope, examples, decoder, BatchShape.of(examples.get(0), rows));
      for (int round = 0; round < 4; round++) {
        StepProfile profile = new StepProfile(decoder, trainable, batch);
        profile.parts(round > 0);
        profile.scope.close();
      }
      StepProfile profile = new StepProfile(decoder, trainable, batch);
      profile.operators();
      profile.scope.close();
      try (StackSampler sampler = new StackSampler();
          EngineSum sum = new EngineSum(decoder.device())) {
        long start = System.nanoTime();
        for (int round = 0; round < 5; round++) {
          try (Scope inner = new Scope()) {
            Trainable.Gradients found = trainable.gradients(inner, batch, true);
            sum.add(new EngineGradients(decoder.device(), inner, found, rows), EVERYTHING, 0x1p20);
          }
        }
        double asked = (System.nanoTime() - start) * 1e-9;
        sum.take(new long[trainable.values().length]);
        System.out.printf(
            Locale.ROOT,
            "  a micro-batch with its sum, of 5, asked for/done: %.4f/%.4f s%n%s",
            asked / 5,
            (System.nanoTime() - start) * 1e-9 / 5,
            sampler.report(14));
      }
      long start = System.nanoTime();
      trainable.upload();
      System.out.printf(Locale.ROOT, "  upload: %.4f s%n", (System.nanoTime() - start) * 1e-9);
    }
  }

  /** Waits until the device has done all that it was given. */
  private void await() {
    try (Scope own = new Scope()) {
      Tensor one = own.own(Tensor.of(decoder.device(), new float[1], 1, 1));
      SumProgram.squaredNorms(own, List.of(List.of(one)), one).toDoubles();
    }
  }

  private void parts(boolean said) {
    StringBuilder line = new StringBuilder();
    await();
    long start = System.nanoTime();
    List<KeptLayer> kept = new ArrayList<>();
    AdapterTensors adapter = trainable.adapter(decoder);
    Tensor x = decoder.embed(scope, batch.ids());
    LayerExchange exchange = decoder.exchange(scope, batch.ids(), x);
    int layers = decoder.config().layers();
    for (int layer = 0; layer < layers; layer++) {
      kept.add(decoder.layerKeep(scope, layer, x, batch.positions(), exchange, adapter));
      x = kept.get(layer).output();
    }
    start = part(line, "forward", start);
    HeadGradients head = decoder.headBackward(scope, x, batch.answers(), adapter, true, false);
    start = part(line, "head", start);
    Tensor dx = head.input();
    List<List<Tensor>> groups = new ArrayList<>();
    for (int layer = layers - 1; layer >= 0; layer--) {
      LayerGradients found =
          decoder.layerBackward(
              scope, layer, kept.get(layer), dx, batch.positions(), exchange, adapter, true, false);
      kept.get(layer).activations().forEach(scope::free);
      dx = found.input();
      groups.add(found.parameters());
    }
    start = part(line, "backward", start);
    Trainable.Gradients found = new Trainable.Gradients(head.losses(), groups);
    int rows = Math.toIntExact(head.losses().shape()[0]);
    new EngineGradients(decoder.device(), scope, found, rows);
    part(line, "norms", start);
    if (said) {
      System.out.println("  asked for/done, ms:" + line);
    }
  }

  private long part(StringBuilder line, String name, long start) {
    double asked = (System.nanoTime() - start) * 1e-6;
    await();
    double done = (System.nanoTime() - start) * 1e-6;
    line.append(String.format(Locale.ROOT, "  %s %.1f/%.1f", name, asked, done));
    return System.nanoTime();
  }

  /** Of the first layer: operators that are kernels on a card, forward and backward. */
  private void operators() throws IOException {
    Path folder = Scratch.folder("profile");
    AdapterTensors adapter = trainable.adapter(decoder);
    Tensor x = decoder.embed(scope, batch.ids());
    LayerExchange exchange = decoder.exchange(scope, batch.ids(), x);
    List<KeptLayer> kept = new ArrayList<>();
    say(
        "forward",
        LaunchCounter.of(
            folder,
            () -> kept.add(decoder.layerKeep(scope, 1, x, batch.positions(), exchange, adapter))));
    KeptLayer own = kept.get(0);
    say(
        "backward",
        LaunchCounter.of(
            folder,
            () ->
                decoder.layerBackward(
                    scope,
                    1,
                    own,
                    own.output(),
                    batch.positions(),
                    exchange,
                    adapter,
                    true,
                    false)));
  }

  private static void say(String part, Map<String, Integer> counts) {
    int sum = counts.values().stream().mapToInt(Integer::intValue).sum();
    System.out.println("  a layer " + part + " launches " + sum + ":");
    StringBuilder line = new StringBuilder("   ");
    counts.entrySet().stream()
        .sorted(Comparator.comparing(Map.Entry<String, Integer>::getValue).reversed())
        .forEach(e -> line.append(' ').append(e.getValue()).append(' ').append(e.getKey()));
    System.out.println(line);
  }
}

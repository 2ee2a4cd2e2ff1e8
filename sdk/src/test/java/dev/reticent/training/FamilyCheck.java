package dev.reticent.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.data.TokenizedExample;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Scope;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.AdapterSlot;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.Golden;
import dev.reticent.weights.Activations;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a family's tiny checkpoint shows beside transformers' and PEFT's outputs (make_families.py).
 * {@link #main} prints the table of docs/models.md.
 *
 * @param logits largest difference of a logit at the last token, or of a token's log-probability
 * @param cache largest difference of a logit, decoded token by token against computed at once
 * @param gradients largest relative difference of the norm of one matrix's gradient, of one example
 * @param nf4 the same as {@code logits}, with weights in 4 bits: that much they may cost
 */
record FamilyCheck(double logits, double cache, double gradients, double nf4) {

  private static JsonNode golden(String name) throws IOException {
    return new ObjectMapper().readTree(Golden.family(name).resolve("golden.json").toFile());
  }

  static FamilyCheck of(String name) throws IOException {
    return of(name, DecoderOptions.standard());
  }

  private static FamilyCheck of(String name, DecoderOptions options) throws IOException {
    JsonNode golden = golden(name);
    double gradients =
        Math.max(
            gradients(name, golden, options.with(Activations.KEEP)),
            gradients(name, golden, options.with(Activations.RECOMPUTE)));
    try (Decoder decoder = Decoder.load(Golden.family(name), options);
        Decoder small = Decoder.load(Golden.family(name), options.with(Quantization.NF4));
        AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device())) {
      return new FamilyCheck(
          logits(decoder, none, golden),
          cache(decoder, none, ids(golden.get("input_ids"))),
          gradients,
          logits(small, none, golden));
    }
  }

  private static double logits(Decoder decoder, AdapterTensors none, JsonNode golden) {
    int[] ids = ids(golden.get("input_ids"));
    int v = decoder.config().vocabSize();
    float[] logits = decoder.logits(ids, none);
    double worst = 0;
    for (int i = 0; i < v; i++) {
      double expected = golden.get("logits_last").get(i).asDouble();
      worst = larger(worst, logits[(ids.length - 1) * v + i] - expected);
    }
    for (int t = 0; t + 1 < ids.length; t++) {
      double sum = 0;
      for (int i = 0; i < v; i++) {
        sum += Math.exp(logits[t * v + i]);
      }
      double expected = golden.get("logprobs").get(t).asDouble();
      worst = larger(worst, logits[t * v + ids[t + 1]] - Math.log(sum) - expected);
    }
    return worst;
  }

  /** NaN is larger than any number. */
  private static double larger(double worst, double difference) {
    return Double.isNaN(worst) ? worst : Math.max(worst, Math.abs(difference));
  }

  private static double cache(Decoder decoder, AdapterTensors none, int[] ids) {
    int v = decoder.config().vocabSize();
    float[] whole = decoder.logits(ids, none);
    double worst = 0;
    try (DecodingSession session = DecodingSession.on(decoder, none, 2, ids.length + 1)) {
      int row = session.open(AdapterId.NONE, new int[0], ids.length + 1);
      float[] found = session.extend(row, Arrays.copyOf(ids, 5));
      for (int t = 5; t <= ids.length; t++) {
        for (int i = 0; i < v; i++) {
          worst = larger(worst, found[i] - whole[(t - 1) * v + i]);
        }
        if (t < ids.length) {
          found = session.step(new int[] {row}, new int[] {ids[t]})[0];
        }
      }
    }
    return worst;
  }

  private static double gradients(String name, JsonNode golden, DecoderOptions options)
      throws IOException {
    Path folder = Golden.family(name);
    JsonNode expected = golden.get("example");
    int[] ids = ids(expected.get("input_ids"));
    boolean[] mask = new boolean[ids.length];
    for (int i = 0; i < ids.length; i++) {
      mask[i] = expected.get("loss_mask").get(i).asInt() == 1;
    }
    // A shorter neighbor, so that the example is one of a padded batch.
    TokenizedExample other =
        new TokenizedExample(Arrays.copyOf(ids, 25), Arrays.copyOf(mask, 25), "other");
    TokenizedExample one = new TokenizedExample(ids, mask, "one");
    try (Decoder decoder = Decoder.load(folder, options)) {
      Adapter adapter = PeftFolder.read(folder.resolve("adapter"), decoder.config());
      try (TrainableAdapter trainable = new TrainableAdapter(decoder, adapter);
          Scope scope = new Scope()) {
        MicroBatch batch = MicroBatch.of(scope, List.of(other, one), decoder);
        Trainable.Gradients found = trainable.gradients(scope, batch, true);
        EngineGradients gradients = new EngineGradients(decoder.device(), scope, found, 2);
        double[][] second = new double[gradients.groups()][2];
        for (double[] group : second) {
          group[1] = 0x1p40;
        }
        float[] own = PrivateGradientsTest.fromGrid(gradients.wholeSum(second));
        double worst = larger(0, gradients.losses()[1] - expected.get("loss").asDouble());
        JsonNode norms = expected.get("grad_norms");
        for (AdapterSlot slot : adapter.layout().slots()) {
          double a = norm(own, slot.startA(), slot.startB()) / norms.get(slot.nameA()).asDouble();
          double b = norm(own, slot.startB(), slot.end()) / norms.get(slot.nameB()).asDouble();
          worst = larger(larger(worst, a - 1), b - 1);
        }
        return worst;
      }
    }
  }

  private static double norm(float[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) values[i] * values[i];
    }
    return Math.sqrt(sum);
  }

  private static int[] ids(JsonNode node) {
    int[] ids = new int[node.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = node.get(i).asInt();
    }
    return ids;
  }

  /**
   * Prints the table.
   *
   * @param arguments a device and checkpoints; the processor, and all of them, without any
   */
  public static void main(String[] arguments) throws IOException {
    DecoderOptions options =
        DecoderOptions.standard()
            .with(ComputeDevice.parse(arguments.length > 0 ? arguments[0] : "cpu"));
    List<String> names =
        List.of(arguments).subList(Math.min(1, arguments.length), arguments.length);
    System.out.println("| checkpoint | `model_type` | logits | decoded | gradient norms | NF4 |");
    System.out.println("| --- | --- | --- | --- | --- | --- |");
    for (String name : names.isEmpty() ? Golden.families() : names) {
      FamilyCheck found = of(name, options);
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %.1e | %.1e | %.1e | %.2f |%n",
          name,
          ModelConfig.read(Golden.family(name)).family().modelType(),
          found.logits,
          found.cache,
          found.gradients,
          found.nf4);
    }
  }
}

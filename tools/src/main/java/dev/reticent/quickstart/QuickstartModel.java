package dev.reticent.quickstart;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.data.TokenizedExample;
import dev.reticent.format.Dtype;
import dev.reticent.format.Floats;
import dev.reticent.format.SafetensorsWriter;
import dev.reticent.format.TensorSpec;
import dev.reticent.model.Decoder;
import dev.reticent.text.Tokenizer;
import dev.reticent.training.AdamW;
import dev.reticent.training.Crew;
import dev.reticent.training.LearningRateSchedule;
import dev.reticent.training.LocalCrew;
import dev.reticent.training.PhysicalBatch;
import dev.reticent.training.PlainGradients;
import dev.reticent.training.TrainableWeights;
import dev.reticent.training.Trainer;
import dev.reticent.training.Workers;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.WeightLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The embedded model: a small Mistral, pre-trained by this SDK on {@link QuickstartCorpus}.
 *
 * <p>Its weights ship as a resource. {@link #main} makes them again, in some minutes on two cores.
 */
public final class QuickstartModel {

  private static final int STEPS = 2400;
  private static final int BATCH = 32;
  private static final int MAX_TOKENS = 192;
  private static final double PEAK_RATE = 3e-3;
  private static final long SEED = 20_261_124;

  private QuickstartModel() {}

  /**
   * Pre-trains the model.
   *
   * @param args the folder to write it to
   */
  public static void main(String[] args) throws IOException {
    pretrain(Path.of(args[0]), STEPS);
  }

  static void pretrain(Path folder, int steps) throws IOException {
    Files.createDirectories(folder);
    QuickstartTokenizer.write(folder);
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      Files.writeString(folder.resolve("config.json"), config(tokenizer.vocabularySize()));
      ModelConfig config = ModelConfig.read(folder);
      WeightLayout layout = new WeightLayout(config);
      float[] values = initial(config, layout);
      write(folder, layout, values);
      List<TokenizedExample> examples = examples(tokenizer, steps * BATCH);
      try (Decoder decoder = Decoder.load(folder, DecoderOptions.standard());
          TrainableWeights weights = new TrainableWeights(decoder, values);
          Crew crew =
              new LocalCrew(
                  weights, new PhysicalBatch(BATCH / 2, notice -> {}), Workers.sharingCores(2))) {
        new Trainer(
                weights,
                new PlainGradients(values.length, examples, BATCH, SEED, crew),
                new AdamW(values.length, 0.9, 0.95, 1e-8, 0.01),
                new LearningRateSchedule(
                    LearningRateSchedule.Shape.COSINE, PEAK_RATE, steps / 25 + 1, steps),
                steps)
            .run(
                0,
                report -> {
                  if (report.step() % 50 == 0) {
                    System.out.printf(
                        "step %d of %d, loss %.3f, %.0f tokens/s%n",
                        report.step(), steps, report.loss(), report.tokens() / report.seconds());
                  }
                });
      }
      write(folder, layout, values);
    }
  }

  private static String config(int vocabulary) {
    return """
    {
      "architectures": ["MistralForCausalLM"],
      "model_type": "mistral",
      "vocab_size": %d,
      "hidden_size": 192,
      "intermediate_size": 512,
      "num_hidden_layers": 4,
      "num_attention_heads": 6,
      "num_key_value_heads": 3,
      "head_dim": 32,
      "hidden_act": "silu",
      "max_position_embeddings": 512,
      "rms_norm_eps": 1e-05,
      "rope_theta": 10000.0,
      "sliding_window": null,
      "tie_word_embeddings": false,
      "bos_token_id": 1,
      "eos_token_id": 2,
      "pad_token_id": 0,
      "torch_dtype": "bfloat16"
    }
    """
        .formatted(vocabulary);
  }

  /** Normal with deviation 0.02, less for what writes into the residual stream; norms are 1. */
  private static float[] initial(ModelConfig config, WeightLayout layout) {
    SplittableRandom random = new SplittableRandom(SEED);
    float[] values = new float[layout.size()];
    for (TensorSpec spec : layout.specs()) {
      int start = layout.start(spec);
      boolean norm = spec.shape().size() == 1;
      boolean residual = spec.name().contains("o_proj") || spec.name().contains("down_proj");
      double deviation = residual ? 0.02 / Math.sqrt(2.0 * config.layers()) : 0.02;
      for (int i = start; i < start + spec.elements(); i++) {
        values[i] = norm ? 1 : (float) (random.nextGaussian() * deviation);
      }
    }
    return values;
  }

  private static List<TokenizedExample> examples(Tokenizer tokenizer, int count) {
    return QuickstartCorpus.documents()
        .limit(count)
        .map(text -> text.endsWith("</s>") ? text : text + "</s>")
        .map(text -> example(tokenizer.encode(text, true)))
        .toList();
  }

  private static TokenizedExample example(int[] ids) {
    int[] cut = Arrays.copyOf(ids, Math.min(ids.length, MAX_TOKENS));
    boolean[] mask = new boolean[cut.length];
    Arrays.fill(mask, 1, mask.length, true);
    return new TokenizedExample(cut, mask, "public");
  }

  private static void write(Path folder, WeightLayout layout, float[] values) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (TensorSpec spec : layout.specs()) {
      int start = layout.start(spec);
      int count = Math.toIntExact(spec.elements());
      ByteBuffer bytes = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        bytes.putShort(Floats.toBfloat(values[start + i]));
      }
      bytes.flip();
      writer.add(
          spec.name(),
          Dtype.BF16,
          spec.shape(),
          channel -> {
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          });
    }
    writer.write(folder.resolve("model.safetensors"));
  }
}

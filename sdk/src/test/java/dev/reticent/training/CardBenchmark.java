package dev.reticent.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.data.TokenizedExample;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.decoding.SessionOptions;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Timelines;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.DecodeBenchmark;
import dev.reticent.model.Decoder;
import dev.reticent.model.DecoderGroup;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Placement;
import dev.reticent.weights.Quantization;
import dev.reticent.weights.WeightCache;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * For {@code card.py}: loads a model once and then does what each line on standard input asks for,
 * some rounds of it; answers with the seconds of each round. {@code "cache"} in the argument names
 * a folder for quantized weights.
 *
 * <pre>{"do": "train", "ids": [[…]], "private": true, "rounds": 5}
 * {"do": "decode", "ids": [[…]], "new_tokens": 128, "rounds": 3}</pre>
 */
final class CardBenchmark {

  private static final ObjectMapper JSON = new ObjectMapper();

  private CardBenchmark() {}

  public static void main(String[] args) throws IOException {
    JsonNode spec = JSON.readTree(args[0]);
    Path folder = Path.of(spec.get("folder").asText());
    DecoderOptions options =
        DecoderOptions.standard()
            .with(ComputeDevice.parse(spec.get("device").asText()))
            .with(ComputeType.BFLOAT16)
            .with(Quantization.valueOf(spec.get("quantization").asText()));
    Timelines.show();
    WeightCache cache =
        spec.has("cache")
            ? new WeightCache(Path.of(spec.get("cache").asText()), 0, System.err::println)
            : WeightCache.none();
    try (DecoderGroup group = load(folder, options, cache)) {
      Decoder decoder = group.decoders().get(0);
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      System.out.println("ready");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonNode work = JSON.readTree(line);
        if (work.get("do").asText().equals("train")) {
          train(decoder, folder, work);
        } else {
          decode(decoder, work);
        }
        System.out.println();
      }
    }
  }

  private static DecoderGroup load(Path folder, DecoderOptions options, WeightCache cache) {
    List<ComputeDevice> devices = List.of(options.device());
    Placement all = Placement.REPLICATED;
    return DecoderGroup.load(folder, devices, options, all, cache, System.err::println);
  }

  private static void train(Decoder decoder, Path folder, JsonNode work) throws IOException {
    List<TokenizedExample> examples = StepBenchmark.examples(work.get("ids"));
    PhysicalBatch physical = new PhysicalBatch(examples.size(), System.err::println);
    try (Trainable trainable = StepBenchmark.trainable(decoder, folder, 16);
        Crew crew = new LocalCrew(trainable, physical, Workers.sharingCores(1))) {
      int size = trainable.values().length;
      GradientSource source =
          work.get("private").asBoolean()
              ? StepBenchmark.privately(size, examples, crew)
              : new PlainGradients(size, examples, examples.size(), 0, crew);
      AdamW optimizer = new AdamW(size, 0.9, 0.999, 1e-8, 0);
      for (int step = 0; step < work.get("rounds").asInt(); step++) {
        long start = System.nanoTime();
        optimizer.step(trainable.values(), source.next(step).gradient(), 1e-4);
        trainable.upload();
        say(start);
      }
    }
  }

  private static void decode(Decoder decoder, JsonNode work) {
    int[][] prompts = JSON.convertValue(work.get("ids"), int[][].class);
    int more = work.get("new_tokens").asInt();
    SessionOptions size = SessionOptions.of(prompts.length, prompts[0].length + more);
    SessionOptions apart =
        new SessionOptions(
            size.rows(), size.maxTokens(), size.cacheTokens(), size.blockTokens(), false);
    try (AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device());
        DecodingSession session =
            DecodingSession.on(decoder, Map.of(AdapterId.NONE, none), apart)) {
      for (int round = 0; round < work.get("rounds").asInt(); round++) {
        long start = System.nanoTime();
        DecodeBenchmark.round(session, prompts, more);
        say(start);
      }
    }
  }

  private static void say(long start) {
    System.out.printf(Locale.ROOT, "%.6f ", (System.nanoTime() - start) * 1e-9);
  }
}

package dev.reticent.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.StackSampler;
import dev.reticent.data.TokenizedExample;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.GraphOptimizers;
import dev.reticent.model.Decoder;
import dev.reticent.weights.ComputeType;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Quantization;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Where the host's time of whole steps goes, round by round, so that one sees it warm up; sums are
 * added on the device, and noise drawn ahead, as with a card.
 *
 * <pre>{"folder": …, "device": "cuda:0", "quantization": ["NF4"], "rank": 16,
 *  "work": [{"private": true, "rows": 1, "tokens": 1024, "rounds": 30, "optimized": true}]}</pre>
 */
final class StepParts {

  private final Trainable trainable;
  private final List<TokenizedExample> examples;
  private final boolean isPrivate;
  private final Map<String, List<Double>> parts = new LinkedHashMap<>();
  private long last;

  private StepParts(Trainable trainable, List<TokenizedExample> examples, boolean isPrivate) {
    this.trainable = trainable;
    this.examples = examples;
    this.isPrivate = isPrivate;
  }

  public static void main(String[] args) throws IOException {
    JsonNode spec = new ObjectMapper().readTree(args[0]);
    Path folder = Path.of(spec.get("folder").asText());
    int rank = spec.path("rank").asInt(16);
    for (JsonNode quantization : spec.get("quantization")) {
      DecoderOptions options =
          DecoderOptions.standard()
              .with(ComputeDevice.parse(spec.path("device").asText("cpu")))
              .with(ComputeType.BFLOAT16)
              .with(Quantization.valueOf(quantization.asText()));
      try (Decoder decoder = Decoder.load(folder, options)) {
        for (JsonNode work : spec.get("work")) {
          GraphOptimizers.cards(work.path("optimized").asBoolean(true));
          try (Trainable trainable = StepBenchmark.trainable(decoder, folder, rank)) {
            System.out.println(quantization.asText() + " " + work);
            List<TokenizedExample> examples = examples(decoder, work);
            new StepParts(trainable, examples, work.get("private").asBoolean())
                .run(work.get("rounds").asInt());
          }
        }
      }
    }
  }

  private static List<TokenizedExample> examples(Decoder decoder, JsonNode work) {
    int tokens = work.get("tokens").asInt();
    List<TokenizedExample> examples = new ArrayList<>();
    for (int row = 0; row < work.get("rows").asInt(); row++) {
      int[] ids = new Random(row).ints(tokens, 3, decoder.config().vocabSize()).toArray();
      boolean[] mask = new boolean[tokens];
      Arrays.fill(mask, 1, tokens, true);
      examples.add(new TokenizedExample(ids, mask, "row" + row));
    }
    return examples;
  }

  private void run(int rounds) throws IOException {
    int size = trainable.values().length;
    PhysicalBatch physical = new PhysicalBatch(examples.size(), System.err::println);
    try (Crew crew =
        new Timed(
            new LocalCrew(
                trainable,
                physical,
                Workers.sharingCores(1),
                (done, total) -> {
                  if (done == total) {
                    part("asked");
                  }
                }))) {
      GradientSource source =
          isPrivate
              ? StepBenchmark.privately(size, examples, crew).with(SumPlace.DEVICE)
              : new PlainGradients(size, examples, examples.size(), 0, crew).with(SumPlace.DEVICE);
      AdamW optimizer = new AdamW(size, 0.9, 0.999, 1e-8, 0);
      StackSampler sampler = new StackSampler();
      for (int step = 0; step < rounds; step++) {
        if (step == rounds / 2) {
          sampler.close();
          sampler = new StackSampler();
        }
        last = System.nanoTime();
        GradientSource.Step next = source.next(step);
        part("release");
        optimizer.step(trainable.values(), next.gradient(), 1e-4);
        part("optimizer");
        Divergence.refuse(trainable, step, 1e-4);
        part("divergence");
        trainable.upload();
        part("upload");
      }
      sampler.close();
      report(rounds);
      System.out.print(sampler.report(8));
    }
  }

  /** Time up to here is that of a part. */
  private void part(String name) {
    long now = System.nanoTime();
    parts.computeIfAbsent(name, own -> new ArrayList<>()).add((now - last) * 1e-6);
    last = now;
  }

  /** Every round, then the median of each part over the second half of them. */
  private void report(int rounds) {
    StringBuilder all = new StringBuilder("  ms:");
    for (int i = 0; i < rounds; i++) {
      int round = i;
      double sum = parts.values().stream().mapToDouble(times -> times.get(round)).sum();
      all.append(String.format(Locale.ROOT, " %.0f", sum));
    }
    System.out.println(all);
    StringBuilder medians = new StringBuilder("  median of the second half:");
    parts.forEach(
        (name, times) -> {
          double[] sorted = times.stream().skip(rounds / 2).mapToDouble(t -> t).sorted().toArray();
          medians.append(String.format(Locale.ROOT, "  %s %.2f", name, sorted[sorted.length / 2]));
        });
    System.out.println(medians);
  }

  /** Tells apart what is asked of the device, what is waited for and taken, and the rest. */
  private final class Timed implements Crew {

    private final Crew crew;

    Timed(Crew crew) {
      this.crew = crew;
    }

    @Override
    public int rowsAtOnce() {
      return crew.rowsAtOnce();
    }

    @Override
    public boolean leavesCoresIdle() {
      return true;
    }

    @Override
    public <R extends Serializable> List<Part<R>> run(Work<R> work, List<List<Row>> rows) {
      part("begin");
      List<Part<R>> found = crew.run(work, rows);
      part("taken");
      return found;
    }

    @Override
    public void close() {
      crew.close();
    }
  }
}

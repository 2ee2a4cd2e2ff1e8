package dev.reticent.run;

import dev.reticent.config.Config;
import dev.reticent.data.TokenizedExample;
import dev.reticent.model.AdapterTensors;
import dev.reticent.plan.FinetunePlan;
import dev.reticent.privacy.AccountantRule;
import dev.reticent.privacy.Ledger;
import dev.reticent.privacy.LedgerHeader;
import dev.reticent.privacy.PrivateStep;
import dev.reticent.privacy.RunKey;
import dev.reticent.privacy.StepPlan;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.quickstart.QuickstartQuestions;
import dev.reticent.recipe.SampleRecipe;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.testing.Scratch;
import dev.reticent.training.Crew;
import dev.reticent.training.GradientSource;
import dev.reticent.training.HeldOutLoss;
import dev.reticent.training.LocalCrew;
import dev.reticent.training.PhysicalBatch;
import dev.reticent.training.PlainGradients;
import dev.reticent.training.PrivateGradients;
import dev.reticent.training.Trainable;
import dev.reticent.training.Trainer;
import dev.reticent.training.Workers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * How well settings do at a fixed ε: many short runs of the quickstart on one thread, a line of CSV
 * each, and a second start goes on where the first ended. See docs/quality.md.
 *
 * <pre>{@code
 * QualitySweep FILE.csv SHARE EPSILONS SEEDS ARM…      such as
 * QualitySweep quality.csv 32 3 0-19 base 'floor:adam_noise_floor=0.3;learning_rate=5e-3'
 * }</pre>
 *
 * <p>A run takes the quickstart's steps at the noise that its ε asks for, and divides batch, σ and
 * q by the share: the noise of the mean gradient, σC/B, stays what it is, as do learning rate and
 * steps, and so does the course of training as far as it is the noise that decides it (Sander,
 * Stock and Sablayrolles 2023, "TAN without a burn"). Such a run promises nothing. Runs of the same
 * seed have the same rows and the same draws of noise in every arm of equal shape.
 */
final class QualitySweep {

  private static final int QUESTIONS = 100;
  private static final int LOSSES = 200;
  private static final int ROWS = 20_000;

  private final LoadedModel model;
  private final FinetuneData data;
  private final List<QuickstartQuestions.Row> held;
  private final int share;

  private QualitySweep(
      LoadedModel model, FinetuneData data, List<QuickstartQuestions.Row> held, int share) {
    this.model = model;
    this.data = data;
    this.held = held;
    this.share = share;
  }

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    int share = Integer.parseInt(args[1]);
    String[] epsilons = args[2].split(",");
    int[] seeds = Arrays.stream(args[3].split("-")).mapToInt(Integer::parseInt).toArray();
    List<String> arms = List.of(args).subList(4, args.length);
    List<String> done = Files.exists(file) ? Files.readAllLines(file) : List.of();
    if (done.isEmpty()) {
      write(file, "arm,epsilon,seed,estimate,noise_multiplier,steps,batch,loss,exact,seconds");
    }
    Path folder = Scratch.folder("quality");
    Path heldFile = folder.resolve("held-out.jsonl");
    List<QuickstartQuestions.Row> held = QuickstartQuestions.heldOut(QUESTIONS);
    QuickstartQuestions.write(heldFile, QuickstartQuestions.heldOut(500));
    Config base =
        Config.read(Path.of("configs", "quickstart.yaml"))
            .with("devices", List.of("cpu"))
            .with("physical_batch_size", 8)
            .with("dataset.eval_file", heldFile.toString());
    FinetuneConfig config = FinetuneConfig.of(base);
    try (LoadedModel model = LoadedModel.open(config.model())) {
      FinetuneData data =
          FinetuneData.read(config, model.base(), folder, new FinetuneListener() {});
      QualitySweep sweep = new QualitySweep(model, data, held, share);
      for (int seed = seeds[0]; seed <= seeds[1]; seed++) {
        for (String epsilon : epsilons) {
          for (String arm : arms) {
            String name = arm.split(":", 2)[0];
            String key = "%s,%s,%d,".formatted(name, epsilon, seed);
            if (done.stream().noneMatch(line -> line.startsWith(key))) {
              sweep.run(base, arm, epsilon, seed, key, file);
            }
          }
        }
      }
    }
  }

  private void run(Config base, String arm, String epsilon, int seed, String key, Path file)
      throws IOException {
    String[] parts = arm.split(":", 2);
    List<String> overrides = parts.length == 1 ? List.of() : List.of(parts[1].split(";"));
    Config settings = base.with("seed", seed);
    settings =
        epsilon.equals("inf")
            ? settings.with("privacy.enabled", false).with("epochs", 1)
            : settings.with("privacy.target_epsilon", Double.parseDouble(epsilon));
    FinetuneConfig config = FinetuneConfig.of(settings.withOverrides(overrides));
    long start = cpuNanos();
    TrainingTarget target = TrainingTarget.of(config, model.decoder().config());
    FinetunePlan plan = FinetunePlan.of(config, ROWS, target.size(), model.decoder().config());
    double batch = (double) plan.expectedBatchSize() / share;
    float[] values = target.initial(model.base(), model.decoders().decoders());
    Averages averages = new Averages(values.length, plan.steps());
    RunInputs in =
        new RunInputs(
            config,
            settings,
            model.base(),
            model.decoders().decoders(),
            data,
            plan,
            AuditOptions.NONE,
            new FinetuneListener() {});
    try (Trainable trainable = target.trainable(model.base(), model.decoders().decoders(), values);
        Crew crew =
            new LocalCrew(
                trainable,
                new PhysicalBatch(config.batch().physical(), notice -> {}),
                Workers.of(1, 1))) {
      train(config, plan, batch, in, trainable, crew, averages);
    }
    Map<String, float[]> found = new LinkedHashMap<>();
    found.put("last", values);
    found.putAll(averages.values());
    double seconds = (cpuNanos() - start) * 1e-9;
    for (Map.Entry<String, float[]> one : found.entrySet()) {
      double[] score = score(config, target, one.getValue(), one.getKey().equals("last"));
      write(
          file,
          String.format(
              Locale.ROOT,
              "%s%s,%.5f,%d,%.1f,%.6f,%.5f,%.2f",
              key,
              one.getKey(),
              plan.noiseMultiplier(),
              plan.steps(),
              batch,
              score[0],
              score[1],
              seconds));
    }
  }

  private void train(
      FinetuneConfig config,
      FinetunePlan plan,
      double batch,
      RunInputs in,
      Trainable trainable,
      Crew crew,
      Averages averages)
      throws IOException {
    int dimension = trainable.values().length;
    if (!plan.isPrivate()) {
      GradientSource source =
          new PlainGradients(dimension, data.training(), (int) batch, config.seed(), crew);
      loop(trainable, source, in, plan, averages);
      return;
    }
    SubsampledGaussian scaled =
        new SubsampledGaussian(
            plan.samplingRate() / share,
            plan.noiseMultiplier() / share,
            plan.steps(),
            plan.bands());
    LedgerHeader header =
        new LedgerHeader(
            scaled,
            plan.clipNorm(),
            plan.delta(),
            Double.POSITIVE_INFINITY,
            config.privacy().adjacency(),
            "row",
            "sweep",
            false);
    Path file = Scratch.file("quality", ".jsonl");
    Files.delete(file);
    try (Ledger ledger = Ledger.open(file, header, AccountantRule.RDP)) {
      PrivateStep step =
          PrivateStep.open(
              new StepPlan(scaled, config.privacy().clipping().curve(), batch),
              config.privacy().clipping().clipping(OptionalDouble.empty()),
              RunKey.insecureForTests(config.seed()),
              ledger,
              data.units().size());
      loop(
          trainable, new PrivateGradients(step, dimension, data.units(), crew), in, plan, averages);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static void loop(
      Trainable trainable,
      GradientSource source,
      RunInputs in,
      FinetunePlan plan,
      Averages averages) {
    new Trainer(
            trainable, source, in.optimizer(trainable.values().length), in.schedule(), plan.steps())
        .run(0, report -> averages.add(report.step(), trainable.values()));
  }

  /**
   * The loss on held-out rows and, where it is to answer, the share of questions that it answers
   * exactly right; else NaN.
   */
  private double[] score(
      FinetuneConfig config, TrainingTarget target, float[] values, boolean answering) {
    try (Trainable trained = target.trainable(model.base(), model.decoders().decoders(), values)) {
      AdapterTensors adapter = trained.adapter();
      List<TokenizedExample> examples = data.heldOut().subList(0, LOSSES);
      double loss =
          Arrays.stream(HeldOutLoss.each(model.decoder(), adapter, examples, 50))
              .average()
              .orElseThrow();
      return new double[] {
        loss, answering ? exact(new TunedModel(config.model(), model, adapter)) : Double.NaN
      };
    }
  }

  private double exact(TunedModel tuned) {
    Config settings =
        Config.empty()
            .with("foundation_model_name", "reticent-tiny")
            .with("max_new_tokens", 40)
            .with("batch_size", 50);
    List<String> questions = held.stream().map(QuickstartQuestions.Row::question).toList();
    List<SampleRecipe.Answer> answers = SampleRecipe.of(settings).answer(tuned, questions);
    long right =
        IntStream.range(0, answers.size())
            .filter(i -> answers.get(i).generation().text().strip().equals(held.get(i).answer()))
            .count();
    return (double) right / answers.size();
  }

  /** Time of this process on any core, which the load of the machine does not change. */
  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static void write(Path file, String line) throws IOException {
    Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Averages of what the steps released: an exponential one, and the mean of the last quarter. */
  private static final class Averages {
    private static final double DECAY = 0.9;
    private static final double TAIL = 0.25;

    private final double[] exponential;
    private final double[] tail;
    private final int steps;

    Averages(int size, int steps) {
      this.exponential = new double[size];
      this.tail = new double[size];
      this.steps = steps;
    }

    void add(int step, float[] values) {
      add(exponential, values, Math.min(DECAY, (1.0 + step) / (10 + step)));
      int count = step - (int) (steps * (1 - TAIL));
      if (count > 0) {
        add(tail, values, 1 - 1.0 / count);
      }
    }

    private static void add(double[] mean, float[] values, double keep) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] = keep * mean[i] + (1 - keep) * values[i];
      }
    }

    Map<String, float[]> values() {
      return Map.of("ema" + DECAY, narrow(exponential), "tail" + TAIL, narrow(tail));
    }

    private static float[] narrow(double[] mean) {
      float[] values = new float[mean.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) mean[i];
      }
      return values;
    }
  }
}

package dev.reticent.spark;

import dev.reticent.config.Config;
import dev.reticent.privacy.AccountantRule;
import dev.reticent.privacy.Clipping;
import dev.reticent.privacy.GradientAccumulator;
import dev.reticent.privacy.Ledger;
import dev.reticent.privacy.LedgerHeader;
import dev.reticent.privacy.PartialAccumulator;
import dev.reticent.privacy.PartialSum;
import dev.reticent.privacy.PerExampleGradients;
import dev.reticent.privacy.PoissonBatch;
import dev.reticent.privacy.PrivateCurve;
import dev.reticent.privacy.PrivateStep;
import dev.reticent.privacy.RunKey;
import dev.reticent.privacy.StepPlan;
import dev.reticent.privacy.SubsampledGaussian;
import dev.reticent.privacy.SumRule;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.run.FinetuneListener;
import dev.reticent.testing.Scratch;
import dev.reticent.training.StepReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What a cluster costs and gives, on a master and two workers of a core each on this machine.
 *
 * <pre>
 * java -Dcluster.jar="$CP" -cp "$CP" dev.reticent.spark.SparkBenchmark overhead 1200000
 * … SparkBenchmark steps 1|2           # executors
 * … SparkBenchmark sampling 1|2 ROWS
 * </pre>
 */
final class SparkBenchmark {

  private static final int STEPS = 8;
  private static final int WARM_UP = 2;

  private SparkBenchmark() {}

  public static void main(String[] args) throws IOException {
    Path folder = Scratch.folder("spark-benchmark");
    try (StandaloneCluster cluster = new StandaloneCluster(folder)) {
      int number = Integer.parseInt(args[1]);
      switch (args[0]) {
        case "overhead" -> overhead(cluster, folder, number);
        case "steps" -> steps(cluster, folder, number);
        default -> sampling(cluster, number, Integer.parseInt(args[2]));
      }
    }
  }

  private static JavaSparkContext context(StandaloneCluster cluster, int executors) {
    SparkConf conf = new SparkConf(false);
    cluster.conf().forEach(conf::set);
    return new JavaSparkContext(
        ExecutorSettings.complete(
            conf.setAppName("benchmark")
                .set("spark.executor.memory", "900m")
                .set("spark.cores.max", "" + executors)));
  }

  /** Values to two executors, sums of them back, and added: all of a step that is not computing. */
  private static void overhead(StandaloneCluster cluster, Path folder, int values)
      throws IOException {
    try (JavaSparkContext context = context(cluster, 2)) {
      PoissonBatch batch = everybody(folder);
      List<Double> seconds = new ArrayList<>();
      float[] trained = random(values);
      long bytes = 0;
      for (int i = 0; i < WARM_UP + STEPS; i++) {
        GradientAccumulator sum = batch.accumulator(values);
        long begin = System.nanoTime();
        Broadcast<byte[]> sent = context.broadcast(SentValues.toBytes(trained));
        bytes = 0;
        for (byte[] part :
            context
                .parallelize(List.of(new byte[] {0}, new byte[] {1}), 2)
                .map(new Sum(sum.rule(), sent))
                .collect()) {
          sum.add(PartialSum.ofBytes(part));
          bytes += part.length;
        }
        sum.finish();
        seconds.add((System.nanoTime() - begin) / 1e9);
        sent.unpersist(false);
      }
      print("overhead of a step, %,d values".formatted(values), seconds, WARM_UP);
      System.out.printf(Locale.ROOT, "%.2f bytes a value and task%n", bytes / 2.0 / values);
    }
  }

  /** Values that no compression makes smaller, as trained ones are. */
  private static float[] random(int values) {
    SplittableRandom random = new SplittableRandom(1);
    float[] trained = new float[values];
    for (int i = 0; i < values; i++) {
      trained[i] = (float) random.nextGaussian();
    }
    return trained;
  }

  /** A batch of both units of a run of two. */
  private static PoissonBatch everybody(Path folder) throws IOException {
    SubsampledGaussian plan = new SubsampledGaussian(1, 1, 1, 1);
    RunKey key = RunKey.insecureForTests(1);
    LedgerHeader header =
        new LedgerHeader(
            plan,
            1,
            1e-5,
            Double.POSITIVE_INFINITY,
            Adjacency.ADD_OR_REMOVE_ONE,
            "row",
            "config",
            key.secret());
    Ledger ledger = Ledger.open(folder.resolve("ledger.jsonl"), header, AccountantRule.RDP);
    return PrivateStep.open(
            new StepPlan(plan, PrivateCurve.NONE, 2), new Clipping.Flat(1), key, ledger, 2)
        .sample();
  }

  /** A unit's part, made once in each process. */
  private static final class Sum implements Function<byte[], byte[]> {
    private static final long serialVersionUID = 1L;
    private static final Map<Integer, byte[]> MADE = new ConcurrentHashMap<>();

    private final SumRule rule;
    private final Broadcast<byte[]> values;

    Sum(SumRule rule, Broadcast<byte[]> values) {
      this.rule = rule;
      this.values = values;
    }

    @Override
    public byte[] call(byte[] unit) {
      if (SentValues.ofBytes(values.value()).length != rule.dimension()) {
        throw new IllegalStateException("other values");
      }
      return MADE.computeIfAbsent((int) unit[0], this::made);
    }

    private byte[] made(int unit) {
      PartialAccumulator sum = rule.accumulator();
      sum.add(new int[] {unit}, new RandomGradient(rule.dimension(), unit));
      return sum.finish().toBytes();
    }
  }

  /** Of norm 1, its coordinates normal. */
  private record RandomGradient(int dimension, long seed) implements PerExampleGradients {
    @Override
    public int count() {
      return 1;
    }

    @Override
    public int groups() {
      return 1;
    }

    @Override
    public double[][] squaredNorms() {
      return new double[][] {{1}};
    }

    @Override
    public double[] wholeSum(double[][] weights) {
      SplittableRandom random = new SplittableRandom(seed);
      double[] sum = new double[dimension];
      double squares = 0;
      for (int i = 0; i < dimension; i++) {
        sum[i] = random.nextGaussian();
        squares += sum[i] * sum[i];
      }
      double scale = weights[0][0] / Math.sqrt(squares);
      for (int i = 0; i < dimension; i++) {
        sum[i] = Math.rint(sum[i] * scale);
      }
      return sum;
    }
  }

  private static void steps(StandaloneCluster cluster, Path folder, int executors) {
    Config config =
        Config.parse(
                "benchmark",
                """
                foundation_model_name: reticent-tiny
                lora: {lora_attn_modules: [q_proj, k_proj, v_proj, output_proj], apply_lora_to_mlp: true, lora_rank: 16}
                dataset: {max_length: 64, held_out_fraction: 0}
                privacy: {target_epsilon: 3, delta: 1e-5}
                l2_norm_clip: 1
                physical_batch_size: 32
                batch_size: 256
                max_steps: %d
                """
                    .formatted(WARM_UP + STEPS))
            .with("saving_dir", folder.resolve("run").toString())
            .with("distributed.tasks", executors);
    List<Double> seconds = new ArrayList<>();
    try (JavaSparkContext context = context(cluster, executors)) {
      SparkFinetuning.run(
          config,
          context,
          new FinetuneListener() {
            private long last;

            @Override
            public void step(StepReport report) {
              long now = System.nanoTime();
              if (last > 0) {
                seconds.add((now - last) / 1e9);
              }
              last = now;
            }
          });
    }
    print("step of 256 examples, %d executors".formatted(executors), seconds, WARM_UP - 1);
  }

  private static void sampling(StandaloneCluster cluster, int executors, int rows) {
    Config config =
        Config.empty()
            .with("foundation_model_name", "reticent-tiny")
            .with("max_new_tokens", 64)
            .with("ignore_eos", true)
            .with("batch_size", 16);
    try (JavaSparkContext context = context(cluster, executors)) {
      SparkSession session = SparkSession.builder().sparkContext(context.sc()).getOrCreate();
      Dataset<Row> questions =
          session
              .read()
              .json(
                  session.createDataset(
                      IntStream.range(0, rows)
                          .mapToObj("{\"id\": %1$d, \"question\": \"What is %1$d?\"}"::formatted)
                          .toList(),
                      Encoders.STRING()))
              .repartition(executors)
              .cache();
      SparkSampling.answer(config, questions.limit(2 * executors).repartition(executors))
          .collectAsList();
      questions.count();
      long begin = System.nanoTime();
      long tokens =
          SparkSampling.answer(config, questions).collectAsList().stream()
              .mapToLong(answer -> answer.getInt(3))
              .sum();
      double seconds = (System.nanoTime() - begin) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "%,d rows, %d executors: %.1f s, %.0f tokens/s%n",
          rows,
          executors,
          seconds,
          tokens / seconds);
    }
  }

  private static void print(String what, List<Double> all, int warmUp) {
    double[] sorted = all.stream().skip(warmUp).mapToDouble(s -> s).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        "%s: least %.3f s, median %.3f s, all %s%n",
        what,
        sorted[0],
        sorted[sorted.length / 2],
        Arrays.toString(sorted));
  }
}

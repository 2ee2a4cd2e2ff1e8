package dev.reticent.sampling;

import dev.reticent.model.Decoder;
import dev.reticent.quickstart.QuickstartQuestions;
import dev.reticent.text.Tokenizer;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Quantization;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

/**
 * Tokens a second and the time to a first token with 1, 4 and 16 requests at once.
 *
 * <pre>
 * mvn -q -pl sdk -am test-compile dependency:build-classpath -Dmdep.outputFile=target/test-cp.txt -Dmdep.includeScope=test
 * java -cp sdk/target/test-classes:sdk/target/classes:$(cat sdk/target/test-cp.txt) \\
 *   dev.reticent.sampling.QueueBenchmark [NONE|INT8|NF4 [model folder]]
 * </pre>
 *
 * <p>As many clients each send one request after the other: 32 tokens of prompt, different each
 * time, and 128 of answer, drawn at temperature 1. The numbers take turns for three rounds, and the
 * best round counts, so that what else the machine does falls on all alike.
 */
final class QueueBenchmark {
  private static final int PROMPT = 32;
  private static final int ANSWER = 128;
  private static final int ROUNDS = 3;
  private static final int[] CLIENTS = {1, 4, 16};

  private QueueBenchmark() {}

  private record Round(double tokensPerSecond, double firstTokenMillis) {}

  public static void main(String[] args) throws InterruptedException, URISyntaxException {
    Quantization quantization = args.length > 0 ? Quantization.valueOf(args[0]) : Quantization.NONE;
    Path embedded =
        Path.of(QuickstartQuestions.class.getResource("config.json").toURI()).getParent();
    Path folder = args.length > 1 ? Path.of(args[1]) : embedded;
    try (Tokenizer tokenizer = Tokenizer.open(folder);
        Decoder decoder = Decoder.load(folder, DecoderOptions.standard().with(quantization));
        GenerationQueue queue =
            GenerationQueue.start(
                decoder, tokenizer, List.of(), QueueOptions.of(16, PROMPT + ANSWER))) {
      Round[] best = new Round[CLIENTS.length];
      for (int round = -1; round < ROUNDS; round++) {
        for (int i = 0; i < CLIENTS.length; i++) {
          Round measured = measure(queue, CLIENTS[i]);
          if (round < 1 || measured.tokensPerSecond() > best[i].tokensPerSecond()) {
            best[i] = measured;
          }
        }
      }
      System.out.println("at once   tokens/s   ratio to 1   first token, ms (median)");
      for (int i = 0; i < CLIENTS.length; i++) {
        System.out.printf(
            Locale.ROOT,
            "%7d %10.0f %12.2f %10.2f%n",
            CLIENTS[i],
            best[i].tokensPerSecond(),
            best[i].tokensPerSecond() / best[0].tokensPerSecond(),
            best[i].firstTokenMillis());
      }
    }
  }

  private static Round measure(GenerationQueue queue, int clients) throws InterruptedException {
    int requests = Math.max(4, 2 * clients);
    Semaphore free = new Semaphore(clients);
    long[] firstNanos = new long[requests];
    long start = System.nanoTime();
    for (int r = 0; r < requests; r++) {
      free.acquire();
      int index = r;
      long submitted = System.nanoTime();
      int[] prompt = new SplittableRandom(submitted).ints(PROMPT, 3, 300).toArray();
      queue.submit(
          GenerationRequest.of(
              prompt,
              SamplingParameters.sampled(),
              StopConditions.after(ANSWER).ignoringEndTokens()),
          new GenerationListener() {
            @Override
            public void token(GeneratedToken token) {
              if (firstNanos[index] == 0) {
                firstNanos[index] = System.nanoTime() - submitted;
              }
            }

            @Override
            public void finished(String rest, Generation generation) {
              free.release();
            }
          });
    }
    free.acquire(clients);
    double seconds = (System.nanoTime() - start) * 1e-9;
    long[] sorted = IntStream.range(0, requests).mapToLong(r -> firstNanos[r]).sorted().toArray();
    return new Round(
        requests * ANSWER / seconds,
        Arrays.stream(sorted).skip(requests / 2).findFirst().orElse(0) * 1e-6);
  }
}

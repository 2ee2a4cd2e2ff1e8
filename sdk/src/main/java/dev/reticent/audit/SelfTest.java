package dev.reticent.audit;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.data.TokenizedExample;
import dev.reticent.lora.Adapter;
import dev.reticent.lora.TrainedPart;
import dev.reticent.run.FinetuneData;
import dev.reticent.run.FinetuneListener;
import dev.reticent.run.LoadedModel;
import dev.reticent.run.Progress;
import dev.reticent.run.RunInputs;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.training.TrainableAdapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Holds the guarantee's premises against the real training step on the real model.
 *
 * <p>Data sets D and D+x that differ in one unit x go through the step with the same randomness:
 * the same batch but for x, the same noise. Whatever x is, the sums may differ by at most C, both
 * runs must take the same way, and where x is not drawn nothing may differ at all. Then the noise
 * itself is measured, that of an empty batch too. A pass proves nothing for every x there is; a
 * failure disproves the guarantee.
 */
public final class SelfTest {

  private static final double MOVED = 0.05;

  /** Beside one for each x: the others, x not drawn, noise, and noise of an empty batch. */
  private static final int OTHER_CHECKS = 4;

  private final FinetuneConfig config;

  private SelfTest(FinetuneConfig config) {
    this.config = config;
  }

  /**
   * The self-test of a config's model, data and privacy settings.
   *
   * @throws UserInputException when privacy is off, or the config has problems
   */
  public static SelfTest of(Config source) {
    FinetuneConfig config = FinetuneConfig.of(source);
    RunInputs.lora(config);
    if (!config.privacy().enabled()) {
      throw new UserInputException(
          "privacy.enabled: false promises nothing, so there is nothing to test.");
    }
    return new SelfTest(config);
  }

  /**
   * Runs all checks; writes only to a temporary folder.
   *
   * @param units how many units D has
   */
  public SelfTestReport run(int units) {
    return run(units, (what, done, total) -> {});
  }

  /**
   * Runs all checks, telling how far they are.
   *
   * @param units how many units D has
   */
  public SelfTestReport run(int units, Progress progress) {
    progress.phase("loading the model");
    try (LoadedModel model = LoadedModel.open(config.model());
        RealSteps steps = new RealSteps(config)) {
      return run(units, model, steps, progress);
    } catch (IOException e) {
      throw new UncheckedIOException("the self-test's files cannot be written", e);
    }
  }

  SelfTestReport run(int units, LoadedModel model, NeighborSteps.Steps steps, Progress progress)
      throws IOException {
    progress.phase("reading the data");
    List<List<TokenizedExample>> some = data(units, model, progress);
    NeighborSteps neighbors = new NeighborSteps(config, some, steps);
    TrainedPart part = RunInputs.lora(config).trained(model.decoder().config());
    Adapter fresh = Adapter.initial(part.layout(), config.seed());
    Map<String, Adapter> adapters = new LinkedHashMap<>();
    adapters.put(", fresh adapter", fresh);
    adapters.put(", moved adapter", moved(fresh));
    Map<String, List<TokenizedExample>> extra = extra(model, some);
    progress.phase("taking steps");
    int more = config.privacy().truncates() ? 1 : 0;
    Checks checks = new Checks(adapters.size() * (extra.size() + OTHER_CHECKS + more), progress);
    for (Map.Entry<String, Adapter> adapter : adapters.entrySet()) {
      String state = adapter.getKey();
      try (TrainableAdapter trainable = trainable(model, adapter.getValue(), part)) {
        for (Map.Entry<String, List<TokenizedExample>> x : extra.entrySet()) {
          checks.add(neighbors.drawn("x = " + x.getKey() + state, x.getValue(), trainable));
        }
        List<TokenizedExample> x = some.get(0);
        checks.add(
            neighbors.others(
                "others, when x is the longest row" + state, longest(some), trainable));
        checks.add(neighbors.notDrawn("x is not drawn" + state, x, trainable));
        if (config.privacy().truncates()) {
          String name = "x in place of a unit of a batch at its limit" + state;
          checks.add(neighbors.replaced(name, List.of(longest(some)), trainable));
        }
        checks.add(neighbors.noise("noise over σC, off by" + state, 0.5, trainable));
        checks.add(neighbors.noise("noise of an empty batch, off by" + state, 1e-12, trainable));
      }
    }
    return new SelfTestReport(checks.made);
  }

  /** What was found so far, each told when it is there. */
  private static final class Checks {
    private final List<SelfTestReport.Check> made = new ArrayList<>();
    private final int total;
    private final Progress progress;

    Checks(int total, Progress progress) {
      this.total = total;
      this.progress = progress;
    }

    void add(SelfTestReport.Check check) {
      made.add(check);
      progress.progressed("taking steps", made.size(), total);
    }
  }

  private static TrainableAdapter trainable(LoadedModel model, Adapter adapter, TrainedPart part) {
    float[] values = part.of(adapter.values());
    return new TrainableAdapter(List.of(model.decoder()), adapter, part, values);
  }

  private List<List<TokenizedExample>> data(int units, LoadedModel model, Progress progress) {
    FinetuneListener listener =
        new FinetuneListener() {
          @Override
          public void progressed(String what, int done, int total) {
            progress.progressed(what, done, total);
          }
        };
    FinetuneData data =
        FinetuneData.inScratch(
            scratch -> FinetuneData.read(config, model.base(), scratch, listener));
    return data.units().subList(0, Math.min(units, data.units().size()));
  }

  /** Units that a careless step would let through. */
  private Map<String, List<TokenizedExample>> extra(
      LoadedModel model, List<List<TokenizedExample>> units) {
    int vocabulary = model.decoder().config().vocabSize();
    int longest = longest();
    SplittableRandom random = new SplittableRandom(config.seed());
    int[] tokens = tokens(units);
    Map<String, List<TokenizedExample>> extra = new LinkedHashMap<>();
    extra.put("a copy of a row", units.get(0));
    extra.put("the longest row", List.of(longest(units)));
    extra.put("one token repeated", List.of(row(longest, i -> tokens[tokens.length - 1])));
    extra.put("the shortest row", List.of(row(2, i -> tokens[i])));
    extra.put(
        "random tokens", List.of(row(Math.min(64, longest), i -> random.nextInt(vocabulary))));
    extra.put("a unit of many rows", units.stream().flatMap(List::stream).limit(50).toList());
    return extra;
  }

  private int longest() {
    return Math.min(config.dataset().maxTokens(), 1024);
  }

  /** An example as long as allowed, of the units' own tokens. */
  private TokenizedExample longest(List<List<TokenizedExample>> units) {
    int[] tokens = tokens(units);
    return row(longest(), i -> tokens[i % tokens.length]);
  }

  private static int[] tokens(List<List<TokenizedExample>> units) {
    return units.stream().flatMap(List::stream).flatMapToInt(e -> Arrays.stream(e.ids())).toArray();
  }

  private static TokenizedExample row(int length, IntUnaryOperator token) {
    boolean[] mask = new boolean[length];
    Arrays.fill(mask, 1, length, true);
    return new TokenizedExample(IntStream.range(0, length).map(token).toArray(), mask, "x");
  }

  /** An adapter as it is after some steps: B is no longer zero. */
  private static Adapter moved(Adapter fresh) {
    SplittableRandom random = new SplittableRandom(7);
    float[] values = fresh.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) (MOVED * random.nextGaussian());
    }
    return new Adapter(fresh.layout(), values);
  }
}

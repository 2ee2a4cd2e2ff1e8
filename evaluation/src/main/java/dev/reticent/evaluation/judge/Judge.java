package dev.reticent.evaluation.judge;

import dev.reticent.config.UserInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * A language model that grades answers.
 *
 * <pre>{@code
 * try (Judge judge = Judge.open(JudgeSettings.of(Config.empty().with("model", "gpt-4o")), cache)) {
 *   List<Grade> grades = judge.grade(Criterion.ANSWER_CORRECTNESS, items, done -> {});
 * }
 * }</pre>
 *
 * <p>Every item ends in exactly one {@link Outcome}; nothing is dropped. Too many requests, failing
 * servers and lost connections are tried again; a wrong key, an empty quota, a wrong address or
 * model, or a request that is refused before any was answered stop the judge, and what is left is
 * skipped. Private items never reach a judge outside this machine unless the settings accept it in
 * words. For one thread; it works with several of its own.
 */
public final class Judge implements AutoCloseable {
  private final JudgeSettings settings;
  private final Endpoint endpoint;
  private final CostCap budget;
  private final Questioner questioner;
  private final ExecutorService threads;

  private Judge(JudgeSettings settings, Path cacheFolder, Pause pause) {
    this.settings = settings;
    this.endpoint =
        settings.provider() == JudgeSettings.Provider.STAND_IN
            ? new StandInJudge()
            : new OpenAiEndpoint(settings, settings.baseUrl());
    this.budget =
        new CostCap(settings.promptPrice(), settings.completionPrice(), settings.maxCost());
    VerdictCache cache = new VerdictCache(cacheFolder, settings.inOneLine());
    this.questioner = new Questioner(settings, endpoint, cache, budget, pause);
    this.threads = Executors.newFixedThreadPool(settings.maxWorkers(), Judge::thread);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "judge");
    thread.setDaemon(true);
    return thread;
  }

  /** A judge that keeps its good verdicts in a folder and takes them from there. */
  public static Judge open(JudgeSettings settings, Path cacheFolder) {
    return new Judge(settings, cacheFolder, Pause.REAL);
  }

  /**
   * Grades answers.
   *
   * @param progress told how many items are done
   * @return a grade for each item, in their order
   */
  public List<Grade> grade(Criterion criterion, List<Item> items, IntConsumer progress) {
    List<Callable<Grade>> tasks = new ArrayList<>();
    for (Item item : items) {
      tasks.add(() -> orFailed(() -> grade(criterion, item), none -> Grade.of(List.of(none))));
    }
    return all(tasks, progress);
  }

  private Grade grade(Criterion criterion, Item item) throws InterruptedException {
    Optional<String> obstacle = obstacle(item);
    if (obstacle.isPresent()) {
      return Grade.skipped(obstacle.get());
    }
    JudgePrompt prompt = Prompts.grade(settings.mode(), criterion, item);
    List<Verdict> verdicts = new ArrayList<>();
    for (int repeat = 0; repeat < settings.repeats(); repeat++) {
      verdicts.add(questioner.ask(prompt, repeat));
    }
    return Grade.of(verdicts);
  }

  /** Why an item cannot be sent. */
  private Optional<String> obstacle(Item item) {
    if (item.target().isBlank()) {
      return Optional.of("there is no target answer");
    }
    return item.isPrivate() && settings.withholdsPrivateRows()
        ? Optional.of("a private row is not sent to a judge outside this machine")
        : Optional.empty();
  }

  /**
   * Compares two models' answers, each pair in both orders.
   *
   * @param first one model's answers
   * @param second the other's answers to the same questions
   * @param progress told how many pairs are done
   */
  public List<Preference> compare(List<Item> first, List<Item> second, IntConsumer progress) {
    if (first.size() != second.size()) {
      throw new IllegalArgumentException(
          first.size() + " answers and " + second.size() + " to compare them with");
    }
    List<Callable<Preference>> tasks = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      Item one = first.get(i);
      Item other = second.get(i);
      tasks.add(() -> orFailed(() -> compare(one, other), none -> Preference.of(none, none)));
    }
    return all(tasks, progress);
  }

  private Preference compare(Item one, Item other) throws InterruptedException {
    Optional<String> obstacle = obstacle(one).or(() -> obstacle(other));
    if (obstacle.isPresent()) {
      return new Preference(Outcome.SKIPPED, 0, false);
    }
    String question = one.question();
    String target = one.target();
    return Preference.of(
        questioner.ask(Prompts.compare(question, target, one.answer(), other.answer()), 0),
        questioner.ask(Prompts.compare(question, target, other.answer(), one.answer()), 0));
  }

  /** What goes wrong with a row is how this row ended; what the user has to mend ends them all. */
  private static <T> T orFailed(Callable<T> row, Function<Verdict, T> ended) throws Exception {
    try {
      return row.call();
    } catch (UserInputException e) {
      throw e;
    } catch (RuntimeException e) {
      return ended.apply(Verdict.none(Outcome.HTTP_FAILED, "the row failed: " + e));
    }
  }

  private <T> List<T> all(List<Callable<T>> tasks, IntConsumer progress) {
    AtomicInteger done = new AtomicInteger();
    List<Future<T>> futures = new ArrayList<>();
    for (Callable<T> task : tasks) {
      futures.add(
          threads.submit(
              () -> {
                T result = task.call();
                progress.accept(done.incrementAndGet());
                return result;
              }));
    }
    List<T> results = new ArrayList<>();
    try {
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserInputException(
          "the judge was interrupted; run again to go on: good verdicts are kept", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UserInputException toMend) {
        throw toMend;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      futures.forEach(future -> future.cancel(true));
    }
  }

  /**
   * What grading would cost.
   *
   * @param likelyCost with about four characters a token and replies of a quarter of the limit
   * @param mostCost never exceeded by one attempt a request
   */
  public record Estimate(
      int items, int requests, long likelyTokens, double likelyCost, double mostCost) {}

  /** Estimates what grading these on one criterion would cost; sends nothing. */
  public static Estimate estimate(JudgeSettings settings, Criterion criterion, List<Item> items) {
    CostCap prices =
        new CostCap(
            settings.promptPrice(), settings.completionPrice(), java.util.OptionalDouble.empty());
    long tokens = 0;
    double cost = 0;
    double most = 0;
    int asked = 0;
    for (Item item : items) {
      if (item.target().isBlank() || (item.isPrivate() && settings.withholdsPrivateRows())) {
        continue;
      }
      asked++;
      JudgePrompt prompt = Prompts.grade(settings.mode(), criterion, item);
      tokens += settings.repeats() * (prompt.likelyTokens() + settings.maxTokens() / 4);
      cost += settings.repeats() * prices.price(prompt.likelyTokens(), settings.maxTokens() / 4);
      most += settings.repeats() * prices.price(prompt.mostTokens(), settings.maxTokens());
    }
    return new Estimate(items.size(), asked * settings.repeats(), tokens, cost, most);
  }

  /** What was spent so far. */
  public Spent spent() {
    return budget.spent();
  }

  /** Why the judge was no longer asked; empty when it was to the end. */
  public Optional<String> stopped() {
    return questioner.stopped();
  }

  /** What a reader of the results should know about this judge. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (endpoint instanceof StandInJudge) {
      notes.add(StandInJudge.WARNING);
    }
    stopped().ifPresent(why -> notes.add("The judge was stopped: " + why));
    if (questioner.schemaRefused() && settings.mode() == Mode.STRICT) {
      notes.add("The endpoint takes no JSON schema; replies were asked for in words.");
    }
    return notes;
  }

  /** A digest of the prompts' wording. */
  public static String promptVersion() {
    return Prompts.version();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    endpoint.close();
  }
}

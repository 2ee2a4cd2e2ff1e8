package dev.reticent.sampling;

import dev.reticent.config.UserInputException;
import dev.reticent.model.AdapterId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;

/** One request on its way: what it has said, and whether it is done. */
final class Answer {
  private final GenerationRequest request;
  private final Origin origin;
  private final GenerationListener listener;
  private final Set<Integer> endIds;
  private final int mostTokens;
  private final LogitsPipeline pipeline;
  private final History history;
  private final SplittableRandom random;
  private final TextDecoder decoder;
  private final StopMatcher matcher;
  private final int[] prompt;
  private final List<GeneratedToken> scored = new ArrayList<>();
  private final List<GeneratedToken> tokens = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private final Masks masks;
  private final Lookahead ahead;
  private final long submittedNanos;
  private int cached;
  private int prefilled;
  private int row;
  private boolean finished;

  Answer(
      GenerationRequest request,
      Origin origin,
      GenerationListener listener,
      TextDecoder decoder,
      Set<Integer> endIds,
      int context,
      Function<List<TokenConstraint.Factory>, Masks> masks,
      int mostLookedUp,
      long submittedNanos) {
    this.masks = masks.apply(request.constraints());
    this.submittedNanos = submittedNanos;
    this.request = request;
    this.origin = origin;
    this.listener = listener;
    this.endIds = endIds;
    this.decoder = decoder;
    this.prompt = request.promptIds();
    this.mostTokens = Math.min(request.stops().maxNewTokens(), context - prompt.length);
    this.pipeline = new LogitsPipeline(request.parameters());
    this.history = new History(prompt);
    this.ahead = new Lookahead(new PromptLookup(prompt, mostLookedUp));
    this.random = new SplittableRandom(state(request.seed(), request.index()));
    this.matcher = new StopMatcher(request.stops().stopStrings());
    if (request.scoring()) {
      scored.add(new GeneratedToken(prompt[0], "", Double.NaN, List.of()));
    }
  }

  /** The state of the index-th generator of a seed: the index-th draw of the seed's own. */
  private static long state(long seed, int index) {
    // A SplitMix64 generator's state grows by a fixed odd number with each draw.
    return new SplittableRandom(seed + index * 0x9e3779b97f4a7c15L).nextLong();
  }

  /** Gives the answer its row, which holds the prompt's first tokens already. */
  void place(int newRow, int cachedTokens) {
    row = newRow;
    cached = cachedTokens;
    prefilled = cachedTokens;
    masks.begin();
  }

  Origin origin() {
    return origin;
  }

  /** How long it has waited for its row. */
  long waitedNanos(long nowNanos) {
    return nowNanos - submittedNanos;
  }

  AdapterId adapter() {
    return request.adapter();
  }

  int promptTokens() {
    return prompt.length;
  }

  /** What the row begins with in one go: of a prompt that is scored, only the first token. */
  int[] opening() {
    return request.scoring() ? new int[] {prompt[0]} : prompt;
  }

  /** How many tokens the row may come to hold: the last one never enters it. */
  int mostTokens() {
    return Math.max(1, prompt.length + mostTokens - 1);
  }

  boolean overdue(long nowNanos) {
    return nowNanos - submittedNanos >= request.timeLimit().toNanos();
  }

  int row() {
    return row;
  }

  boolean finished() {
    return finished;
  }

  boolean prefilling() {
    return prefilled < opening().length;
  }

  /** The next piece of the opening: to its end, or a whole number of blocks; perhaps nothing. */
  int[] promptPiece(int most, int blockTokens) {
    int from = prefilled;
    int whole = opening().length;
    int to = Math.min(whole, from + most);
    prefilled = to == whole ? to : Math.max(from, to / blockTokens * blockTokens);
    return Arrays.copyOfRange(prompt, from, prefilled);
  }

  /** How many tokens of the row are the answer's; what it holds behind them was a wrong guess. */
  int settled() {
    return tokens.isEmpty() ? prefilled : prompt.length + tokens.size() - 1;
  }

  /**
   * The tokens that go into the row: the prompt's next while it is scored, else the last drawn and
   * guesses at what follows it.
   *
   * @param most tokens
   * @param mostLookedUp of these, guesses from the text alone
   */
  int[] next(int most, int mostLookedUp) {
    if (prefilled < prompt.length) {
      int from = prefilled;
      prefilled = Math.min(prompt.length - (mostTokens == 0 ? 1 : 0), from + most);
      return Arrays.copyOfRange(prompt, from, prefilled);
    }
    int last = tokens.get(tokens.size() - 1).id();
    // The last token of all never enters the row.
    int room = Math.min(most - 1, mostTokens - 1 - tokens.size());
    return IntStream.concat(
            IntStream.of(last),
            ahead.guess(room, mostLookedUp).stream().mapToInt(Integer::intValue))
        .toArray();
  }

  /** Whether it can do nothing before {@link #masksReady}. */
  boolean waiting() {
    return !finished && (ahead.waits() || full());
  }

  boolean masksReady() {
    return masks.ready();
  }

  /** Whether the last token was drawn, and how the answer ended is all that is missing. */
  private boolean full() {
    return !tokens.isEmpty() && tokens.size() >= mostTokens;
  }

  /**
   * Takes the model's logits [V] after each of the tokens that {@link #next} gave: to score with,
   * or to draw from as soon as the masks are ready.
   */
  void accept(List<float[]> logits) {
    logits.forEach(some -> guarded(() -> accept(some)));
    goOn();
  }

  private void accept(float[] logits) {
    if (request.scoring() && scored.size() < prompt.length) {
      scored.add(token(prompt[scored.size()], "", logits));
    } else if (mostTokens > 0) {
      ahead.add(logits);
    }
    if (mostTokens == 0 && scored.size() == prompt.length) {
      finish(FinishReason.LENGTH, "");
    }
  }

  /** Does what waited for the masks, as far as they are ready. */
  void goOn() {
    while (waiting() && masks.ready()) {
      guarded(this::advance);
    }
  }

  private void advance() {
    if (masks.failure().isPresent()) {
      RuntimeException failure = masks.failure().get();
      if (!(failure instanceof UserInputException)) {
        throw failure;
      }
      finish(FinishReason.CONSTRAINT, String.valueOf(failure.getMessage()));
    } else if (full()) {
      finish(masks.over() ? FinishReason.STOP : FinishReason.LENGTH, "");
    } else {
      draw(ahead.take());
    }
  }

  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      finish(
          FinishReason.ERROR,
          "Generation failed at token %d of the answer: %s"
              .formatted(tokens.size() + 1, e.getMessage()));
    }
  }

  private GeneratedToken token(int id, String piece, float[] logits) {
    Logprobs logprobs = new Logprobs(logits);
    return new GeneratedToken(id, piece, logprobs.of(id), logprobs.top(request.topLogprobs()));
  }

  /** Chooses the next token and tells the listener. */
  private void draw(float[] logits) {
    int id = pipeline.choose(logits, history, masks.allowed(), random);
    history.add(id);
    ahead.drawn(id, masks.expected());
    boolean end =
        request.stops().stopIds().contains(id)
            || (request.stops().endTokens() && endIds.contains(id));
    String piece = end ? "" : matcher.append(decoder.next(id));
    GeneratedToken token = token(id, piece, logits);
    tokens.add(token);
    text.append(piece);
    listener.token(token);
    if (end || matcher.stopped()) {
      finish(FinishReason.STOP, "");
    } else if (!finished) {
      masks.accept(id); // while the model computes what comes after it
    }
  }

  /** Ends the answer; nothing happens if it has ended. */
  void finish(FinishReason reason, String error) {
    if (finished) {
      return;
    }
    finished = true;
    String rest = matcher.append(decoder.finish()) + matcher.finish();
    text.append(rest);
    FinishReason known =
        matcher.stopped() && reason == FinishReason.LENGTH ? FinishReason.STOP : reason;
    listener.finished(
        rest,
        new Generation(
            scored, tokens, text.toString(), known, error, prompt.length, cached, request.seed()));
  }
}

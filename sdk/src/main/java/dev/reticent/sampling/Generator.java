package dev.reticent.sampling;

import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import dev.reticent.decoding.DecodingSession;
import dev.reticent.model.AdapterId;
import dev.reticent.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Answers many requests at once over the rows of a {@link DecodingSession}.
 *
 * <p>Requests wait their turn ({@link FairQueue}) for a free row and room in the cache, join
 * between steps and leave as soon as they end. In one {@link #step} each running request gets its
 * next token or, in turn and as far as a step goes, a piece of its prompt. An answer is a function
 * of its own request and of the session's logits for its row, which do not depend on other rows.
 *
 * <p>A row whose logits are not finite, or whose listener or constraint throws, ends with {@link
 * FinishReason#ERROR} and disturbs no other. If the session itself throws, all running requests end
 * so and the exception is passed on; the generator can be used afterwards.
 *
 * <p>Not thread-safe: one thread calls everything, and listeners are called on it. They may call
 * {@link #submit} and {@link #cancel}. The session stays the caller's to close.
 */
@Internal
public final class Generator {
  private final DecodingSession session;
  private final Supplier<TextDecoder> decoders;
  private final Set<Integer> endIds;
  private final FairQueue<Answer> waiting = new FairQueue<>();
  private final List<Answer> running = new ArrayList<>();
  private final Map<Long, Answer> byTicket = new HashMap<>();
  private final LongSupplier nanoTime;
  private Function<List<TokenConstraint.Factory>, Masks> masks =
      factories -> new Masks(factories, Runnable::run, () -> {});
  private final Counts counts = new Counts();
  private final PromptTurns prompts;
  private int lookedUp;
  private long tickets;

  /**
   * Generates with any decoder of text.
   *
   * @param decoders makes a decoder for each answer
   * @param endIds the model's end tokens
   */
  public Generator(DecodingSession session, Supplier<TextDecoder> decoders, Set<Integer> endIds) {
    this(session, decoders, endIds, System::nanoTime);
  }

  Generator(
      DecodingSession session,
      Supplier<TextDecoder> decoders,
      Set<Integer> endIds,
      LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.session = session;
    this.prompts = new PromptTurns(session, counts);
    this.decoders = decoders;
    this.endIds = Set.copyOf(endIds);
  }

  /** Generates with a model's tokenizer and its end tokens. */
  public static Generator of(DecodingSession session, Tokenizer tokenizer) {
    return new Generator(
        session,
        () -> TextDecoder.of(tokenizer),
        Arrays.stream(tokenizer.endIds()).boxed().collect(Collectors.toSet()));
  }

  /**
   * Has constraints worked out elsewhere; without this, on the thread that calls {@link #step}.
   *
   * @param worked runs there when a piece of work is done, so that {@link #step} may go on
   */
  void workOutConstraints(Executor elsewhere, Runnable worked) {
    Executor timed = work -> elsewhere.execute(() -> counts.masks().time(() -> done(work)));
    masks = factories -> new Masks(factories, timed, worked);
  }

  /**
   * Has answers guessed from what stood in their prompts and before; without this, they are not.
   *
   * @param most tokens of a guess
   */
  void lookUp(int most) {
    lookedUp = most;
  }

  private static boolean done(Runnable work) {
    work.run();
    return true;
  }

  /**
   * Checks what {@link #submit} checks; any thread may call it.
   *
   * @throws UserInputException if the prompt leaves no room in the context or holds an id that the
   *     model does not know
   * @throws IllegalArgumentException if there is no such adapter, or nothing to do
   */
  void check(GenerationRequest request) {
    RequestCheck.of(request, session);
  }

  /** Whether requests may name an adapter. */
  boolean knows(AdapterId adapter) {
    return session.knows(adapter);
  }

  /**
   * Queues a request.
   *
   * @return its ticket, for {@link #cancel}
   * @throws UserInputException if the prompt leaves no room in the context or holds an id that the
   *     model does not know
   * @throws IllegalArgumentException if the request names an adapter that the session lacks
   */
  public long submit(GenerationRequest request, GenerationListener listener) {
    return submit(request, Origin.unnamed(), listener, nanoTime.getAsLong());
  }

  /** Queues a request whose time has been running since {@code submittedNanos}. */
  long submit(
      GenerationRequest request, Origin origin, GenerationListener listener, long submittedNanos) {
    check(request);
    long ticket = tickets++;
    GenerationListener closing =
        new GenerationListener() {
          @Override
          public void token(GeneratedToken token) {
            counts.drawn();
            listener.token(token);
          }

          @Override
          public void finished(String rest, Generation generation) {
            byTicket.remove(ticket);
            counts.ended(generation);
            listener.finished(rest, generation);
          }
        };
    Answer answer =
        new Answer(
            request,
            origin,
            closing,
            decoders.get(),
            endIds,
            session.maxTokens(),
            masks,
            lookedUp,
            submittedNanos);
    byTicket.put(ticket, answer);
    waiting.add(origin, answer);
    return ticket;
  }

  /**
   * Ends a request now, with what it has said so far.
   *
   * @return false if it had ended before
   */
  public boolean cancel(long ticket) {
    Answer answer = byTicket.get(ticket);
    if (answer == null) {
      return false;
    }
    end(answer, FinishReason.CANCELLED);
    return true;
  }

  private void end(Answer answer, FinishReason reason) {
    try {
      answer.finish(reason, "");
    } finally {
      waiting.remove(answer.origin(), answer);
      release(answer);
    }
  }

  /** Ends all requests now. */
  void cancelAll() {
    List.copyOf(byTicket.keySet()).forEach(this::cancel);
  }

  /** What is being done and has been done. */
  QueueStatistics statistics() {
    return counts.statistics(
        waiting.size(), waiting.clients(), running.size(), session.capacity(), session.blocks());
  }

  /** How many requests wait for a row. */
  public int waiting() {
    return waiting.size();
  }

  /** How many requests have a row. */
  public int running() {
    return running.size();
  }

  /**
   * Takes in waiting requests and gives every running one its next token or piece of prompt.
   *
   * @return whether there is more to do now; not if all wait for what is worked out elsewhere
   */
  public boolean step() {
    return step(() -> {});
  }

  /**
   * Computes one step.
   *
   * @param decoded runs when listeners have heard of the tokens decoded, before prompts are
   *     computed
   */
  boolean step(Runnable decoded) {
    endOverdue();
    admit();
    try {
      goOn();
      List<Answer> decoding =
          running.stream().filter(a -> !a.prefilling() && !a.waiting()).toList();
      decode(decoding);
      decoded.run();
      prompts.serve(this::accept);
    } catch (RuntimeException | Error e) {
      prompts.clear();
      for (Answer answer : List.copyOf(running)) {
        answer.finish(FinishReason.ERROR, "The model failed: " + e.getMessage());
        release(answer);
      }
      throw e;
    }
    return running.stream().anyMatch(a -> !a.waiting() || a.masksReady()) || mayAdmit();
  }

  /** Lets rows whose constraints were late go on. */
  private void goOn() {
    for (Answer answer : List.copyOf(running)) {
      if (answer.waiting()) {
        answer.goOn();
        releaseIfFinished(answer);
      }
    }
  }

  private boolean mayAdmit() {
    return waiting.next().filter(answer -> session.fits(answer.mostTokens())).isPresent();
  }

  private void endOverdue() {
    long now = nanoTime.getAsLong();
    for (Answer answer : List.copyOf(byTicket.values())) {
      if (answer.overdue(now)) {
        end(answer, FinishReason.TIMEOUT);
      }
    }
  }

  /** Opens rows for requests in turn, as long as the next one fits. */
  private void admit() {
    while (mayAdmit()) {
      Answer answer = waiting.take().orElseThrow();
      counts.waits().add(answer.waitedNanos(nanoTime.getAsLong()));
      int row = session.open(answer.adapter(), answer.opening(), answer.mostTokens());
      answer.place(row, session.length(row));
      counts.started(answer.promptTokens(), session.length(row));
      running.add(answer);
      prompts.add(answer);
    }
  }

  private void decode(List<Answer> answers) {
    if (answers.isEmpty()) {
      return;
    }
    StepPieces pieces = StepPieces.of(session, answers);
    float[][] logits = counts.steps().time(() -> session.step(pieces.rows(), pieces.ids()));
    pieces.handOut(logits, this::accept);
  }

  private void accept(Answer answer, List<float[]> logits) {
    if (!answer.finished()) { // a listener may have cancelled it meanwhile
      answer.accept(logits);
    }
    releaseIfFinished(answer);
  }

  private void releaseIfFinished(Answer answer) {
    if (answer.finished()) {
      release(answer);
    }
  }

  private void release(Answer answer) {
    if (running.remove(answer)) {
      session.release(answer.row());
    }
  }

  /**
   * Answers all requests, in their order; what else was submitted moves on too.
   *
   * @throws UserInputException before anything is generated, if a prompt does not fit
   */
  public List<Generation> generate(List<GenerationRequest> requests) {
    return generate(requests, answered -> {});
  }

  /**
   * @param answered told how many are done, whenever another one is
   */
  public List<Generation> generate(List<GenerationRequest> requests, IntConsumer answered) {
    Map<Integer, Generation> results = new HashMap<>();
    List<Long> submitted = new ArrayList<>();
    try {
      for (int i = 0; i < requests.size(); i++) {
        int position = i;
        submitted.add(
            submit(
                requests.get(i),
                new GenerationListener() {
                  @Override
                  public void finished(String rest, Generation generation) {
                    results.put(position, generation);
                    answered.accept(results.size());
                  }
                }));
      }
      while (results.size() < requests.size()) {
        step();
      }
    } catch (RuntimeException e) {
      submitted.forEach(this::cancel);
      throw e;
    }
    List<Generation> ordered = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      Generation generation = results.get(i);
      if (generation != null) {
        ordered.add(generation);
      }
    }
    return ordered;
  }
}

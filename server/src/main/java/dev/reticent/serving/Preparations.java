package dev.reticent.serving;

import dev.reticent.constraint.JsonFormat;
import dev.reticent.sampling.Origin;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Turns requests into what the queue is asked, away from the event loop.
 *
 * <p>There are four lanes: for long bodies, for schemas that are new, for long prompts, and for all
 * else. So nothing waits for what takes long unless it may take long itself, and what waits is
 * bounded and taken in turn over clients. Before each piece of work it is looked whether the client
 * has left; a permit is held until the work for it has ended.
 */
final class Preparations implements AutoCloseable {
  /** Characters of a prompt that is no longer short: some milliseconds. */
  static final int SHORT = 1 << 15;

  /** Loads and unloads that may wait. */
  private static final long MOST_ADAPTERS = 64;

  private static final Origin ADMIN = new Origin("admin", "adapters");

  private static final long MOST_WAITING = 1 << 24;

  private final PromptTokens tokens;
  private final FormatCache forms;
  private final Lane bodies = new Lane("bodies", MOST_WAITING);
  private final Lane schemas = new Lane("schemas", MOST_WAITING);
  private final Lane longPrompts = new Lane("long-prompts", MOST_WAITING);
  private final Lane prompts = new Lane("prompts", MOST_WAITING);
  private final Lane adapters = new Lane("adapters", MOST_ADAPTERS);

  Preparations(PromptTokens tokens, FormatCache forms) {
    this.tokens = tokens;
    this.forms = forms;
  }

  List<Lane> lanes() {
    return List.of(bodies, schemas, longPrompts, prompts, adapters);
  }

  /** The lane on which long bodies are read. */
  Lane bodies() {
    return bodies;
  }

  /** Begins to prepare a request; its call hears how that ends. */
  void begin(TextCall call, TextRequest request, ServedModels.Model model) {
    if (request.form() instanceof AnswerFormat.Free) {
      encode(call, request, model, Optional.empty());
      return;
    }
    // Whether a form is known takes a look at all of it, so that is no work for the event loop.
    in(
        prompts,
        call,
        request.promptCharacters(),
        () -> {
          Optional<JsonFormat> known = forms.known(request.form());
          if (known.isPresent()) {
            encode(call, request, model, known);
          } else {
            in(schemas, call, request.promptCharacters(), () -> formed(call, request, model));
          }
        });
  }

  private void formed(TextCall call, TextRequest request, ServedModels.Model model) {
    JsonFormat format = forms.of(request.form(), request.formField());
    encode(call, request, model, Optional.of(format));
  }

  private void encode(
      TextCall call, TextRequest request, ServedModels.Model model, Optional<JsonFormat> format) {
    int size = request.promptCharacters();
    in(
        size > SHORT ? longPrompts : prompts,
        call,
        size,
        () -> call.prepared(tokens.prepare(request, model, format, call::isOver)));
  }

  /** Does other work of a size in the lane where it belongs. */
  void add(Origin origin, long size, Runnable work, Consumer<Throwable> failed) {
    (size > SHORT ? longPrompts : prompts).add(origin, size, work, failed);
  }

  /** Loads or unloads an adapter, one after the other. */
  void changeAdapters(Runnable work, Consumer<Throwable> failed) {
    adapters.add(ADMIN, 1, work, failed);
  }

  private static void in(Lane lane, TextCall call, int size, Runnable work) {
    try {
      lane.add(
          call.origin(),
          size,
          () -> run(call, work),
          failure -> call.unprepared(Routes.error(failure)));
    } catch (ApiException e) {
      call.unprepared(e.error());
    }
  }

  private static void run(TextCall call, Runnable work) {
    if (call.isOver()) {
      call.unprepared(TextCall.GONE);
      return;
    }
    work.run();
  }

  @Override
  public void close() {
    lanes().forEach(Lane::close);
  }
}

package dev.reticent.springai;

import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.run.TunedModel;
import dev.reticent.sampling.GeneratedToken;
import dev.reticent.sampling.Generation;
import dev.reticent.sampling.GenerationListener;
import dev.reticent.sampling.GenerationQueue;
import dev.reticent.sampling.Ticket;
import dev.reticent.sampling.WholeAnswer;
import dev.reticent.settings.SampleConfig;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Schedulers;

/**
 * A loaded model, base or fine-tuned, that answers Spring AI in this JVM; a bean that Spring closes
 * with the application.
 *
 * <p>Questions from any threads are answered together, and an answer does not depend on those
 * beside it. What is still being answered when it is closed ends as it stands.
 *
 * <p>Sampling is post-processing of what training released: it costs no privacy budget.
 */
public final class ReticentChatModel implements ChatModel, AutoCloseable {

  private final TunedModel tuned;
  private final GenerationQueue queue;
  private final Requests requests;

  private ReticentChatModel(TunedModel tuned, GenerationQueue queue, Requests requests) {
    this.tuned = tuned;
    this.queue = queue;
    this.requests = requests;
  }

  /**
   * Loads a model.
   *
   * @param config that of sampling: {@code checkpoint_path} or {@code foundation_model_name};
   *     {@code temperature}, {@code max_new_tokens} and so on for prompts that do not say; {@code
   *     batch_size} for how many are answered at once, {@code max_length} for the longest context
   * @throws UserInputException naming every problem of the config with its place
   */
  public static ReticentChatModel open(Config config) {
    SampleConfig settings = SampleConfig.of(config);
    TunedModel tuned = TunedModel.open(settings);
    try {
      return new ReticentChatModel(
          tuned, tuned.queue(settings), new Requests(tuned.model().format(), settings.decoding()));
    } catch (RuntimeException | Error e) {
      tuned.close();
      throw e;
    }
  }

  /** What holds for prompts that do not say. */
  @Override
  public ChatOptions getOptions() {
    return requests.defaults();
  }

  /**
   * Waits for the whole answer. An interrupt ends it, and is still there when this throws.
   *
   * @throws UserInputException saying what is wrong with the prompt, such as its length
   * @throws UnsupportedOperationException naming what the model cannot do
   */
  @Override
  public ChatResponse call(Prompt prompt) {
    WholeAnswer answer = new WholeAnswer();
    Generation generation = answer.await(queue.submit(requests.request(prompt), answer));
    return Answers.last(generation.text(), generation);
  }

  /**
   * The answer in pieces as it grows; the last says why it ended and what it took. Whoever stops
   * listening ends it. Pieces are told on threads of Reactor's, as the one that computes does so
   * for everybody.
   */
  @Override
  public Flux<ChatResponse> stream(Prompt prompt) {
    return Flux.<ChatResponse>create(
            sink -> {
              Ticket ticket = queue.submit(requests.request(prompt), listener(sink));
              sink.onDispose(ticket::cancel);
            })
        .publishOn(Schedulers.boundedElastic());
  }

  private static GenerationListener listener(FluxSink<ChatResponse> sink) {
    return new GenerationListener() {
      @Override
      public void token(GeneratedToken token) {
        if (!token.text().isEmpty()) {
          sink.next(Answers.piece(token.text()));
        }
      }

      @Override
      public void finished(String rest, Generation generation) {
        try {
          sink.next(Answers.last(rest, generation));
          sink.complete();
        } catch (IllegalStateException e) {
          sink.error(e);
        }
      }
    };
  }

  @Override
  public void close() {
    queue.close();
    tuned.close();
  }
}

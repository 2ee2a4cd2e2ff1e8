package dev.reticent.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.run.TunedModel;
import dev.reticent.sampling.GenerationQueue;
import dev.reticent.settings.SampleConfig;

/**
 * A loaded model, base or fine-tuned, that answers LangChain4j in this JVM.
 *
 * <p>Both chat models share it: questions from any threads are answered together, and an answer
 * does not depend on those beside it. Close it when nobody asks any more; what is still being
 * answered then ends as it stands.
 *
 * <p>Sampling is post-processing of what training released: it costs no privacy budget.
 */
public final class ReticentModel implements AutoCloseable {

  private final TunedModel tuned;
  private final GenerationQueue queue;
  private final Requests requests;
  private final Handlers handlers = new Handlers();

  private ReticentModel(TunedModel tuned, GenerationQueue queue, Requests requests) {
    this.tuned = tuned;
    this.queue = queue;
    this.requests = requests;
  }

  /**
   * Loads a model.
   *
   * @param config that of sampling: {@code checkpoint_path} or {@code foundation_model_name};
   *     {@code temperature}, {@code max_new_tokens} and so on for requests that do not say; {@code
   *     batch_size} for how many are answered at once, {@code max_length} for the longest context
   * @throws UserInputException naming every problem of the config with its place
   */
  public static ReticentModel open(Config config) {
    SampleConfig settings = SampleConfig.of(config);
    TunedModel tuned = TunedModel.open(settings);
    try {
      return new ReticentModel(
          tuned, tuned.queue(settings), new Requests(tuned.model().format(), settings.decoding()));
    } catch (RuntimeException | Error e) {
      tuned.close();
      throw e;
    }
  }

  /** The model that gives whole answers; safe for use by many threads. */
  public ChatModel chatModel() {
    return new WholeAnswers(queue, requests);
  }

  /** The model that gives answers as they grow; safe for use by many threads. */
  public StreamingChatModel streamingChatModel() {
    return new StreamedAnswers(queue, requests, handlers);
  }

  /** What holds for requests that do not say. */
  public ChatRequestParameters defaults() {
    return requests.defaults();
  }

  @Override
  public void close() {
    queue.close();
    handlers.close();
    tuned.close();
  }
}

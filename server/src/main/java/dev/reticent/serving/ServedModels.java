package dev.reticent.serving;

import dev.reticent.config.UserInputException;
import dev.reticent.model.AdapterId;
import dev.reticent.sampling.GenerationQueue;
import dev.reticent.text.PromptFormat;
import dev.reticent.text.Tokenizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a server answers with: a queue that runs, and the names under which requests find the base
 * model and its adapters.
 *
 * @param vocabularySize V; token ids are below it
 * @param contextTokens tokens of prompt and answer together
 * @param byName the base model first; those that are there from the beginning
 * @param adapters where others come from
 * @param owned closed in this order, after the queue, when the server is
 */
public record ServedModels(
    GenerationQueue queue,
    Tokenizer tokenizer,
    PromptFormat format,
    int vocabularySize,
    int contextTokens,
    Map<String, Model> byName,
    AdapterSource adapters,
    List<AutoCloseable> owned) {

  /** A name: what it says of itself, and which adapter answers. */
  public record Model(ModelCard card, AdapterId adapter) {

    /** Changes when the weights behind the name do. */
    String fingerprint() {
      String digest = adapter.digest();
      return "reticent-" + (digest.isEmpty() ? "base" : digest.substring(0, 12));
    }
  }

  public ServedModels {
    byName = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    owned = List.copyOf(owned);
  }

  /**
   * Names for a queue's base model and adapters.
   *
   * @throws UserInputException if two have one name
   */
  public static Map<String, Model> names(Collection<Model> models) {
    Map<String, Model> byName = new LinkedHashMap<>();
    for (Model model : models) {
      if (byName.put(model.card().id(), model) != null) {
        throw new UserInputException(
            "two models are called " + model.card().id() + ": give each a name of its own.");
      }
    }
    return byName;
  }

  /** Ends every answer, then frees the model. */
  void close() {
    List<AutoCloseable> all = new ArrayList<>();
    all.add(queue);
    all.addAll(owned);
    RuntimeException failure = null;
    for (AutoCloseable one : all) {
      try {
        one.close();
      } catch (Exception e) {
        failure =
            failure == null ? new IllegalStateException("closing the model failed", e) : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}

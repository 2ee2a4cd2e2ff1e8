package dev.reticent.serving;

import dev.reticent.model.AdapterId;
import dev.reticent.serving.ServedModels.Model;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The names under which requests find models. Names come and go; an adapter stays for as long as a
 * name or a request under way holds it. Thread-safe.
 */
final class ModelNames {
  private final Consumer<AdapterId> unused;
  private final Map<AdapterId, Integer> holders = new HashMap<>();
  private volatile Map<String, Model> byName;

  /**
   * @param unused told of an adapter that nobody holds any more
   */
  ModelNames(Map<String, Model> byName, Consumer<AdapterId> unused) {
    this.byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    this.unused = unused;
    byName.values().forEach(this::hold);
  }

  /** The base model first. */
  Map<String, Model> byName() {
    return byName;
  }

  /**
   * @throws ApiException if there is none of the name
   */
  Model find(String name) {
    Model found = byName.get(name);
    if (found == null) {
      throw new ApiException(
          new ApiError(
              404,
              "invalid_request_error",
              "model_not_found",
              "model",
              "There is no such model here: GET /v1/models lists " + byName.keySet() + ".",
              0));
    }
    return found;
  }

  /** The model of a name, for a request that is going to use it: {@link #release} must follow. */
  synchronized Model take(String name) {
    Model found = find(name);
    hold(found);
    return found;
  }

  private synchronized void hold(Model model) {
    holders.merge(model.adapter(), 1, Integer::sum);
  }

  synchronized void release(Model model) {
    if (holders.merge(model.adapter(), -1, Integer::sum) == 0) {
      holders.remove(model.adapter());
      unused.accept(model.adapter());
    }
  }

  /** Whether a name or a request holds an adapter. */
  synchronized boolean holds(AdapterId adapter) {
    return holders.containsKey(adapter);
  }

  synchronized void add(Model model) {
    hold(model);
    Map<String, Model> more = new LinkedHashMap<>(byName);
    more.put(model.card().id(), model);
    byName = Collections.unmodifiableMap(more);
  }

  /** Takes a name away; requests under way go on. */
  synchronized void remove(String name) {
    Model gone = find(name);
    Map<String, Model> fewer = new LinkedHashMap<>(byName);
    fewer.remove(name);
    byName = Collections.unmodifiableMap(fewer);
    release(gone);
  }
}

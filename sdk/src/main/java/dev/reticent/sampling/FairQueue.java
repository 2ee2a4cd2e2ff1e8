package dev.reticent.sampling;

import dev.reticent.api.Internal;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * Work that waits and is taken in turn: of each client one piece a round, in a client's turn of
 * each of its requests one, and a request's own in their order. So what is asked waits for one
 * round of those that wait already, however much each of them asks for. Where each client has one
 * request of one piece, that is the order of arrival. Not thread-safe.
 */
@Internal
public final class FairQueue<W> {
  private final Map<Object, Map<Object, Queue<W>>> clients = new LinkedHashMap<>();
  private int size;

  /** Adds work: a new client comes at the end of the round, and so does a new request of its. */
  public void add(Origin origin, W work) {
    clients
        .computeIfAbsent(origin.client(), client -> new LinkedHashMap<>())
        .computeIfAbsent(origin.request(), request -> new ArrayDeque<>())
        .add(work);
    size++;
  }

  /** Whose turn it is; the same until it is taken or removed. */
  public Optional<W> next() {
    return clients.values().stream()
        .findFirst()
        .flatMap(requests -> requests.values().stream().findFirst())
        .map(Queue::element);
  }

  /** Takes what {@link #next} shows; its client and its request go to the end of their rounds. */
  public Optional<W> take() {
    if (size == 0) {
      return Optional.empty();
    }
    var client = clients.entrySet().iterator().next();
    var request = client.getValue().entrySet().iterator().next();
    W work = request.getValue().remove();
    size--;
    toEnd(client.getValue(), request, request.getValue().isEmpty());
    toEnd(clients, client, client.getValue().isEmpty());
    return Optional.of(work);
  }

  private static <V> void toEnd(
      Map<Object, V> round, Map.Entry<Object, V> entry, boolean nothingLeft) {
    Object key = entry.getKey();
    V value = entry.getValue();
    round.remove(key);
    if (!nothingLeft) {
      round.put(key, value);
    }
  }

  /** Takes work out that is not to be done; nobody's turn changes. */
  public void remove(Origin origin, W work) {
    Map<Object, Queue<W>> requests = clients.get(origin.client());
    Queue<W> queue = requests == null ? null : requests.get(origin.request());
    if (requests != null && queue != null && queue.remove(work)) {
      size--;
      if (queue.isEmpty()) {
        requests.remove(origin.request());
      }
      if (requests.isEmpty()) {
        clients.remove(origin.client());
      }
    }
  }

  /** Whether work of a client waits. */
  public boolean has(Object client) {
    return clients.containsKey(client);
  }

  public int size() {
    return size;
  }

  /** How many clients have work that waits. */
  public int clients() {
    return clients.size();
  }
}

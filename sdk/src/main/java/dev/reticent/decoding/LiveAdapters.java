package dev.reticent.decoding;

import dev.reticent.architecture.Projection;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterId;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The adapters of a session, some of which come and go. One thread uses {@link #stack}; another may
 * work out the next one, which the first then takes over between two steps, so that loading holds
 * up nobody. All stacks have the same shapes, so no answer changes by a bit.
 */
final class LiveAdapters implements AutoCloseable {
  private final Decoder decoder;
  private final Tensor like;
  private final List<AdapterTensors> owned = new ArrayList<>();
  private volatile AdapterStack stack;

  /**
   * @param adapters borrowed: with room for others for as long as this is open, else by the
   *     constructor
   * @param like a tensor of the type in which they are wanted
   */
  LiveAdapters(
      Decoder decoder, Tensor like, Map<AdapterId, AdapterTensors> adapters, AdapterRoom room) {
    this.decoder = decoder;
    this.like = like;
    List<StackSlot> slots = new ArrayList<>();
    adapters.forEach((id, tensors) -> slots.add(new StackSlot(Optional.of(id), tensors, 0)));
    for (int i = 0; i < room.slots(); i++) {
      StackSlot vacant = StackSlot.vacant(decoder, room.rank());
      owned.add(vacant.tensors());
      slots.add(vacant);
    }
    this.stack = new AdapterStack(decoder, like, slots);
  }

  AdapterStack stack() {
    return stack;
  }

  /**
   * Works out a stack with one more adapter, on any thread but one at a time.
   *
   * @param tensors owned from here on
   * @return what the thread that uses the stack has to run
   * @throws UserInputException if there is no room for it, or it holds what is not finite
   */
  Runnable loading(AdapterId id, AdapterTensors tensors) {
    List<StackSlot> slots = new ArrayList<>(stack.slots());
    int free = 0;
    while (free < slots.size()
        && (slots.get(free).id().isPresent() || slots.get(free).room() == 0)) {
      free++;
    }
    if (free == slots.size()) {
      tensors.close();
      throw new UserInputException("There is no room for one more adapter: unload one first.");
    }
    if (adaptsExperts(tensors)) {
      tensors.close();
      throw new UserInputException(
          "The adapter adapts experts: name it when the server starts; what is loaded by request"
              + " has no room for these.");
    }
    int rank = rank(tensors);
    if (rank > slots.get(free).room()) {
      tensors.close();
      throw new UserInputException(
          "The adapter has rank %d, and there is room for %d."
              .formatted(rank, slots.get(free).room()));
    }
    StackSlot slot = new StackSlot(Optional.of(id), tensors, slots.get(free).room());
    slots.set(free, slot);
    try {
      AdapterStack next = new AdapterStack(decoder, like, slots);
      return () -> replace(next, tensors);
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  private boolean adaptsExperts(AdapterTensors tensors) {
    List<Projection> projections = Projection.of(decoder.config());
    return IntStream.range(0, tensors.modules() - 1)
        .filter(module -> projections.get(module % projections.size()).ofExperts())
        .anyMatch(module -> tensors.rank(module) > 0);
  }

  /** The highest of all modules. */
  private static int rank(AdapterTensors tensors) {
    return IntStream.range(0, tensors.modules()).map(tensors::rank).max().orElse(0);
  }

  private void replace(AdapterStack next, AdapterTensors tensors) {
    AdapterStack former = stack;
    stack = next;
    owned.add(tensors);
    owned.removeIf(
        one -> {
          boolean gone = next.slots().stream().noneMatch(slot -> slot.tensors() == one);
          if (gone) {
            one.close();
          }
          return gone;
        });
    former.close();
  }

  /**
   * Lets another adapter take the place of one that no row uses; on the thread that uses the stack.
   */
  void unload(AdapterId id) {
    stack =
        stack.with(
            stack.slots().stream()
                .map(
                    slot ->
                        slot.room() > 0 && slot.holds(id)
                            ? new StackSlot(Optional.empty(), slot.tensors(), slot.room())
                            : slot)
                .toList());
  }

  @Override
  public void close() {
    stack.close();
    owned.forEach(AdapterTensors::close);
  }
}

package dev.reticent.sampling;

import dev.reticent.decoding.BlockUse;
import java.util.EnumMap;
import java.util.Map;

/** Running totals behind {@link QueueStatistics}. */
final class Counts {
  private final Map<FinishReason, Long> endings = new EnumMap<>(FinishReason.class);
  private final Stopwatch waits = new Stopwatch();
  private final Stopwatch steps = new Stopwatch();
  private final Stopwatch pieces = new Stopwatch();
  private final Stopwatch masks = new Stopwatch();
  private long promptTokens;
  private long cachedTokens;
  private long completionTokens;

  /** For a row. */
  Stopwatch waits() {
    return waits;
  }

  /** Of passes that give each running answer a token. */
  Stopwatch steps() {
    return steps;
  }

  /** Of pieces of prompts. */
  Stopwatch pieces() {
    return pieces;
  }

  /** Of what constraints allow next, on their own threads. */
  Stopwatch masks() {
    return masks;
  }

  void started(int prompt, int cached) {
    promptTokens += prompt;
    cachedTokens += cached;
  }

  void drawn() {
    completionTokens++;
  }

  void ended(Generation generation) {
    endings.merge(generation.finishReason(), 1L, Long::sum);
  }

  private long ended(FinishReason reason) {
    return endings.getOrDefault(reason, 0L);
  }

  QueueStatistics statistics(
      int waiting, int waitingClients, int running, int rows, BlockUse blocks) {
    return new QueueStatistics(
        waiting,
        waitingClients,
        running,
        rows,
        blocks.total(),
        blocks.used(),
        blocks.cached(),
        promptTokens,
        cachedTokens,
        completionTokens,
        ended(FinishReason.STOP) + ended(FinishReason.LENGTH),
        ended(FinishReason.CANCELLED),
        ended(FinishReason.TIMEOUT),
        ended(FinishReason.ERROR) + ended(FinishReason.CONSTRAINT),
        waits.total(),
        steps.total(),
        pieces.total(),
        masks.total());
  }
}

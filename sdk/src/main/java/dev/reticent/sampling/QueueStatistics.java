package dev.reticent.sampling;

import dev.reticent.api.Internal;

/**
 * What a {@link GenerationQueue} is doing and has done, as it was after its latest step.
 *
 * @param waiting requests without a row
 * @param waitingClients how many clients these are of
 * @param running requests with a row
 * @param rows the most that can run
 * @param blocks blocks of keys and values in all
 * @param usedBlocks those that running requests hold
 * @param cachedBlocks those that hold earlier prompts and can be taken at any time
 * @param promptTokens tokens of all prompts that got a row
 * @param cachedTokens how many of these were there already
 * @param completionTokens tokens drawn
 * @param completed answers that ended with STOP or LENGTH
 * @param cancelled answers that ended with CANCELLED
 * @param timedOut answers that ended with TIMEOUT
 * @param failed answers that ended with ERROR or CONSTRAINT
 * @param waits for a row
 * @param steps passes that gave each running answer a token
 * @param pieces of prompts that were computed
 * @param masks what constraints allow next, worked out on their own threads
 */
@Internal
public record QueueStatistics(
    int waiting,
    int waitingClients,
    int running,
    int rows,
    int blocks,
    int usedBlocks,
    int cachedBlocks,
    long promptTokens,
    long cachedTokens,
    long completionTokens,
    long completed,
    long cancelled,
    long timedOut,
    long failed,
    WorkTime waits,
    WorkTime steps,
    WorkTime pieces,
    WorkTime masks) {}

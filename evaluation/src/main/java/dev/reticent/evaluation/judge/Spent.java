package dev.reticent.evaluation.judge;

/**
 * What a judge has cost.
 *
 * @param requests requests sent, those asked again included
 * @param fromCache verdicts that needed no request
 * @param promptTokens as the server counted them
 * @param completionTokens the same
 * @param cost in the currency of the prices; 0 without prices
 * @param uncounted requests whose tokens the server did not tell, or whose reply was lost: they
 *     count into the cost with the most they can have taken
 */
public record Spent(
    long requests,
    long fromCache,
    long promptTokens,
    long completionTokens,
    double cost,
    long uncounted) {}

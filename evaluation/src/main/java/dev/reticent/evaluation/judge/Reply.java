package dev.reticent.evaluation.judge;

/**
 * A judge's reply as it came.
 *
 * @param text what it said
 * @param finish the protocol's finish_reason
 * @param refusal its refusal; empty when it did not refuse
 * @param model the model that the server says it used
 * @param fingerprint the server's system_fingerprint; empty without one
 * @param promptTokens as the server counted; −1 when it did not say
 * @param completionTokens the same
 */
record Reply(
    String text,
    String finish,
    String refusal,
    String model,
    String fingerprint,
    long promptTokens,
    long completionTokens) {}

package dev.reticent.evaluation.judge;

import java.util.OptionalDouble;

/**
 * Counts tokens and keeps the cost under a cap.
 *
 * <p>Before a request the most it can cost is set aside (no more prompt tokens than bytes, no more
 * completion tokens than its limit), so the cap holds whatever the server answers.
 */
final class CostCap {
  private final double promptPrice;
  private final double completionPrice;
  private final OptionalDouble cap;
  private long requests;
  private long fromCache;
  private long promptTokens;
  private long completionTokens;
  private long uncounted;
  private double cost;
  private double reserved;

  CostCap(double perMillionPrompt, double perMillionCompletion, OptionalDouble cap) {
    this.promptPrice = perMillionPrompt / 1e6;
    this.completionPrice = perMillionCompletion / 1e6;
    this.cap = cap;
  }

  double price(long prompt, long completion) {
    return (double) prompt * promptPrice + (double) completion * completionPrice;
  }

  /** Sets the most a request can cost aside; false when that would pass the cap. */
  synchronized boolean reserve(double most) {
    if (cap.isPresent() && cost + reserved + most > cap.getAsDouble()) {
      return false;
    }
    reserved += most;
    requests++;
    return true;
  }

  /** Nothing was charged. */
  synchronized void free(double most) {
    reserved -= most;
  }

  /** Charged, by an amount nobody told. */
  synchronized void lost(double most) {
    reserved -= most;
    cost += most;
    uncounted++;
  }

  synchronized void charge(double most, Reply reply) {
    if (reply.promptTokens() < 0 || reply.completionTokens() < 0) {
      lost(most);
      return;
    }
    reserved -= most;
    promptTokens += reply.promptTokens();
    completionTokens += reply.completionTokens();
    cost += price(reply.promptTokens(), reply.completionTokens());
  }

  synchronized void cached() {
    fromCache++;
  }

  synchronized Spent spent() {
    return new Spent(requests, fromCache, promptTokens, completionTokens, cost, uncounted);
  }
}

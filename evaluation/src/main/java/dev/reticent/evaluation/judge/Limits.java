package dev.reticent.evaluation.judge;

import dev.reticent.config.Section;
import java.util.Optional;

/** How much, how fast and for how much the judge is asked. */
record Limits(
    int workers,
    int timeoutSeconds,
    int attempts,
    double requestsPerMinute,
    double tokensPerMinute,
    double promptPrice,
    double completionPrice,
    Optional<Double> maxCost) {

  static Limits read(Section section) {
    int workers =
        section
            .integer("max_workers")
            .atLeast(1)
            .atMost(256)
            .describedAs("Requests under way at a time.")
            .orElse(10);
    int timeout =
        section.integer("timeout_seconds").atLeast(1).describedAs("Of one request.").orElse(60);
    int attempts =
        section
            .integer("max_attempts")
            .atLeast(1)
            .describedAs("Of one request; asked again only after 429, 5xx and lost connections.")
            .orElse(6);
    double requests =
        section
            .number("requests_per_minute")
            .atLeast(0.0)
            .describedAs("At most; 0 for no limit. Lowers itself when the server is too busy.")
            .orElse(0.0);
    double tokens =
        section
            .number("tokens_per_minute")
            .atLeast(0.0)
            .describedAs("At most, of prompts and replies together; 0 for no limit.")
            .orElse(0.0);
    double prompt =
        section
            .number("price_per_million_prompt_tokens")
            .atLeast(0.0)
            .describedAs("In any currency.")
            .orElse(0.0);
    double completion =
        section
            .number("price_per_million_completion_tokens")
            .atLeast(0.0)
            .describedAs("In the same currency.")
            .orElse(0.0);
    Optional<Double> cap =
        section
            .number("max_cost")
            .above(0.0)
            .describedAs("A cap on the cost of a run that is never passed; needs both prices.")
            .optional()
            .map(Double::valueOf);
    section.check(
        cap.isEmpty() || (prompt > 0 && completion > 0),
        "cannot be kept without prices; give both prices",
        "max_cost");
    return new Limits(workers, timeout, attempts, requests, tokens, prompt, completion, cap);
  }
}

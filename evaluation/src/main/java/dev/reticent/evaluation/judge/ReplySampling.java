package dev.reticent.evaluation.judge;

import dev.reticent.config.Section;
import java.util.Optional;

/** How the judge's replies are drawn. */
record ReplySampling(
    Optional<Double> temperature,
    Optional<Double> topP,
    Optional<Long> seed,
    Optional<Integer> maxTokens,
    boolean newTokenLimit,
    boolean jsonSchema,
    int repeats) {

  private enum LimitName {
    MAX_TOKENS,
    MAX_COMPLETION_TOKENS
  }

  static ReplySampling read(Section section) {
    boolean sends =
        section
            .flag("send_temperature")
            .describedAs("Whether temperature and top_p are sent; some models refuse them.")
            .orElse(true);
    double temperature =
        section
            .number("temperature")
            .atLeast(0.0)
            .atMost(2.0)
            .describedAs("0 for the judge's likeliest reply.")
            .orElse(0.0);
    double topP =
        section
            .number("top_p")
            .above(0.0)
            .atMost(1.0)
            .describedAs("Only the likeliest tokens that make up this probability.")
            .orElse(1.0);
    return new ReplySampling(
        sends ? Optional.of(temperature) : Optional.empty(),
        sends ? Optional.of(topP) : Optional.empty(),
        section.whole("seed").describedAs("Sent when given; few servers keep to it.").optional(),
        section
            .integer("max_tokens")
            .atLeast(1)
            .describedAs("The longest reply: 1024 in strict mode, 200 in mlflow-v1.")
            .optional(),
        section
                .choice("token_limit_name", LimitName.class)
                .describedAs("What the server calls the limit; newer models of OpenAI the latter.")
                .orElse(LimitName.MAX_TOKENS)
            == LimitName.MAX_COMPLETION_TOKENS,
        section
            .flag("json_schema")
            .describedAs(
                """
                Whether strict mode demands its JSON by a schema; when the server takes none, it is
                asked for in words alone, and the report says so.\
                """)
            .orElse(true),
        section
            .integer("repeats")
            .atLeast(1)
            .describedAs(
                """
                How often each answer is graded; the median counts, and the spread is reported. A
                row is scored when more than half of its repeats are.\
                """)
            .orElse(1));
  }
}

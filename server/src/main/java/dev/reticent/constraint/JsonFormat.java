package dev.reticent.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.reticent.config.UserInputException;
import dev.reticent.sampling.TokenConstraint;

/**
 * A form of answers: any JSON object, or what a JSON Schema admits.
 *
 * <p>An answer under a constraint of {@link #within} is valid at every end token and when its
 * tokens run out: as they become few, only those are allowed after which the rest suffices to
 * complete it. Members come in the order of {@code properties}, then others; no name twice. Blanks
 * are at most one space, or a line break and some indentation. Numbers have no exponent. Which
 * keywords are honoured is in docs/structured-output.md; any other is refused.
 *
 * <p>Safe for use by several threads, none of which waits for another: answers of one format share
 * what was worked out for earlier ones.
 */
public final class JsonFormat {
  private static final long MOST_SHORTEST_STEPS = 10_000_000;

  /** Bytes of a shortest answer up to which its tokens are counted for a message. */
  private static final int MOST_COUNTED = 100_000;

  private final Grammar grammar;

  private JsonFormat(Grammar grammar) {
    this.grammar = grammar;
  }

  /** Any JSON object. */
  public static JsonFormat object(JsonVocabulary vocabulary) {
    return schema(JsonNodeFactory.instance.objectNode().put("type", "object"), vocabulary);
  }

  /** What a schema admits by {@link SchemaRules#STANDARD}. */
  public static JsonFormat schema(JsonNode schema, JsonVocabulary vocabulary) {
    return schema(schema, vocabulary, SchemaRules.STANDARD);
  }

  /**
   * What a schema admits, by the draft that it names or 2020-12.
   *
   * @throws UserInputException naming the place in the schema, if a keyword is not honoured, no
   *     value is admitted, or the rules do not allow it
   */
  public static JsonFormat schema(JsonNode schema, JsonVocabulary vocabulary, SchemaRules rules) {
    rules.check(schema);
    TokenTable tokens = vocabulary.tokens();
    Shape shape = SchemaCompiler.compile(schema, !tokens.everyByte(), rules);
    return new JsonFormat(new Grammar(shape, tokens));
  }

  /**
   * Tokens that suffice for an answer, the end token not counted.
   *
   * @throws UserInputException if they are too many to be counted
   */
  public int leastTokens() {
    return grammar
        .shortest(grammar.start(), Integer.MAX_VALUE, shortest())
        .map(ids -> ids.length)
        .orElseThrow();
  }

  private static WorkLimit shortest() {
    return new WorkLimit("to write out its shortest answer", MOST_SHORTEST_STEPS);
  }

  /**
   * Constraints of answers with at most so many tokens, as many as the request has: {@code
   * maxNewTokens}, or what the context leaves of them.
   *
   * @throws UserInputException if the shortest answer takes more
   */
  public TokenConstraint.Factory within(int mostTokens) {
    State start = grammar.start();
    if (start.cost() > mostTokens && grammar.shortest(start, mostTokens, shortest()).isEmpty()) {
      throw new UserInputException(
          "max_tokens leaves %d tokens, but the shortest answer that the schema admits takes %s: raise max_tokens, or loosen the schema."
              .formatted(mostTokens, least(start)));
    }
    return () -> new JsonConstraint(grammar, mostTokens);
  }

  /** How many tokens the shortest answer takes, in words. */
  private String least(State start) {
    return start.cost() <= MOST_COUNTED
        ? Integer.toString(leastTokens())
        : "more: " + start.cost() + " bytes at least";
  }
}

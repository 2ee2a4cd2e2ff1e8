package dev.reticent.text.jinja;

import dev.reticent.text.jinja.Expression.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tokens to expressions, loosest first: {@code if else}, {@code or}, {@code and}, {@code not},
 * comparisons, {@code + -}, {@code ~}, {@code * / // %}, {@code **}, signs; what these stand
 * between is read by {@link OperandParser}.
 */
final class ExpressionParser {
  private final Tokens tokens;
  private final Names names;
  private final OperandParser operands;

  ExpressionParser(Tokens tokens, Names names) {
    this.tokens = tokens;
    this.names = names;
    operands = new OperandParser(tokens, names, this);
  }

  /** A filter by itself, as a block of filters names it. */
  Calls.Filter filter(Expression value, int line) {
    return operands.filter(value, line);
  }

  Expression expression() {
    return expression(true);
  }

  Expression expression(boolean withCondition) {
    tokens.enter();
    Expression result = withCondition ? conditional() : or();
    tokens.leave();
    return result;
  }

  /** One expression, or several with commas between them as a tuple. */
  Expression tuple(boolean withCondition) {
    Expression first = expression(withCondition);
    if (!tokens.isOperator(",")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (tokens.skipOperator(",") && !endsTuple()) {
      items.add(expression(withCondition));
    }
    return new Displays.TupleOf(items);
  }

  private boolean endsTuple() {
    return tokens.is(Token.Type.VARIABLE_END)
        || tokens.is(Token.Type.BLOCK_END)
        || tokens.isOperator(")")
        || tokens.isName("recursive");
  }

  private Expression conditional() {
    int mark = names.mark();
    Expression value = or();
    while (tokens.skipName("if")) {
      names.forget(mark);
      boolean soft = names.soften();
      Expression test = or();
      Expression otherwise =
          tokens.skipName("else")
              ? conditional()
              : new Literal(new Undefined("an 'if' without 'else' has no value here"));
      names.restore(soft);
      value = new Operations.Conditional(test, value, otherwise);
    }
    return value;
  }

  private Expression or() {
    Expression left = and();
    while (tokens.skipName("or")) {
      left = new Operations.Either(true, left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.skipName("and")) {
      left = new Operations.Either(false, left, not());
    }
    return left;
  }

  private Expression not() {
    if (!tokens.skipName("not")) {
      return comparison();
    }
    tokens.enter();
    Expression negated = new Operations.Not(not());
    tokens.leave();
    return negated;
  }

  private Expression comparison() {
    int line = tokens.line();
    Expression first = sum();
    List<Operations.Link> links = new ArrayList<>();
    for (Optional<String> relation = relation(); relation.isPresent(); relation = relation()) {
      links.add(new Operations.Link(relation.get(), sum()));
    }
    return links.isEmpty() ? first : new Operations.Comparison(first, links, line);
  }

  private Optional<String> relation() {
    Token token = tokens.current();
    if (token.isName("not") && tokens.ahead().isName("in")) {
      tokens.next();
      tokens.next();
      return Optional.of("not in");
    }
    if (token.isName("in")
        || (token.type() == Token.Type.OPERATOR && Operations.isRelation(token.text()))) {
      return Optional.of(tokens.next().text());
    }
    return Optional.empty();
  }

  private Expression sum() {
    Expression left = concatenation();
    while (tokens.isOperator("+") || tokens.isOperator("-")) {
      Token operator = tokens.next();
      left = new Operations.Binary(operator.text(), left, concatenation(), operator.line());
    }
    return left;
  }

  private Expression concatenation() {
    List<Expression> parts = new ArrayList<>(List.of(product()));
    while (tokens.skipOperator("~")) {
      parts.add(product());
    }
    return parts.size() == 1 ? parts.get(0) : new Operations.Concatenation(parts);
  }

  private Expression product() {
    Expression left = power();
    while (tokens.isOperator("*")
        || tokens.isOperator("/")
        || tokens.isOperator("//")
        || tokens.isOperator("%")) {
      Token operator = tokens.next();
      left = new Operations.Binary(operator.text(), left, power(), operator.line());
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (tokens.isOperator("**")) {
      Token operator = tokens.next();
      left = new Operations.Binary("**", left, unary(true), operator.line());
    }
    return left;
  }

  /** A sign binds more tightly than a filter: {@code -1 | abs} is 1. */
  private Expression unary(boolean withFilters) {
    tokens.enter();
    int line = tokens.line();
    Expression value;
    if (tokens.isOperator("-") || tokens.isOperator("+")) {
      boolean negative = tokens.next().isOperator("-");
      value = new Operations.Unary(negative, unary(false), line);
    } else {
      value = operands.primary();
    }
    value = operands.members(value);
    value = withFilters ? operands.filters(value) : value;
    tokens.leave();
    return value;
  }
}

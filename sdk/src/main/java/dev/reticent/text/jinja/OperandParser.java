package dev.reticent.text.jinja;

import dev.reticent.text.jinja.Calls.Passed;
import dev.reticent.text.jinja.Expression.Literal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What operators stand between: names, literals, lists, maps and parentheses, with the members,
 * calls, filters and tests behind them.
 */
final class OperandParser {
  private static final Map<String, Object> CONSTANTS =
      Map.of(
          "true", true, "True", true, "false", false, "False", false, "none", None.NONE, "None",
          None.NONE);
  private static final Set<String> NO_ARGUMENT = Set.of("else", "or", "and");

  private final Tokens tokens;
  private final Names names;

  /** Reads what is inside of an operand. */
  private final ExpressionParser inner;

  OperandParser(Tokens tokens, Names names, ExpressionParser inner) {
    this.tokens = tokens;
    this.names = names;
    this.inner = inner;
  }

  Expression primary() {
    Token token = tokens.next();
    return switch (token.type()) {
      case NAME -> named(token);
      case STRING -> new Literal(joined(token.text()));
      case INTEGER -> new Literal(integer(token.text().replace("_", "")));
      case FLOAT -> new Literal(Double.parseDouble(token.text().replace("_", "")));
      case OPERATOR ->
          switch (token.text()) {
            case "(" -> parenthesised();
            case "[" -> new Displays.ListOf(items("]"));
            case "{" -> dict();
            default -> throw unexpected(token);
          };
      default -> throw unexpected(token);
    };
  }

  private static TemplateException unexpected(Token token) {
    return TemplateException.syntax(
        token.line(), "expected an expression, found " + token.described());
  }

  private Expression named(Token token) {
    Object constant = CONSTANTS.get(token.text());
    if (constant != null) {
      return new Literal(constant);
    }
    names.read(token);
    return new Expression.Variable(token.text());
  }

  private String joined(String first) {
    StringBuilder text = new StringBuilder(first);
    while (tokens.is(Token.Type.STRING)) {
      text.append(tokens.next().text());
    }
    return text.toString();
  }

  private static Object integer(String digits) {
    int radix =
        digits.length() < 2
            ? 10
            : switch (Character.toLowerCase(digits.charAt(1))) {
              case 'b' -> 2;
              case 'o' -> 8;
              case 'x' -> 16;
              default -> 10;
            };
    return Numbers.narrow(new BigInteger(radix == 10 ? digits : digits.substring(2), radix));
  }

  private Expression parenthesised() {
    if (tokens.skipOperator(")")) {
      return new Displays.TupleOf(List.of());
    }
    Expression value = inner.tuple(true);
    tokens.expectOperator(")");
    return value;
  }

  private List<Expression> items(String close) {
    List<Expression> items = new ArrayList<>();
    while (!tokens.isOperator(close)) {
      if (!items.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.isOperator(close)) {
          break;
        }
      }
      items.add(inner.expression());
    }
    tokens.expectOperator(close);
    return items;
  }

  private Expression dict() {
    List<Displays.Pair> pairs = new ArrayList<>();
    while (!tokens.isOperator("}")) {
      if (!pairs.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.isOperator("}")) {
          break;
        }
      }
      Expression key = inner.expression();
      tokens.expectOperator(":");
      pairs.add(new Displays.Pair(key, inner.expression()));
    }
    tokens.expectOperator("}");
    return new Displays.DictOf(pairs);
  }

  /** Attributes, items and calls behind a value. */
  Expression members(Expression value) {
    Expression result = value;
    while (true) {
      int line = tokens.line();
      if (tokens.skipOperator(".")) {
        result = attribute(result, line);
      } else if (tokens.skipOperator("[")) {
        result = subscript(result, line);
      } else if (tokens.isOperator("(")) {
        result = new Calls.Call(result, passed(), line);
      } else {
        return result;
      }
    }
  }

  private Expression attribute(Expression owner, int line) {
    if (tokens.is(Token.Type.INTEGER)) {
      return new Access.Item(owner, new Literal(integer(tokens.next().text())), line);
    }
    return new Access.Attribute(
        owner, tokens.expect(Token.Type.NAME, "a name or a number").text(), line);
  }

  private Expression subscript(Expression owner, int line) {
    List<Expression> keys = new ArrayList<>();
    while (!tokens.isOperator("]")) {
      if (!keys.isEmpty()) {
        tokens.expectOperator(",");
      }
      Expression from = tokens.isOperator(":") ? Literal.NONE : inner.expression();
      if (tokens.skipOperator(":")) {
        Expression to = bound();
        Expression step = tokens.skipOperator(":") ? bound() : Literal.NONE;
        if (!keys.isEmpty() || !tokens.isOperator("]")) {
          throw TemplateException.unsupported("a slice beside other keys").at(line);
        }
        tokens.next();
        return new Access.Slice(owner, from, to, step, line);
      }
      keys.add(from);
    }
    tokens.expectOperator("]");
    return new Access.Item(
        owner, keys.size() == 1 ? keys.get(0) : new Displays.TupleOf(keys), line);
  }

  private Expression bound() {
    return tokens.isOperator(":") || tokens.isOperator("]") || tokens.isOperator(",")
        ? Literal.NONE
        : inner.expression();
  }

  /** What stands between the parentheses of a call. */
  private Passed passed() {
    tokens.expectOperator("(");
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    Optional<Expression> spread = Optional.empty();
    Optional<Expression> spreadNamed = Optional.empty();
    for (boolean first = true; !tokens.isOperator(")"); first = false) {
      if (!first) {
        tokens.expectOperator(",");
        if (tokens.isOperator(")")) {
          break;
        }
      }
      Token token = tokens.current();
      boolean positionalMayFollow = named.isEmpty() && spreadNamed.isEmpty();
      if (tokens.skipOperator("*")) {
        refuse(spread.isPresent() || spreadNamed.isPresent(), token);
        spread = Optional.of(inner.expression());
      } else if (tokens.skipOperator("**")) {
        refuse(spreadNamed.isPresent(), token);
        spreadNamed = Optional.of(inner.expression());
      } else if (token.type() == Token.Type.NAME && tokens.ahead().isOperator("=")) {
        refuse(spreadNamed.isPresent(), token);
        tokens.next();
        tokens.next();
        refuse(named.put(token.text(), inner.expression()) != null, token);
      } else {
        refuse(!positionalMayFollow || spread.isPresent(), token);
        positional.add(inner.expression());
      }
    }
    tokens.expectOperator(")");
    return new Passed(positional, named, spread, spreadNamed);
  }

  private static void refuse(boolean wrong, Token token) {
    if (wrong) {
      throw TemplateException.syntax(
          token.line(), "arguments in an order that a call cannot have, at " + token.described());
    }
  }

  /** Filters, tests and calls behind a value. */
  Expression filters(Expression value) {
    Expression result = value;
    while (true) {
      int line = tokens.line();
      if (tokens.skipOperator("|")) {
        result = filter(result, line);
      } else if (tokens.skipName("is")) {
        result = test(result, line);
      } else if (tokens.isOperator("(")) {
        result = new Calls.Call(result, passed(), line);
      } else {
        return result;
      }
    }
  }

  Calls.Filter filter(Expression value, int line) {
    String name = dotted();
    names.filter(name, line);
    return new Calls.Filter(value, name, tokens.isOperator("(") ? passed() : Passed.NOTHING, line);
  }

  private String dotted() {
    StringBuilder name = new StringBuilder(tokens.expect(Token.Type.NAME, "a name").text());
    while (tokens.skipOperator(".")) {
      name.append('.').append(tokens.expect(Token.Type.NAME, "a name").text());
    }
    return name.toString();
  }

  private Expression test(Expression value, int line) {
    boolean negated = tokens.skipName("not");
    String name = dotted();
    Expression test = new Calls.Test(value, name, testArguments(), line);
    names.test(name, line);
    return negated ? new Operations.Not(test) : test;
  }

  private Passed testArguments() {
    Token token = tokens.current();
    if (token.isOperator("(")) {
      return passed();
    }
    boolean argument =
        switch (token.type()) {
          case NAME -> !NO_ARGUMENT.contains(token.text());
          case STRING, INTEGER, FLOAT -> true;
          case OPERATOR -> token.text().equals("[") || token.text().equals("{");
          default -> false;
        };
    if (!argument) {
      return Passed.NOTHING;
    }
    if (token.isName("is")) {
      throw TemplateException.syntax(token.line(), "tests cannot be chained with 'is'");
    }
    return Passed.one(members(primary()));
  }
}

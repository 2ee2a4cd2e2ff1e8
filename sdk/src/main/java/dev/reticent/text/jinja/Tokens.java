package dev.reticent.text.jinja;

import java.util.List;

/** The tokens of a template, read one after another. */
final class Tokens {
  private static final int DEEPEST = 200;

  private final List<Token> tokens;
  private int at;
  private int depth;

  Tokens(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(at);
  }

  Token ahead() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  int line() {
    return current().line();
  }

  Token next() {
    Token token = current();
    at += token.type() == Token.Type.END ? 0 : 1;
    return token;
  }

  boolean is(Token.Type type) {
    return current().type() == type;
  }

  boolean isName(String name) {
    return current().isName(name);
  }

  boolean isOperator(String operator) {
    return current().isOperator(operator);
  }

  boolean skipName(String name) {
    boolean found = isName(name);
    if (found) {
      next();
    }
    return found;
  }

  boolean skipOperator(String operator) {
    boolean found = isOperator(operator);
    if (found) {
      next();
    }
    return found;
  }

  Token expect(Token.Type type, String what) {
    if (!is(type)) {
      throw unexpected(what);
    }
    return next();
  }

  void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw unexpected("'" + operator + "'");
    }
  }

  TemplateException unexpected(String expected) {
    return TemplateException.syntax(
        line(), "expected " + expected + ", found " + current().described());
  }

  void enter() {
    if (++depth > DEEPEST) {
      throw TemplateException.limit("the template nests more than " + DEEPEST + " deep").at(line());
    }
  }

  void leave() {
    depth--;
  }
}

package dev.reticent.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text to tokens, with the whitespace control that transformers sets: a block takes the line break
 * after it and the indent before it, {@code -} takes all whitespace, {@code +} keeps it.
 */
final class Lexer {
  private static final String SPACE =
      "[\\x09-\\x0D\\x1C-\\x20\\x85\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000]";
  private static final Pattern TAG =
      Pattern.compile(
          "(?<raw>\\{%(?<rawsign>[-+]?)"
              + SPACE
              + "*raw"
              + SPACE
              + "*(?:-%}"
              + SPACE
              + "*|%}))|(?<open>\\{%|\\{\\{|\\{#)(?<sign>[-+]?)");
  private static final Pattern RAW_END =
      Pattern.compile(
          "\\{%(?<sign>[-+]?)" + SPACE + "*endraw" + SPACE + "*(?:\\+%}|-%}" + SPACE + "*|%}\\n?)");
  private static final Pattern COMMENT_END = Pattern.compile("\\+#}|-#}" + SPACE + "*|#}\\n?");
  private static final Pattern BLOCK_END = Pattern.compile("\\+%}|-%}" + SPACE + "*|%}\\n?");
  private static final Pattern VARIABLE_END = Pattern.compile("-}}" + SPACE + "*|}}");
  private static final Pattern BLANK = Pattern.compile(SPACE + "+");
  private static final Pattern NUMBER_WITH_POINT =
      Pattern.compile(
          "(?<!\\.)(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?[eE][+-]?(?:\\d+_)*\\d+"
              + "|\\.(?:\\d+_)*\\d+)");
  private static final Pattern WHOLE_NUMBER =
      Pattern.compile(
          "0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*");
  private static final Pattern NAME =
      Pattern.compile("[\\p{L}\\p{Nl}_][\\p{L}\\p{Nl}\\p{Mn}\\p{Mc}\\p{Nd}\\p{Pc}]*");
  private static final Pattern OPERATOR =
      Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int counted;

  private Lexer(String source) {
    this.source = source;
  }

  /** The tokens of a template; the last is {@link Token.Type#END}. */
  static List<Token> tokens(String template) {
    String source = template.replace("\r\n", "\n").replace('\r', '\n');
    // One line break at the very end does not count.
    Lexer lexer =
        new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
    lexer.read();
    return lexer.tokens;
  }

  private void read() {
    boolean lineStarts = true;
    Matcher tag = TAG.matcher(source);
    while (tag.find(at)) {
      boolean raw = tag.group("raw") != null;
      String open = raw ? "{%" : tag.group("open");
      String sign = raw ? tag.group("rawsign") : tag.group("sign");
      data(source.substring(at, tag.start()), sign, !open.equals("{{"), lineStarts);
      at = tag.end();
      if (raw) {
        lineStarts = raw(source.charAt(at - 1) == '\n');
      } else if (open.equals("{#")) {
        at = find(COMMENT_END, "a comment without its end").end();
        lineStarts = source.charAt(at - 1) == '\n';
      } else {
        boolean block = open.equals("{%");
        add(block ? Token.Type.BLOCK_BEGIN : Token.Type.VARIABLE_BEGIN, open, tag.start());
        inside(block);
        lineStarts = source.charAt(at - 1) == '\n';
      }
    }
    data(source.substring(at), "", false, false);
    at = source.length();
    add(Token.Type.END, "", at);
  }

  /** Text between tags, without what the sign of the tag behind it takes. */
  private void data(String text, String sign, boolean block, boolean lineStarts) {
    String kept = text;
    if (sign.equals("-")) {
      kept = text.substring(0, endWithoutSpace(text));
    } else if (!sign.equals("+") && block) {
      int lastLine = text.lastIndexOf('\n') + 1;
      if ((lastLine > 0 || lineStarts) && BLANK.matcher(text.substring(lastLine)).matches()) {
        kept = text.substring(0, lastLine);
      }
    }
    if (!kept.isEmpty()) {
      add(Token.Type.DATA, kept, at);
    }
  }

  private static int endWithoutSpace(String text) {
    int end = text.length();
    while (end > 0 && CodePoints.isSpace(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  private boolean raw(boolean lineStarts) {
    Matcher end = find(RAW_END, "a raw block without {% endraw %}");
    data(source.substring(at, end.start()), end.group("sign"), true, lineStarts);
    at = end.end();
    return source.charAt(at - 1) == '\n';
  }

  private Matcher find(Pattern pattern, String missing) {
    Matcher matcher = pattern.matcher(source);
    if (!matcher.find(at)) {
      throw TemplateException.syntax(lineOf(at), missing);
    }
    return matcher;
  }

  /** The tokens of one tag, up to and with its end. */
  private void inside(boolean block) {
    Pattern end = block ? BLOCK_END : VARIABLE_END;
    StringBuilder brackets = new StringBuilder();
    while (true) {
      int start = at;
      if (brackets.isEmpty() && take(end)) {
        add(block ? Token.Type.BLOCK_END : Token.Type.VARIABLE_END, block ? "%}" : "}}", start);
        return;
      }
      if (at == source.length()) {
        throw TemplateException.syntax(lineOf(start), "a tag without its end");
      }
      if (take(BLANK)) {
        continue;
      }
      if (take(NUMBER_WITH_POINT)) {
        add(Token.Type.FLOAT, source.substring(start, at), start);
      } else if (take(WHOLE_NUMBER)) {
        add(Token.Type.INTEGER, source.substring(start, at), start);
      } else if (take(NAME)) {
        add(Token.Type.NAME, source.substring(start, at), start);
      } else if (takeString()) {
        String literal = source.substring(start + 1, at - 1);
        add(Token.Type.STRING, StringLiteral.unescape(literal, lineOf(start)), start);
      } else if (take(OPERATOR)) {
        String operator = source.substring(start, at);
        balance(operator, brackets, start);
        add(Token.Type.OPERATOR, operator, start);
      } else {
        throw TemplateException.syntax(
            lineOf(start),
            "unexpected character '" + CodePoints.of(source.codePointAt(start)) + "'");
      }
    }
  }

  private void balance(String operator, StringBuilder brackets, int start) {
    int opening = "([{".indexOf(operator);
    int closing = ")]}".indexOf(operator);
    if (opening >= 0) {
      brackets.append(")]}".charAt(opening));
    } else if (closing >= 0) {
      int last = brackets.length() - 1;
      if (last < 0 || brackets.charAt(last) != operator.charAt(0)) {
        throw TemplateException.syntax(lineOf(start), "unexpected '" + operator + "'");
      }
      brackets.setLength(last);
    }
  }

  private boolean take(Pattern pattern) {
    Matcher matcher = pattern.matcher(source).region(at, source.length());
    matcher.useTransparentBounds(true);
    if (!matcher.lookingAt()) {
      return false;
    }
    at = matcher.end();
    return true;
  }

  /** A string literal: up to its quote, where a backslash guards the character behind it. */
  private boolean takeString() {
    char quote = source.charAt(at);
    if (quote != '\'' && quote != '"') {
      return false;
    }
    for (int end = at + 1; end < source.length(); end++) {
      if (source.charAt(end) == quote) {
        at = end + 1;
        return true;
      }
      end += source.charAt(end) == '\\' ? 1 : 0;
    }
    return false;
  }

  private void add(Token.Type type, String text, int start) {
    tokens.add(new Token(type, text, lineOf(start)));
  }

  /** Lines are counted on, so that places are asked for in ascending order. */
  private int lineOf(int place) {
    for (; counted < place; counted++) {
      line += source.charAt(counted) == '\n' ? 1 : 0;
    }
    return line;
  }
}

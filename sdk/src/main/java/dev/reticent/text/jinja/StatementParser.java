package dev.reticent.text.jinja;

import dev.reticent.text.jinja.Statement.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Tokens to statements: one line of {@link #TAGS} for every tag. */
final class StatementParser {
  private static final Map<String, Function<StatementParser, Statement>> TAGS =
      Map.ofEntries(
          Map.entry("if", StatementParser::ifBlock),
          Map.entry("for", StatementParser::forLoop),
          Map.entry("set", StatementParser::set),
          Map.entry("macro", StatementParser::macro),
          Map.entry("call", StatementParser::callBlock),
          Map.entry("filter", StatementParser::filterBlock),
          Map.entry("with", StatementParser::with),
          Map.entry("print", StatementParser::print),
          Map.entry("generation", StatementParser::generation),
          Map.entry("break", parser -> parser.jump(Statement.Flow.BREAK)),
          Map.entry("continue", parser -> parser.jump(Statement.Flow.CONTINUE)));

  private static final Set<String> NOT_HERE =
      Set.of("block", "extends", "include", "import", "from", "autoescape");
  private static final Set<String> CONSTANTS =
      Set.of("true", "false", "none", "True", "False", "None");

  private final Tokens tokens;
  private final Names names = new Names();
  private final ExpressionParser expressions;

  /** Whether {@code break} means anything here, and whether it would leave a captured part. */
  private enum Loops {
    NONE,
    DIRECT,
    CAPTURED
  }

  private Loops loops = Loops.NONE;
  private int line;

  StatementParser(Tokens tokens) {
    this.tokens = tokens;
    expressions = new ExpressionParser(tokens, names);
  }

  Block template() {
    Block block = statements();
    if (!tokens.is(Token.Type.END)) {
      throw tokens.unexpected("a tag that begins something");
    }
    names.refuseUnknown();
    return block;
  }

  /** Statements up to a tag of one of these names, which becomes the current token. */
  private Block statements(String... ends) {
    tokens.enter();
    List<Statement> statements = new ArrayList<>();
    while (!tokens.is(Token.Type.END)) {
      Token token = tokens.next();
      switch (token.type()) {
        case DATA -> statements.add(new Statement.Text(token.text()));
        case VARIABLE_BEGIN -> {
          statements.add(new Statement.Print(List.of(expressions.tuple(true)), token.line()));
          tokens.expect(Token.Type.VARIABLE_END, "'}}'");
        }
        default -> {
          if (List.of(ends).stream().anyMatch(tokens::isName)) {
            tokens.leave();
            return new Block(statements);
          }
          statements.add(tag());
          tokens.expect(Token.Type.BLOCK_END, "'%}'");
        }
      }
    }
    if (ends.length > 0) {
      throw tokens.unexpected("{% " + ends[ends.length - 1] + " %}");
    }
    tokens.leave();
    return new Block(statements);
  }

  /** The body behind a tag. */
  private Block body(String... ends) {
    tokens.skipOperator(":");
    tokens.expect(Token.Type.BLOCK_END, "'%}'");
    return statements(ends);
  }

  /** The body of a part with a scope of its own, up to its end tag. */
  private Block enclosed(Loops within, String end) {
    boolean soft = names.harden();
    Loops outer = loops;
    loops = within;
    Block block = body(end);
    tokens.next();
    loops = outer;
    names.restore(soft);
    return block;
  }

  /** Within a part whose text is captured, a loop around it cannot be left. */
  private Loops captured() {
    return loops == Loops.NONE ? Loops.NONE : Loops.CAPTURED;
  }

  private Statement tag() {
    line = tokens.line();
    Token name = tokens.expect(Token.Type.NAME, "the name of a tag");
    Function<StatementParser, Statement> parser = TAGS.get(name.text());
    if (parser == null) {
      throw NOT_HERE.contains(name.text())
          ? TemplateException.unsupported("{% " + name.text() + " %}").at(line)
          : TemplateException.syntax(line, "unknown tag '" + name.text() + "'");
    }
    return parser.apply(this);
  }

  private Statement ifBlock() {
    int start = line;
    boolean soft = names.soften();
    Expression test = expressions.tuple(false);
    Block then = body("elif", "else", "endif");
    Block otherwise = Block.EMPTY;
    Token end = tokens.next();
    if (end.isName("elif")) {
      line = end.line();
      otherwise = new Block(List.of(ifBlock()));
    } else if (end.isName("else")) {
      otherwise = body("endif");
      tokens.next();
    }
    names.restore(soft);
    return new Statement.If(test, then, otherwise, start);
  }

  private Statement forLoop() {
    int start = line;
    Target target = target(false);
    refuseLoop(target);
    if (!tokens.skipName("in")) {
      throw tokens.unexpected("'in'");
    }
    Expression values = expressions.tuple(false);
    boolean soft = names.harden();
    Optional<Expression> condition =
        tokens.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
    boolean recursive = tokens.skipName("recursive");
    Loops outer = loops;
    loops = Loops.DIRECT;
    Block body = body("endfor", "else");
    loops = outer;
    Block otherwise = Block.EMPTY;
    if (tokens.next().isName("else")) {
      otherwise = body("endfor");
      tokens.next();
    }
    names.restore(soft);
    return new ForLoop(target, values, condition, recursive, body, otherwise, start);
  }

  private void refuseLoop(Target target) {
    if (target.equals(new Target.ToName("loop"))) {
      throw TemplateException.syntax(line, "'loop' cannot be assigned to");
    }
  }

  private Statement jump(Statement.Flow flow) {
    if (loops == Loops.NONE) {
      throw TemplateException.syntax(line, "a jump outside of a loop");
    }
    if (loops == Loops.CAPTURED) {
      throw TemplateException.unsupported("a jump out of a captured block").at(line);
    }
    return new Statement.Jump(flow);
  }

  private Statement set() {
    int start = line;
    Target target = target(true);
    if (loops != Loops.NONE) {
      refuseLoop(target);
    }
    if (tokens.skipOperator("=")) {
      return new Assignments.Set(target, expressions.tuple(true), start);
    }
    boolean soft = names.harden();
    Statement.Filtering filters = filtering(tokens.skipOperator("|"));
    names.restore(soft);
    return new Assignments.SetBlock(target, filters, enclosed(captured(), "endset"), start);
  }

  private Statement.Filtering filtering(boolean any) {
    List<Calls.Filter> filters = new ArrayList<>();
    for (boolean more = any; more; more = tokens.skipOperator("|")) {
      filters.add(expressions.filter(Expression.Literal.NONE, tokens.line()));
    }
    return new Statement.Filtering(filters);
  }

  private Target target(boolean namespaces) {
    List<Target> targets = new ArrayList<>(List.of(oneTarget(namespaces)));
    boolean several = false;
    while (tokens.skipOperator(",")) {
      several = true;
      if (tokens.isName("in") || tokens.isOperator("=") || tokens.isOperator(")")) {
        break;
      }
      targets.add(oneTarget(namespaces));
    }
    return several ? new Target.ToEach(targets) : targets.get(0);
  }

  private Target oneTarget(boolean namespaces) {
    if (tokens.skipOperator("(")) {
      Target inner = target(namespaces);
      tokens.expectOperator(")");
      return inner;
    }
    Token name = tokens.expect(Token.Type.NAME, "a name to assign to");
    if (namespaces && tokens.skipOperator(".")) {
      return new Target.ToAttribute(
          name.text(), tokens.expect(Token.Type.NAME, "an attribute").text());
    }
    if (CONSTANTS.contains(name.text())) {
      throw TemplateException.syntax(name.line(), "'" + name.text() + "' cannot be assigned to");
    }
    return new Target.ToName(name.text());
  }

  private Statement macro() {
    String name = parameter();
    names.enterMacro();
    Macros.Signature signature = signature();
    Block body = enclosed(Loops.NONE, "endmacro");
    return new Macros.Definition(name, signature, names.leaveMacro(), body);
  }

  private String parameter() {
    Token name = tokens.expect(Token.Type.NAME, "a name");
    if (CONSTANTS.contains(name.text())) {
      throw TemplateException.syntax(name.line(), "'" + name.text() + "' cannot be assigned to");
    }
    return name.text();
  }

  private Macros.Signature signature() {
    tokens.expectOperator("(");
    List<String> parameters = new ArrayList<>();
    List<Expression> defaults = new ArrayList<>();
    while (!tokens.isOperator(")")) {
      if (!parameters.isEmpty()) {
        tokens.expectOperator(",");
      }
      parameters.add(parameter());
      if (tokens.skipOperator("=")) {
        defaults.add(expressions.expression());
      } else if (!defaults.isEmpty()) {
        throw TemplateException.syntax(
            tokens.line(), "a parameter without default behind one with a default");
      }
    }
    tokens.expectOperator(")");
    return new Macros.Signature(parameters, defaults);
  }

  private Statement callBlock() {
    int start = line;
    names.enterMacro();
    Macros.Signature signature = tokens.isOperator("(") ? signature() : Macros.Signature.EMPTY;
    if (!(expressions.expression() instanceof Calls.Call call)) {
      throw TemplateException.syntax(start, "{% call %} needs a call");
    }
    Block body = enclosed(Loops.NONE, "endcall");
    return new Macros.CallBlock(call, signature, names.leaveMacro(), body, start);
  }

  private Statement filterBlock() {
    int start = line;
    boolean soft = names.harden();
    Statement.Filtering filters = filtering(true);
    names.restore(soft);
    return new Statement.FilterBlock(filters, enclosed(captured(), "endfilter"), start);
  }

  private Statement with() {
    int start = line;
    List<Target> targets = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!tokens.is(Token.Type.BLOCK_END)) {
      if (!targets.isEmpty()) {
        tokens.expectOperator(",");
      }
      targets.add(oneTarget(false));
      tokens.expectOperator("=");
      values.add(expressions.expression());
    }
    return new Statement.With(targets, values, enclosed(loops, "endwith"), start);
  }

  private Statement print() {
    int start = line;
    List<Expression> values = new ArrayList<>();
    while (!tokens.is(Token.Type.BLOCK_END)) {
      if (!values.isEmpty()) {
        tokens.expectOperator(",");
      }
      values.add(expressions.expression());
    }
    return new Statement.Print(values, start);
  }

  private Statement generation() {
    return new Macros.Generation(enclosed(Loops.NONE, "endgeneration"));
  }
}

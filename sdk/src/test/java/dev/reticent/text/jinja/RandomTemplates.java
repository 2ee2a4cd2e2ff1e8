package dev.reticent.text.jinja;

import java.util.List;
import java.util.Random;

/** Templates made at random from the language's constructs; most render, some fail as in Python. */
final class RandomTemplates {
  private static final List<String> ATOMS =
      List.of(
          "0",
          "1",
          "2",
          "3",
          "-1",
          "7",
          "1.5",
          "2.0",
          "0.1",
          "1e20",
          "true",
          "false",
          "none",
          "''",
          "'a'",
          "'Hello World'",
          "' pad '",
          "'a,b,,c'",
          "'x\\ny\\n'",
          "'é😀ß'",
          "'\\u3000z\\u00a0'",
          "'it\\'s'",
          "'42'",
          "'3.7'",
          "'ABC'",
          "'a' 'b'",
          "[]",
          "[3, 1, 2]",
          "['b', 'A', 'c']",
          "[1, 'x', none]",
          "[[1, 2], [3]]",
          "(1, 'a')",
          "()",
          "(2,)",
          "{}",
          "{'b': 1, 'a': [2]}",
          "{'items': 1, 'n': 'v'}",
          "{1: 'one', none: 2}",
          "s",
          "n",
          "f",
          "l",
          "d",
          "e",
          "u",
          "m",
          "m[0]",
          "m[0].content",
          "m[-1]",
          "range(4)",
          "range(5, 0, -2)",
          "namespace(a=1, b='x')",
          "dict(k=1)",
          "'%s-%s'",
          "'{}/{}'");
  private static final List<String> FILTERS =
      List.of(
          "abs",
          "batch(2) | list",
          "capitalize",
          "center(9)",
          "count",
          "default('d')",
          "default('d', true)",
          "d(0)",
          "dictsort",
          "dictsort(by='value')",
          "escape",
          "e",
          "first",
          "float",
          "float(1.0)",
          "format(1)",
          "format('a', 2)",
          "indent",
          "indent(2, true)",
          "indent('> ', blank=true)",
          "int",
          "int(9)",
          "int(0, 16)",
          "items | list",
          "join",
          "join(', ')",
          "join('-', attribute='role')",
          "last",
          "length",
          "list",
          "lower",
          "map('upper') | list",
          "map('string') | join('|')",
          "map(attribute='role') | list",
          "map(attribute=0, default='z') | list",
          "map('default', 'q') | list",
          "max",
          "min",
          "max(attribute='role')",
          "reject('none') | list",
          "reject | list",
          "rejectattr('role', 'eq', 'user') | list",
          "replace('a', 'bb')",
          "replace('', '.')",
          "replace('l', 'L', 1)",
          "reverse | list",
          "round",
          "round(1)",
          "round(1, 'floor')",
          "safe",
          "select | list",
          "select('string') | list",
          "select('gt', 1) | list",
          "selectattr('content') | list",
          "selectattr('role', 'equalto', 'user') | list",
          "slice(2) | list",
          "sort",
          "sort(reverse=true)",
          "sort(case_sensitive=true)",
          "sort(attribute='role')",
          "string",
          "sum",
          "sum(start=1)",
          "title",
          "tojson",
          "tojson(indent=2)",
          "tojson(sort_keys=true)",
          "tojson(ensure_ascii=true)",
          "trim",
          "trim('a ')",
          "truncate(5)",
          "truncate(3, true, '', 0)",
          "unique | list",
          "upper",
          "urlencode",
          "wordcount",
          "attr('upper') is defined",
          "reverse",
          "nosuch");
  private static final List<String> METHODS =
      List.of(
          "strip()",
          "lstrip()",
          "rstrip()",
          "strip('a')",
          "rstrip('d\\n')",
          "split()",
          "split(',')",
          "split(' ', 1)",
          "rsplit(',', 1)",
          "rsplit()",
          "splitlines()",
          "splitlines(true)",
          "upper()",
          "lower()",
          "title()",
          "capitalize()",
          "swapcase()",
          "startswith('a')",
          "startswith('a', 1)",
          "endswith(('c', 'd'))",
          "find('l')",
          "find('l', 4)",
          "rfind('l')",
          "find('')",
          "index('a')",
          "count('l')",
          "count(1)",
          "replace('l', 'L')",
          "replace('l', 'L', 1)",
          "join(l)",
          "join(['p', 'q'])",
          "zfill(6)",
          "ljust(7, '.')",
          "rjust(7)",
          "center(8, '*')",
          "isdigit()",
          "isalpha()",
          "isalnum()",
          "isspace()",
          "isupper()",
          "islower()",
          "istitle()",
          "partition(',')",
          "rpartition('l')",
          "removeprefix('He')",
          "removesuffix('ld')",
          "format('x', 1)",
          "expandtabs(4)",
          "items() | list",
          "keys() | list",
          "values() | list",
          "get('a')",
          "get('z', 5)",
          "items",
          "role",
          "content",
          "nosuch",
          "a",
          "n",
          "append",
          "0",
          "index(1)");
  private static final List<String> TESTS =
      List.of(
          "defined",
          "undefined",
          "none",
          "string",
          "number",
          "integer",
          "float",
          "boolean",
          "mapping",
          "sequence",
          "iterable",
          "callable",
          "true",
          "false",
          "odd",
          "even",
          "divisibleby(2)",
          "divisibleby 3",
          "eq 1",
          "equalto('a')",
          "ne none",
          "gt 1",
          "ge(2)",
          "lt 2",
          "le 'b'",
          "in [1, 'a']",
          "in('abc')",
          "lower",
          "upper",
          "sameas(none)",
          "sameas true",
          "escaped",
          "filter",
          "test",
          "nosuch");
  private static final List<String> OPERATORS =
      List.of(
          "+", "-", "*", "/", "//", "%", "~", "==", "!=", "<", ">", "<=", ">=", "in", "not in",
          "and", "or");
  private static final List<String> SPACES =
      List.of("", " ", "\n", "\n  ", "  \n\n  ", "x", " y\n");

  private final Random random;

  RandomTemplates(long seed) {
    random = new Random(seed);
  }

  private String one(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** An expression nested at most so deep. */
  String expression(int depth) {
    if (depth == 0) {
      return one(ATOMS);
    }
    String a = expression(depth - 1);
    String b = expression(random.nextInt(depth));
    return switch (random.nextInt(14)) {
      case 0, 1, 2 -> a + " | " + one(FILTERS);
      case 3, 4 -> "(" + a + ")." + one(METHODS);
      case 5 -> a + " is " + (chance(30) ? "not " : "") + one(TESTS);
      case 6, 7 -> a + " " + one(OPERATORS) + " " + b;
      case 8 -> "not " + a;
      case 9 -> a + " if " + b + (chance(70) ? " else " + expression(0) : "");
      case 10 -> "(" + a + ")[" + subscript() + "]";
      case 11 -> "(" + a + ") " + one(OPERATORS) + " (" + b + ")";
      case 12 -> chance(50) ? "[" + a + ", " + b + "]" : "{'k': " + a + ", 'j': " + b + "}";
      default -> chance(50) ? "-" + a : a + " < " + b + " <= " + expression(0);
    };
  }

  private String subscript() {
    return switch (random.nextInt(6)) {
      case 0 -> one(List.of("0", "-1", "1", "9", "'a'", "'items'", "'role'", "none", "u"));
      case 1 -> "1:";
      case 2 -> ":-1";
      case 3 -> "::-1";
      case 4 -> one(List.of("0", "1", "-2", "")) + ":" + one(List.of("2", "-1", "9", "n - 1"));
      default -> "::2";
    };
  }

  private String tag(String inside) {
    return (chance(25) ? "{%-" : chance(5) ? "{%+" : "{%")
        + " "
        + inside
        + " "
        + (chance(25) ? "-%}" : "%}")
        + one(SPACES);
  }

  private String print() {
    return (chance(15) ? "{{- " : "{{ ")
        + expression(1 + random.nextInt(3))
        + (chance(15) ? " -}}" : " }}");
  }

  /** Some statements, nested at most so deep. */
  String body(int depth) {
    StringBuilder text = new StringBuilder(one(SPACES));
    for (int i = random.nextInt(3); i >= 0; i--) {
      text.append(depth == 0 || chance(40) ? print() : statement(depth)).append(one(SPACES));
    }
    return text.toString();
  }

  private String statement(int depth) {
    String inner = body(depth - 1);
    String value = expression(1 + random.nextInt(2));
    return switch (random.nextInt(13)) {
      case 0 -> tag("if " + value) + inner + tag("endif");
      case 1 ->
          tag("if " + value)
              + inner
              + tag("elif " + expression(1))
              + body(depth - 1)
              + tag("else")
              + body(depth - 1)
              + tag("endif");
      case 2 -> tag("for x in " + value) + "{{ x }}{{ loop.index }}" + inner + tag("endfor");
      case 3 ->
          tag("for x in " + value + " if " + one(List.of("x", "x is string", "x != 1")))
              + "{{ loop.last }}{{ loop.length }}{{ x }};"
              + tag("else")
              + inner
              + tag("endfor");
      case 4 ->
          tag("for k, v in " + one(List.of("d.items()", "d | dictsort", "d | items", value)))
              + "{{ k }}={{ v }}"
              + inner
              + tag("endfor");
      case 5 -> tag("set " + one(List.of("n", "s", "y", "l")) + " = " + value) + inner;
      case 6 -> tag("set y") + inner + tag("endset") + "{{ y }}";
      case 7 ->
          tag("macro f(a, b=" + expression(1) + ")")
              + "{{ a }}{{ b }}"
              + inner
              + tag("endmacro")
              + one(List.of("{{ f(1) }}", "{{ f(n, s) }}", "{{ f(b=1) }}", "{{ f() ~ f(2, 3) }}"));
      case 8 -> tag("with n = " + value + ", y = n") + inner + "{{ y }}" + tag("endwith");
      case 9 ->
          tag("filter " + one(List.of("upper", "trim", "replace('a', 'o')", "indent(3)")))
              + inner
              + tag("endfilter");
      case 10 ->
          tag("set ns = namespace(c=0)")
              + tag("for x in l")
              + tag("set ns.c = ns.c + 1")
              + tag("if loop.index == 2")
              + tag(one(List.of("break", "continue")))
              + tag("endif")
              + inner
              + tag("endfor")
              + "{{ ns.c }}";
      case 11 -> tag("generation") + inner + tag("set n = 5") + tag("endgeneration") + "{{ n }}";
      default ->
          one(
              List.of(
                  "{# c #}\n",
                  "{#- c -#} ",
                  "{% raw %}\n{{ r }}\n{% endraw %}\n",
                  "{%- raw -%} {% q %} {%- endraw -%} ",
                  "{{ loop is defined }}",
                  "{% for x in [[1, [2]], [3]] recursive %}{{ loop.depth }}{% if x is iterable"
                      + " %}({{ loop(x) }}){% else %}{{ x }}{% endif %}{% endfor %}",
                  "{% macro g() %}[{{ caller('c') }}{{ varargs }}{{ kwargs }}]{% endmacro %}"
                      + "{% call(q) g(1, k=2) %}{{ q }}{{ n }}{% endcall %}",
                  "{% for x in 'abc' %}{{ loop.cycle('o', 'e') }}{{ loop.previtem }}{{"
                      + " loop.nextitem }}{{ loop.changed(1) }}{{ loop.revindex0 }}{% endfor %}"));
    };
  }
}

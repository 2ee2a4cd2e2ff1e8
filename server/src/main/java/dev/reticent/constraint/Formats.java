package dev.reticent.constraint;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The formats that are honoured, as patterns that admit only texts which every validator takes. */
final class Formats {
  private static final int MOST_STATES = 10_000;
  private static final String YEAR = "\\d{4}";
  private static final String DATE =
      "(?:"
          + YEAR
          + "-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)"
          + "|02-(?:0[1-9]|1\\d|2[0-8]))"
          + "|(?:\\d{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
  private static final String TIME =
      "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?(?:Z|[+-](?:0\\d|1[0-7]):[0-5]\\d)";

  /** Without two dashes in a row, which only encoded names of other scripts have. */
  private static final String LABEL = "[A-Za-z0-9](?:-?[A-Za-z0-9]){0,31}";

  private static final String HOST = LABEL + "(?:\\." + LABEL + "){0,5}";
  private static final String DOMAINS =
      "com|org|net|edu|gov|info|biz|io|ai|app|dev|eu|us|uk|ca|au|nz|ie|de|at|ch|fr|be|nl|lu|es|pt|it"
          + "|se|no|dk|fi|is|pl|cz|sk|hu|ro|gr|ru|ua|tr|il|in|cn|jp|kr|sg|za|br|mx|ar|cl|co";

  private static final String ATOM = "[A-Za-z0-9](?:[A-Za-z0-9_+-]{0,18}[A-Za-z0-9])?";
  private static final String EMAIL =
      ATOM + "(?:\\." + ATOM + "){0,2}@(?:" + LABEL + "\\.){1,3}(?:" + DOMAINS + ")";
  private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

  /** Characters of a path (RFC 3986), and of its first segment where a colon would end a scheme. */
  private static final String CHARACTER =
      "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f][0-9A-Fa-f])";

  private static final String NO_COLON = "(?:[A-Za-z0-9._~!$&'()*+,;=@-]|%[0-9A-Fa-f][0-9A-Fa-f])";
  private static final String SEGMENTS = "(?:/" + CHARACTER + "*)*";
  private static final String TAIL =
      "(?:\\?(?:" + CHARACTER + "|[/?])*)?(?:#(?:" + CHARACTER + "|[/?])*)?";
  private static final String URI =
      "[A-Za-z][A-Za-z0-9+.-]*:(?://[A-Za-z0-9][A-Za-z0-9.-]*(?::\\d{1,4})?"
          + SEGMENTS
          + "|//(?:/"
          + CHARACTER
          + "+)+|/?"
          + CHARACTER
          + "+"
          + SEGMENTS
          + ")"
          + TAIL;
  private static final String RELATIVE =
      "(?:(?:/" + CHARACTER + "+|" + NO_COLON + "+)" + SEGMENTS + ")?" + TAIL;

  private static final String CLOCK = "(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S)";
  private static final String DAYS = "(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)";
  private static final String POINTER = "(?:/(?:[A-Za-z0-9 _.:@!$&'()*+,;=-]|~[01])*)*";
  private static final String HEX = "[0-9A-Fa-f]{1,4}";

  private static final String VARIABLE = "[A-Za-z0-9_]+(?::[1-9]\\d{0,3}|\\*)?";

  /** RFC 6570: characters of a URI, and lists of variables in braces. */
  private static final String TEMPLATE =
      "(?:"
          + CHARACTER.replace("'", "")
          + "|[/?#]|\\{[+#./;?&]?"
          + VARIABLE
          + "(?:,"
          + VARIABLE
          + ")*\\})*";

  static final Map<String, String> PATTERNS =
      new TreeMap<>(
          Map.ofEntries(
              whole("date", DATE),
              whole("time", TIME),
              whole("date-time", DATE + "T" + TIME),
              whole("duration", "P(?:\\d+W|" + DAYS + "(?:T" + CLOCK + ")?|T" + CLOCK + ")"),
              whole(
                  "uuid",
                  "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"),
              whole("ipv4", "(?:" + BYTE + "\\.){3}" + BYTE),
              whole("ipv6", ipv6()),
              whole("hostname", HOST),
              whole("idn-hostname", HOST.replace("A-Z", "")),
              whole("email", EMAIL),
              whole("idn-email", EMAIL),
              whole("uri", URI),
              whole("iri", URI),
              whole("uri-reference", "(?:" + URI + "|" + RELATIVE + ")"),
              whole("iri-reference", "(?:" + URI + "|" + RELATIVE + ")"),
              whole("uri-template", TEMPLATE),
              whole("regex", regex(2)),
              whole("json-pointer", POINTER),
              whole("relative-json-pointer", "(?:0|[1-9]\\d*)(?:#|" + POINTER + ")")));

  private static final Map<String, Dfa> KNOWN = new ConcurrentHashMap<>(); // by pattern
  private static final Map<StringRule, Dfa> QUOTED = new ConcurrentHashMap<>();

  private Formats() {}

  /** The texts of a known format, worked out once for every schema. */
  static Dfa dfa(String format) {
    return KNOWN.computeIfAbsent(PATTERNS.getOrDefault(format, ""), Formats::compiled);
  }

  private static Dfa compiled(String pattern) {
    Dfa texts =
        Pattern.parse(pattern, CodePoints.ASCII)
            .dfa(MOST_STATES, WorkLimit.unlimited())
            .orElseThrow();
    StringRule rule = StringRule.NAMES.and(texts);
    QUOTED.put(rule, rule.dfa(WorkLimit.unlimited()).orElseThrow());
    return texts;
  }

  /** {@link StringRule#dfa} of a rule that asks for a format and nothing else. */
  static Optional<Dfa> quoted(StringRule rule) {
    return Optional.ofNullable(QUOTED.get(rule));
  }

  private static Map.Entry<String, String> whole(String name, String pattern) {
    return Map.entry(name, "^" + pattern + "$");
  }

  /** Regular expressions that mean something everywhere, with groups so deep in one another. */
  private static String regex(int groups) {
    String escape = "\\\\[dDwWsSnrt.*+?^$|()\\[\\]{}\\\\/-]";
    String set = "\\[\\^?(?:0-9|a-z|A-Z|[A-Za-z0-9 _.,:;!?*+=/@#%$()|']|" + escape + ")+\\]";
    String atom = "(?:[A-Za-z0-9 _,:;!=@#%&'\"<>~`/.-]|" + escape + "|" + set;
    atom += groups > 0 ? "|\\((?:\\?:)?" + regex(groups - 1) + "\\))" : ")";
    String many = "(?:[?*+]|\\{[1-9],?\\})?";
    return "(?:\\^|\\$|\\||" + atom + many + ")*";
  }

  /** Eight groups, or fewer around one pair of colons. */
  private static String ipv6() {
    StringBuilder all =
        new StringBuilder("(?:(?:" + HEX + ":){7}" + HEX + "|(?:" + HEX + ":){1,7}:");
    for (int before = 1; before <= 6; before++) {
      all.append("|(?:" + HEX + ":){" + before + "}(?::" + HEX + "){1," + (7 - before) + "}");
    }
    return all + "|:(?:(?::" + HEX + "){1,7}|:))";
  }
}

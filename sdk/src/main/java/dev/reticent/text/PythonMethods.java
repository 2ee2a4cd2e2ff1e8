package dev.reticent.text;

import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELContext;

/** Lets templates call the methods that a string has in Python; all else stays as in Jinjava. */
final class PythonMethods extends CompositeELResolver {
  private static final Map<String, BiFunction<String, List<?>, Object>> METHODS =
      Map.ofEntries(
          Map.entry("strip", (text, args) -> strip(text, args, true, true)),
          Map.entry("lstrip", (text, args) -> strip(text, args, true, false)),
          Map.entry("rstrip", (text, args) -> strip(text, args, false, true)),
          Map.entry("split", PythonMethods::split),
          Map.entry("startswith", (text, args) -> any(text, args, String::startsWith)),
          Map.entry("endswith", (text, args) -> any(text, args, String::endsWith)),
          Map.entry("lower", (text, args) -> text.toLowerCase(Locale.ROOT)),
          Map.entry("upper", (text, args) -> text.toUpperCase(Locale.ROOT)),
          Map.entry("capitalize", (text, args) -> capitalize(text)),
          Map.entry("title", (text, args) -> title(text)),
          Map.entry("replace", (text, args) -> text.replace(arg(args, 0), arg(args, 1))),
          Map.entry("find", (text, args) -> (long) text.indexOf(arg(args, 0))),
          Map.entry("join", (text, args) -> join(text, args)));

  PythonMethods() {
    add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
  }

  @Override
  public Object invoke(
      ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
    BiFunction<String, List<?>, Object> known = METHODS.get(String.valueOf(method));
    if (base instanceof CharSequence && known != null) {
      context.setPropertyResolved(true);
      return known.apply(base.toString(), arguments == null ? List.of() : Arrays.asList(arguments));
    }
    return super.invoke(context, base, method, types, arguments);
  }

  private static String arg(List<?> args, int index) {
    if (index >= args.size() || args.get(index) == null) {
      throw new IllegalArgumentException("a string method lacks argument " + (index + 1));
    }
    return String.valueOf(args.get(index));
  }

  private static String strip(String text, List<?> args, boolean left, boolean right) {
    String set = args.isEmpty() || args.get(0) == null ? "" : arg(args, 0);
    int start = 0;
    int end = text.length();
    while (left && start < end && stripped(text.charAt(start), set)) {
      start++;
    }
    while (right && end > start && stripped(text.charAt(end - 1), set)) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean stripped(char c, String set) {
    return set.isEmpty()
        ? Character.isWhitespace(c) || Character.isSpaceChar(c)
        : set.indexOf(c) >= 0;
  }

  private static List<String> split(String text, List<?> args) {
    if (args.isEmpty() || args.get(0) == null) {
      String trimmed = text.strip();
      return trimmed.isEmpty() ? List.of() : Arrays.asList(trimmed.split("\\s+"));
    }
    int limit = args.size() > 1 ? ((Number) args.get(1)).intValue() + 1 : -1;
    return new ArrayList<>(
        Arrays.asList(text.split(Pattern.quote(arg(args, 0)), limit <= 0 ? -1 : limit)));
  }

  private static boolean any(String text, List<?> args, BiPredicate<String, String> test) {
    return args.get(0) instanceof Collection
        ? ((Collection<?>) args.get(0)).stream().anyMatch(a -> test.test(text, String.valueOf(a)))
        : test.test(text, arg(args, 0));
  }

  private static String capitalize(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT)
            + text.substring(1).toLowerCase(Locale.ROOT);
  }

  private static String title(String text) {
    StringBuilder result = new StringBuilder();
    boolean inWord = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      result.append(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
      inWord = Character.isLetter(c);
    }
    return result.toString();
  }

  private static String join(String separator, List<?> args) {
    return ((Collection<?>) args.get(0))
        .stream().map(String::valueOf).collect(Collectors.joining(separator));
  }
}

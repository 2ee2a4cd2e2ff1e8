package dev.reticent.config;

import dev.reticent.config.YamlNode.Scalar;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a scalar means where a number, a truth value or a text is expected; empty when it does not.
 */
final class ScalarTypes {
  private static final Pattern WHOLE = Pattern.compile("[-+]?(0|[1-9]\\d*)");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?((0|[1-9]\\d*)(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d+)?");

  private ScalarTypes() {}

  static Optional<Long> whole(YamlNode node) {
    if (node instanceof Scalar scalar && scalar.plain() && WHOLE.matcher(scalar.text()).matches()) {
      try {
        return Optional.of(Long.parseLong(scalar.text()));
      } catch (NumberFormatException tooLarge) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  static Optional<Integer> integer(YamlNode node) {
    return whole(node).filter(n -> n.intValue() == n).map(Long::intValue);
  }

  static Optional<Double> number(YamlNode node) {
    return node instanceof Scalar scalar
            && scalar.plain()
            && NUMBER.matcher(scalar.text()).matches()
        ? Optional.of(Double.parseDouble(scalar.text())).filter(Double::isFinite)
        : Optional.empty();
  }

  /** true and false, also with Python's capital; the yes, no, on and off of old YAML are not. */
  static Optional<Boolean> truth(YamlNode node) {
    return node instanceof Scalar scalar
            && scalar.plain()
            && scalar.text().matches("[Tt]rue|TRUE|[Ff]alse|FALSE")
        ? Optional.of(scalar.text().toLowerCase(Locale.ROOT).equals("true"))
        : Optional.empty();
  }

  /** Every scalar but null is a text, as it was written. */
  static Optional<String> text(YamlNode node) {
    return node instanceof Scalar scalar && !scalar.isNull()
        ? Optional.of(scalar.text())
        : Optional.empty();
  }

  static boolean isNumberOrBoolean(String text) {
    Scalar scalar = new Scalar(new Place("", 1, 1), text, true);
    return number(scalar).isPresent() || truth(scalar).isPresent();
  }
}

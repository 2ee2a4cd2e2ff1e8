package dev.reticent.config;

import dev.reticent.config.YamlNode.Entry;
import dev.reticent.config.YamlNode.Mapping;
import dev.reticent.config.YamlNode.Scalar;
import dev.reticent.config.YamlNode.Sequence;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Nodes to YAML that every reader understands alike: a text that could be read otherwise is quoted.
 */
final class YamlWriter {
  private YamlWriter() {}

  static String write(Mapping root) {
    StringBuilder out = new StringBuilder();
    block(root, "", out);
    return out.toString();
  }

  private static void block(Mapping mapping, String indent, StringBuilder out) {
    for (Map.Entry<String, Entry> entry : mapping.entries().entrySet()) {
      YamlNode value = entry.getValue().value();
      out.append(indent).append(quoted(entry.getKey())).append(':');
      if (value instanceof Mapping inner && !inner.entries().isEmpty()) {
        out.append('\n');
        block(inner, indent + "  ", out);
      } else {
        out.append(' ').append(inline(value)).append('\n');
      }
    }
  }

  /** A value on one line. */
  static String inline(YamlNode node) {
    if (node instanceof Scalar scalar) {
      return scalar.isNull() ? "null" : scalar.plain() ? plain(scalar) : quoted(scalar.text());
    }
    if (node instanceof Sequence sequence) {
      return sequence.items().stream()
          .map(YamlWriter::inline)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    return ((Mapping) node)
        .entries().entrySet().stream()
            .map(e -> quoted(e.getKey()) + ": " + inline(e.getValue().value()))
            .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String plain(Scalar scalar) {
    return ScalarTypes.isNumberOrBoolean(scalar.text()) ? scalar.text() : quoted(scalar.text());
  }

  private static String quoted(String text) {
    if (YamlParser.isWord(text)) {
      return text;
    }
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        default -> out.append(c < ' ' ? String.format("\\x%02x", (int) c) : String.valueOf(c));
      }
    }
    return out.append('"').toString();
  }
}

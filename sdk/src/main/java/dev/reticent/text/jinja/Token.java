package dev.reticent.text.jinja;

/**
 * A part of a template.
 *
 * @param text for {@link Type#DATA} and {@link Type#STRING} what they stand for, else as written
 */
record Token(Type type, String text, int line) {
  enum Type {
    DATA,
    VARIABLE_BEGIN,
    VARIABLE_END,
    BLOCK_BEGIN,
    BLOCK_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean isName(String name) {
    return type == Type.NAME && text.equals(name);
  }

  boolean isOperator(String operator) {
    return type == Type.OPERATOR && text.equals(operator);
  }

  String described() {
    return switch (type) {
      case DATA -> "text";
      case END -> "the end of the template";
      case STRING -> "a string";
      default -> "'" + text + "'";
    };
  }
}

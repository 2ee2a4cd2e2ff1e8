package dev.reticent.text.jinja;

/** A template that cannot be read or rendered: what, why and in which line. */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whose fault it is. */
  public enum Kind {
    /** The text is no template: Python's jinja2 refuses it too. */
    SYNTAX,
    /** An operation failed on its values, as it does in Python. */
    FAILED,
    /** The template itself called {@code raise_exception}; the message is its own. */
    RAISED,
    /** Python would render this; the interpreter does not know the construct. */
    UNSUPPORTED,
    /** The template asks for more work, text or depth than any chat template needs. */
    LIMIT
  }

  private final Kind kind;
  private final int line;

  private TemplateException(Kind kind, int line, String message) {
    super(message);
    this.kind = kind;
    this.line = line;
  }

  static TemplateException syntax(int line, String message) {
    return new TemplateException(Kind.SYNTAX, line, message);
  }

  static TemplateException failed(String message) {
    return new TemplateException(Kind.FAILED, 0, message);
  }

  static TemplateException raised(String message) {
    return new TemplateException(Kind.RAISED, 0, message);
  }

  static TemplateException unsupported(String construct) {
    return new TemplateException(Kind.UNSUPPORTED, 0, construct + " is not supported");
  }

  static TemplateException limit(String message) {
    return new TemplateException(Kind.LIMIT, 0, message);
  }

  /** This exception with a line, unless it has one already. */
  TemplateException at(int place) {
    return line > 0 ? this : new TemplateException(kind, place, message());
  }

  public Kind kind() {
    return kind;
  }

  /** The line of the template, from 1; 0 where none is known. */
  public int line() {
    return line;
  }

  public String message() {
    return String.valueOf(getMessage());
  }
}

package dev.reticent.text.jinja;

/** The one value that a template can change: {@code {% set ns.name = value %}}. */
record Namespace(Dict attributes) {
  Namespace {
    attributes.keys().forEach(Namespace::check);
  }

  void set(String name, Object value) {
    check(name);
    attributes.put(name, value);
  }

  private static void check(Object name) {
    if (name instanceof String text && text.startsWith("_")) {
      throw TemplateException.failed(
          "a namespace cannot store names that begin with an underscore: " + text);
    }
  }
}

package dev.reticent.text.jinja;

/**
 * What a name, an attribute or an index that does not exist stands for: empty when printed or
 * looped over, false in conditions, an error in everything else.
 *
 * @param reason what was looked for, as the error says it
 */
record Undefined(String reason) {
  static Undefined name(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  static Undefined member(Object owner, Object key) {
    return new Undefined(
        "'" + PythonType.name(owner) + "' has no attribute or item " + PythonText.repr(key));
  }

  TemplateException failure() {
    return TemplateException.failed(reason);
  }
}

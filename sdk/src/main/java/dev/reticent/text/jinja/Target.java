package dev.reticent.text.jinja;

import java.util.List;

/** What a value is assigned to. */
sealed interface Target {
  void assign(Scope scope, Object value);

  record ToName(String name) implements Target {
    @Override
    public void assign(Scope scope, Object value) {
      scope.set(name, value);
    }
  }

  /** {@code a, b}: as many names as the value has elements. */
  record ToEach(List<Target> targets) implements Target {
    @Override
    public void assign(Scope scope, Object value) {
      List<Object> items = Sequences.list(value);
      if (items.size() != targets.size()) {
        throw TemplateException.failed(
            "a value of " + items.size() + " elements for " + targets.size() + " names");
      }
      for (int i = 0; i < items.size(); i++) {
        targets.get(i).assign(scope, items.get(i));
      }
    }
  }

  /** {@code namespace.attribute}. */
  record ToAttribute(String namespace, String attribute) implements Target {
    @Override
    public void assign(Scope scope, Object value) {
      if (!(scope.get(namespace) instanceof Namespace owner)) {
        throw TemplateException.failed("cannot assign an attribute of what is no namespace");
      }
      owner.set(attribute, value);
    }
  }
}

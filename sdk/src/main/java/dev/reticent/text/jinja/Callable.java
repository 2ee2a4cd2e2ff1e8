package dev.reticent.text.jinja;

/** What a template can call: a function, a method of a value, a macro. */
interface Callable {
  Object call(Execution run, Arguments arguments);
}

package dev.reticent.text.jinja;

import java.util.Iterator;

/** Python's generator: gives each element once, made when asked for. */
record Lazy(Iterator<Object> elements) {}

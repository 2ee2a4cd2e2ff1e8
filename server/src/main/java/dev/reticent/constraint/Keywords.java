package dev.reticent.constraint;

import java.util.Set;

/** The keywords of JSON Schema (draft 2020-12) that are understood; any other is refused. */
final class Keywords {
  static final Set<String> HONOURED =
      Set.of(
          "$ref",
          "additionalProperties",
          "allOf",
          "anyOf",
          "const",
          "enum",
          "exclusiveMaximum",
          "exclusiveMinimum",
          "format",
          "items",
          "maxItems",
          "maxLength",
          "maximum",
          "minItems",
          "minLength",
          "minimum",
          "oneOf",
          "pattern",
          "prefixItems",
          "properties",
          "required",
          "type");

  /** They say nothing about which values are valid. */
  static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "$comment",
          "$defs",
          "$schema",
          "default",
          "definitions",
          "deprecated",
          "description",
          "examples",
          "readOnly",
          "title",
          "writeOnly");

  private Keywords() {}
}

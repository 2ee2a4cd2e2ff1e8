package dev.reticent.constraint;

import java.util.Set;

/** The keywords of JSON Schema: draft 2020-12, and what older drafts call the same. */
final class Keywords {
  /** Keywords that are honoured exactly, or refused where a value of theirs cannot be. */
  static final Set<String> HONOURED =
      Set.of(
          "$anchor",
          "$dynamicAnchor",
          "$dynamicRef",
          "$id",
          "$ref",
          "additionalItems",
          "additionalProperties",
          "allOf",
          "anyOf",
          "const",
          "dependencies",
          "dependentRequired",
          "dependentSchemas",
          "else",
          "enum",
          "exclusiveMaximum",
          "exclusiveMinimum",
          "format",
          "if",
          "items",
          "maxItems",
          "maxLength",
          "maxProperties",
          "maximum",
          "minItems",
          "minLength",
          "minProperties",
          "minimum",
          "multipleOf",
          "not",
          "oneOf",
          "pattern",
          "patternProperties",
          "prefixItems",
          "properties",
          "propertyNames",
          "required",
          "then",
          "type",
          "unevaluatedItems",
          "unevaluatedProperties",
          "uniqueItems");

  /** Keywords that restrict which values are valid in ways that are not honoured. */
  static final Set<String> REFUSED =
      Set.of("$recursiveRef", "contains", "maxContains", "minContains");

  /** Keywords that say nothing about which values are valid, as do names that no draft has. */
  static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "$comment",
          "$defs",
          "$schema",
          "$vocabulary",
          "contentEncoding",
          "contentMediaType",
          "contentSchema",
          "default",
          "definitions",
          "deprecated",
          "description",
          "examples",
          "readOnly",
          "title",
          "writeOnly");

  /** What keywords of our own begin with, which a rewritten schema has. */
  static final char OWN = '\u0001';

  /** A place that must hold too. */
  static final String AT = "\u0001at";

  /** The place, under a schema, of its opposite. */
  static final String NEGATED = "\u0001negated";

  /** The place, under a schema, of what its dependencies say in other keywords. */
  static final String DEPENDENT = "\u0001dependent";

  /** Patterns that a string must not have. */
  static final String NOT_PATTERNS = "\u0001notPatterns";

  /** Strings that a string must not be. */
  static final String NOT_STRINGS = "\u0001notStrings";

  private Keywords() {}
}

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

  /** What keywords of our own begin with, which a rewritten schema has and none that is given. */
  static final char OWN = '\u0001';

  /** A place that must hold too. */
  static final String AT = "\u0001at";

  /** The place, under a schema, of its opposite. */
  static final String NEGATED = "\u0001negated";

  /** Patterns that a string must not have, by the places where they are given. */
  static final String NOT_PATTERNS = "\u0001notPatterns";

  /** Lists of strings that a string must not be, by the places where they are given. */
  static final String NOT_STRINGS = "\u0001notStrings";

  private Keywords() {}

  /** The place, under a schema, of what a keyword says in others. */
  static String rewritten(String keyword) {
    return OWN + keyword;
  }

  /** The place in the schema as it was given from which a rewritten one comes. */
  static String given(String pointer) {
    int own = pointer.indexOf("/" + OWN);
    if (own < 0) {
      return pointer;
    }
    String keyword = pointer.substring(own + 1).split("/", 2)[0];
    String above = pointer.substring(0, own);
    return keyword.equals(NEGATED) ? above : above + "/" + keyword.substring(1);
  }
}

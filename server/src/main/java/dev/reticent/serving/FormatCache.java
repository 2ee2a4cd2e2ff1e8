package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.UserInputException;
import dev.reticent.constraint.JsonFormat;
import dev.reticent.constraint.JsonVocabulary;
import dev.reticent.constraint.SchemaRules;
import dev.reticent.text.Tokenizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The forms that requests ask for, prepared; the latest are kept, since answers of one form share
 * what was worked out for earlier ones. Thread-safe.
 */
final class FormatCache {
  private static final int MOST_KEPT = 16;

  private final Tokenizer tokenizer;
  private final SchemaRules rules;
  private volatile Optional<JsonVocabulary> vocabulary = Optional.empty();
  private final Map<AnswerFormat, JsonFormat> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AnswerFormat, JsonFormat> eldest) {
          return size() > MOST_KEPT;
        }
      };

  FormatCache(Tokenizer tokenizer, SchemaRules rules) {
    this.tokenizer = tokenizer;
    this.rules = rules;
  }

  /** A form that was prepared lately. */
  Optional<JsonFormat> known(AnswerFormat form) {
    synchronized (kept) {
      return Optional.ofNullable(kept.get(form));
    }
  }

  /**
   * A form other than free; nothing else waits while it is prepared. One thread prepares all, so
   * none is prepared twice.
   *
   * @param field where it was asked for
   * @throws ApiException if the schema or the tokenizer does not allow it
   */
  JsonFormat of(AnswerFormat form, String field) {
    Optional<JsonFormat> known = known(form);
    if (known.isPresent()) {
      return known.get();
    }
    try {
      JsonFormat made = made(form, field);
      synchronized (kept) {
        kept.put(form, made);
      }
      return made;
    } catch (UserInputException e) {
      throw refused(field, told(form, field, String.valueOf(e.getMessage())));
    }
  }

  private static String told(AnswerFormat form, String field, String message) {
    boolean tools = field.equals("tools");
    if (tools && form instanceof AnswerFormat.Schema forced) {
      return ToolSyntax.told(forced.schema(), message);
    }
    return tools && form instanceof AnswerFormat.Calls calls
        ? ToolSyntax.told(calls.schema(), message)
        : message;
  }

  private JsonFormat made(AnswerFormat form, String field) {
    if (form instanceof AnswerFormat.Schema schema) {
      return JsonFormat.schema(
          schema.schema(), vocabulary(field), rules.withStrict(schema.strict()));
    }
    return form instanceof AnswerFormat.Calls calls
        ? JsonFormat.schema(calls.schema(), vocabulary(field), rules)
        : JsonFormat.object(vocabulary(field));
  }

  private JsonVocabulary vocabulary(String field) {
    if (vocabulary.isEmpty()) {
      try {
        vocabulary = Optional.of(JsonVocabulary.of(tokenizer));
      } catch (UserInputException e) {
        // The message names files of the server.
        throw new ApiException(
            ApiError.unsupported(
                field, "This model's tokenizer does not allow JSON to be enforced."));
      }
    }
    return vocabulary.get();
  }

  static ApiException refused(String field, String message) {
    return new ApiException(ApiError.invalid(field, message));
  }

  /** Reads {@code response_format}. */
  static AnswerFormat read(RequestFields fields) {
    Optional<RequestFields> format = fields.object("response_format");
    return read(fields, format, format.flatMap(f -> f.object("json_schema")), "json_schema.schema");
  }

  /** Reads {@code format} in {@code text}, as responses have it. */
  static AnswerFormat readText(RequestFields fields, Optional<RequestFields> text) {
    Optional<RequestFields> format = text.flatMap(t -> t.object("format"));
    return read(fields, format, format, "schema");
  }

  /**
   * @param named what holds the schema
   * @param place where the schema is within the format
   */
  private static AnswerFormat read(
      RequestFields fields,
      Optional<RequestFields> given,
      Optional<RequestFields> named,
      String place) {
    if (given.isEmpty()) {
      return new AnswerFormat.Free();
    }
    RequestFields format = given.get();
    return switch (format.text("type", "")) {
      case "text" -> new AnswerFormat.Free();
      case "json_object" -> {
        refuseWhatCuts(fields);
        yield new AnswerFormat.AnyObject();
      }
      case "json_schema" -> {
        refuseWhatCuts(fields);
        Optional<JsonNode> schema = named.flatMap(n -> n.given("schema"));
        if (schema.isEmpty()) {
          format.wrong(place, "missing; give a JSON Schema.");
        }
        boolean strict = named.map(n -> n.flag("strict", false)).orElse(false);
        yield schema
            .<AnswerFormat>map(one -> new AnswerFormat.Schema(one, strict))
            .orElseGet(AnswerFormat.Free::new);
      }
      default -> {
        format.unsupported("type", "is none of text, json_object and json_schema.");
        yield new AnswerFormat.Free();
      }
    };
  }

  /** The text is to be whole JSON whatever comes, so nothing else may end it. */
  static void refuseWhatCuts(RequestFields fields) {
    for (String name : new String[] {"stop", "stop_token_ids", "ignore_eos", "logit_bias"}) {
      boolean asks =
          fields
              .given(name)
              .filter(v -> v.isBoolean() ? v.booleanValue() : v.isValueNode() || !v.isEmpty())
              .isPresent();
      if (asks) {
        fields.unsupported(
            name, "is not supported together with JSON that is enforced, which it could break.");
      }
    }
  }
}

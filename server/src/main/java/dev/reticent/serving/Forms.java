package dev.reticent.serving;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reticent.config.UserInputException;
import dev.reticent.constraint.JsonFormat;
import dev.reticent.constraint.JsonVocabulary;
import dev.reticent.text.Tokenizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The forms that requests ask for, prepared; the latest are kept, since answers of one form share
 * what was worked out for earlier ones. Thread-safe.
 */
final class Forms {
  private static final int MOST_KEPT = 16;

  private final Tokenizer tokenizer;
  private volatile Optional<JsonVocabulary> vocabulary = Optional.empty();
  private final Map<Form, JsonFormat> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Form, JsonFormat> eldest) {
          return size() > MOST_KEPT;
        }
      };

  Forms(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** A form that was prepared lately. */
  Optional<JsonFormat> known(Form form) {
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
  JsonFormat of(Form form, String field) {
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
      throw refused(field, String.valueOf(e.getMessage()));
    }
  }

  private JsonFormat made(Form form, String field) {
    if (form instanceof Form.Schema schema) {
      return JsonFormat.schema(schema.schema(), vocabulary(field));
    }
    return form instanceof Form.Calls calls
        ? JsonFormat.schema(calls.schema(), vocabulary(field))
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
  static Form read(Fields fields) {
    Optional<Fields> format = fields.object("response_format");
    return read(fields, format, format.flatMap(f -> f.object("json_schema")), "json_schema.schema");
  }

  /** Reads {@code format} in {@code text}, as responses have it. */
  static Form readText(Fields fields, Optional<Fields> text) {
    Optional<Fields> format = text.flatMap(t -> t.object("format"));
    return read(fields, format, format, "schema");
  }

  /**
   * @param named what holds the schema
   * @param place where the schema is within the format
   */
  private static Form read(
      Fields fields, Optional<Fields> given, Optional<Fields> named, String place) {
    if (given.isEmpty()) {
      return new Form.Free();
    }
    Fields format = given.get();
    return switch (format.text("type", "")) {
      case "text" -> new Form.Free();
      case "json_object" -> {
        refuseWhatCuts(fields);
        yield new Form.AnyObject();
      }
      case "json_schema" -> {
        refuseWhatCuts(fields);
        Optional<JsonNode> schema = named.flatMap(n -> n.given("schema"));
        if (schema.isEmpty()) {
          format.wrong(place, "missing; give a JSON Schema.");
        }
        yield schema.<Form>map(Form.Schema::new).orElseGet(Form.Free::new);
      }
      default -> {
        format.unsupported("type", "is none of text, json_object and json_schema.");
        yield new Form.Free();
      }
    };
  }

  /** The text is to be whole JSON whatever comes, so nothing else may end it. */
  static void refuseWhatCuts(Fields fields) {
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

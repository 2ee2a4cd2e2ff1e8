package dev.reticent.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NumericNode;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the body of a request as JSON, or says what is wrong without quoting it. */
final class JsonBody {
  private static final int DEEPEST = 64;

  /** Duplicate keys and trailing text are errors: two readers could understand them differently. */
  private static final ObjectMapper JSON =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .nodeFactory(new FiniteNumbers())
          .build();

  /** What no double holds would be read as infinite, which is no value of JSON. */
  private static final class FiniteNumbers extends JsonNodeFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public NumericNode numberNode(double value) {
      if (!Double.isFinite(value)) {
        throw new ApiException(
            ApiError.malformed("The body has a number that is larger than a double can be."));
      }
      return super.numberNode(value);
    }
  }

  private JsonBody() {}

  /**
   * @throws ApiException if there is no body, or it is no JSON in UTF-8
   */
  static JsonNode of(@Nullable Buffer body) {
    if (body == null || body.length() == 0) {
      throw new ApiException(ApiError.malformed("The request has no body: send a JSON object."));
    }
    try {
      return JSON.readTree(utf8(body.getBytes()));
    } catch (JsonProcessingException e) {
      // The parser's own message may quote the body.
      String place =
          e.getLocation() == null
              ? ""
              : " at line %d, column %d"
                  .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
      throw new ApiException(
          ApiError.malformed(
              "The body is not the JSON expected"
                  + place
                  + ": check its syntax; keys may not repeat, nor nest deeper than "
                  + DEEPEST
                  + "."));
    } catch (CharacterCodingException e) {
      throw new ApiException(ApiError.malformed("The body is not JSON in UTF-8."));
    }
  }

  /** The parser would let pass bytes that are no UTF-8, such as spellings that are too long. */
  private static String utf8(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}

package dev.reticent.columnar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/** Parquet's values as JSON: lists as arrays, times as texts of ISO 8601, bytes as base 64. */
record ParquetValues(Path file) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  ObjectNode object(Group group) {
    ObjectNode object = JSON.objectNode();
    for (Type field : group.getType().getFields()) {
      object.set(field.getName(), field(group, field));
    }
    return object;
  }

  private JsonNode field(Group group, Type field) {
    String name = field.getName();
    int count = group.getFieldRepetitionCount(name);
    if (field.isRepetition(Type.Repetition.REPEATED)) {
      ArrayNode list = JSON.arrayNode();
      for (int i = 0; i < count; i++) {
        list.add(value(group, field, i));
      }
      return list;
    }
    return count == 0 ? JSON.nullNode() : value(group, field, 0);
  }

  private JsonNode value(Group group, Type field, int index) {
    if (field.isPrimitive()) {
      return primitive(group, field.asPrimitiveType(), index);
    }
    Group inner = group.getGroup(field.getName(), index);
    if (field.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation) {
      return list(inner);
    }
    if (field.getLogicalTypeAnnotation() instanceof MapLogicalTypeAnnotation) {
      return map(inner);
    }
    return object(inner);
  }

  /**
   * Parquet's three levels of a list, list.element; older writers leave the middle one out.
   *
   * @see <a href="https://github.com/apache/parquet-format/blob/master/LogicalTypes.md">Lists</a>
   */
  private JsonNode list(Group outer) {
    Type repeated = outer.getType().getType(0);
    ArrayNode list = JSON.arrayNode();
    for (int i = 0; i < outer.getFieldRepetitionCount(0); i++) {
      boolean wrapped =
          !repeated.isPrimitive()
              && repeated.asGroupType().getFieldCount() == 1
              && !repeated.getName().equals("array")
              && !repeated.getName().endsWith("_tuple");
      list.add(
          wrapped
              ? field(outer.getGroup(0, i), repeated.asGroupType().getType(0))
              : value(outer, repeated, i));
    }
    return list;
  }

  private JsonNode map(Group outer) {
    GroupType entry = outer.getType().getType(0).asGroupType();
    ObjectNode map = JSON.objectNode();
    for (int i = 0; i < outer.getFieldRepetitionCount(0); i++) {
      Group pair = outer.getGroup(0, i);
      map.set(field(pair, entry.getType(0)).asText(), field(pair, entry.getType(1)));
    }
    return map;
  }

  private JsonNode primitive(Group group, PrimitiveType type, int index) {
    String name = type.getName();
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> JSON.booleanNode(group.getBoolean(name, index));
      case FLOAT -> JSON.numberNode(group.getFloat(name, index));
      case DOUBLE -> JSON.numberNode(group.getDouble(name, index));
      case INT32 -> whole(group.getInteger(name, index), meaning);
      case INT64 -> whole(group.getLong(name, index), meaning);
      case BINARY, FIXED_LEN_BYTE_ARRAY -> bytes(group.getBinary(name, index), meaning);
      default -> throw unusable(type);
    };
  }

  private static JsonNode whole(long value, LogicalTypeAnnotation meaning) {
    if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
      return JSON.numberNode(BigDecimal.valueOf(value, decimal.getScale()));
    }
    if (meaning instanceof DateLogicalTypeAnnotation) {
      return JSON.textNode(LocalDate.ofEpochDay(value).toString());
    }
    if (meaning instanceof TimestampLogicalTypeAnnotation time) {
      return JSON.textNode(Times.timestamp(value, time.getUnit().name(), time.isAdjustedToUTC()));
    }
    if (meaning instanceof IntLogicalTypeAnnotation whole && !whole.isSigned() && value < 0) {
      return whole.getBitWidth() < Long.SIZE
          ? JSON.numberNode(value & 0xFFFFFFFFL)
          : JSON.numberNode(new BigInteger(Long.toUnsignedString(value)));
    }
    return JSON.numberNode(value);
  }

  private static JsonNode bytes(Binary value, LogicalTypeAnnotation meaning) {
    if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
      return JSON.numberNode(new BigDecimal(new BigInteger(value.getBytes()), decimal.getScale()));
    }
    boolean text = meaning != null && !(meaning instanceof UUIDLogicalTypeAnnotation);
    return JSON.textNode(
        text ? value.toStringUsingUTF8() : Base64.getEncoder().encodeToString(value.getBytes()));
  }

  private UserInputException unusable(PrimitiveType type) {
    return new UserInputException(
        "%s: the column %s is of Parquet's type %s, which is not read: leave it out."
            .formatted(file, List.of(type.getName()), type.getPrimitiveTypeName()));
  }
}

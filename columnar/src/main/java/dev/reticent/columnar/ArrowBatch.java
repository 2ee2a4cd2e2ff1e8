package dev.reticent.columnar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.apache.arrow.flatbuf.Date;
import org.apache.arrow.flatbuf.DateUnit;
import org.apache.arrow.flatbuf.Decimal;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FixedSizeBinary;
import org.apache.arrow.flatbuf.FixedSizeList;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;

/**
 * The columns of a batch of rows, taken one after the other: a field owns one node (its length and
 * number of nulls) and a fixed number of buffers, and its children's follow.
 *
 * @see <a href="https://arrow.apache.org/docs/format/Columnar.html">Arrow Columnar Format</a>,
 *     "Buffer Listing for Each Layout"
 */
final class ArrowBatch {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int VIEW = 16;
  private static final int INLINE = 12;

  private final Path file;
  private final RecordBatch batch;
  private final ByteBuffer body;
  private final Map<Long, ArrowColumn> dictionaries;
  private int nextBuffer;
  private int nextViews;

  ArrowBatch(Path file, RecordBatch batch, ByteBuffer body, Map<Long, ArrowColumn> dictionaries) {
    this.file = file;
    this.batch = batch;
    this.body = body;
    this.dictionaries = dictionaries;
    if (batch.compression() != null) {
      throw new UserInputException(
          file + " holds packed columns: write it without compression, or as Parquet.");
    }
  }

  /** The next column. */
  ArrowColumn column(Field field) {
    if (field.dictionary() == null) {
      return plain(field);
    }
    ArrowColumn values = dictionaries.get(field.dictionary().id());
    if (values == null) {
      throw unusable(field, "a dictionary inside of a column");
    }
    Int index = field.dictionary().indexType();
    ArrowColumn places = orNull(buffer(), integers(index == null ? 32 : index.bitWidth(), true));
    return row -> {
      JsonNode place = places.value(row);
      return place.isNull() ? place : values.value(place.intValue());
    };
  }

  /** The next column, of the field's own type. */
  ArrowColumn plain(Field field) {
    return switch (field.typeType()) {
      case Type.Null -> row -> JSON.nullNode();
      case Type.Bool -> {
        ByteBuffer valid = buffer();
        ByteBuffer bits = buffer();
        yield orNull(valid, row -> JSON.booleanNode(bit(bits, row)));
      }
      case Type.Int -> {
        Int type = (Int) field.type(new Int());
        yield orNull(buffer(), integers(type.bitWidth(), type.isSigned()));
      }
      case Type.FloatingPoint -> floats(field);
      case Type.Decimal -> decimals(field);
      case Type.Date -> dates(field);
      case Type.Timestamp -> timestamps(field);
      case Type.Utf8, Type.Binary, Type.LargeUtf8, Type.LargeBinary -> texts(field.typeType());
      case Type.Utf8View, Type.BinaryView -> views(field.typeType() == Type.Utf8View);
      case Type.FixedSizeBinary -> fixedBytes(field);
      case Type.List, Type.LargeList -> list(field);
      case Type.FixedSizeList -> fixedList(field);
      case Type.Map -> map(field);
      case Type.Struct_ -> struct(field);
      default -> throw unusable(field, "the type " + Type.name(field.typeType()));
    };
  }

  private ArrowColumn integers(int bits, boolean signed) {
    ByteBuffer values = buffer();
    return switch (bits) {
      case 8 -> row -> JSON.numberNode(signed ? values.get(row) : values.get(row) & 0xFF);
      case 16 ->
          row -> {
            short value = values.getShort(row * Short.BYTES);
            return JSON.numberNode(signed ? value : value & 0xFFFF);
          };
      case 32 ->
          row -> {
            int value = values.getInt(row * Integer.BYTES);
            return JSON.numberNode(signed ? value : value & 0xFFFFFFFFL);
          };
      default ->
          row -> {
            long value = values.getLong(row * Long.BYTES);
            return signed || value >= 0
                ? JSON.numberNode(value)
                : JSON.numberNode(new BigInteger(Long.toUnsignedString(value)));
          };
    };
  }

  private ArrowColumn floats(Field field) {
    short precision = ((FloatingPoint) field.type(new FloatingPoint())).precision();
    ByteBuffer valid = buffer();
    ByteBuffer values = buffer();
    return switch (precision) {
      case Precision.DOUBLE ->
          orNull(valid, row -> JSON.numberNode(values.getDouble(row * Double.BYTES)));
      case Precision.SINGLE ->
          orNull(valid, row -> JSON.numberNode(values.getFloat(row * Float.BYTES)));
      default -> throw unusable(field, "16 bit numbers");
    };
  }

  private ArrowColumn decimals(Field field) {
    Decimal type = (Decimal) field.type(new Decimal());
    ByteBuffer valid = buffer();
    ByteBuffer values = buffer();
    int bytes = type.bitWidth() / Byte.SIZE;
    int scale = type.scale();
    return orNull(
        valid,
        row -> {
          byte[] bigEndian = new byte[bytes];
          for (int i = 0; i < bytes; i++) {
            bigEndian[bytes - 1 - i] = values.get(row * bytes + i);
          }
          return JSON.numberNode(new BigDecimal(new BigInteger(bigEndian), scale));
        });
  }

  private ArrowColumn dates(Field field) {
    boolean days = ((Date) field.type(new Date())).unit() == DateUnit.DAY;
    ByteBuffer valid = buffer();
    ByteBuffer values = buffer();
    return orNull(
        valid,
        row ->
            JSON.textNode(
                LocalDate.ofEpochDay(
                        days
                            ? values.getInt(row * Integer.BYTES)
                            : Math.floorDiv(values.getLong(row * Long.BYTES), 86_400_000L))
                    .toString()));
  }

  private ArrowColumn timestamps(Field field) {
    Timestamp type = (Timestamp) field.type(new Timestamp());
    ByteBuffer valid = buffer();
    ByteBuffer values = buffer();
    String unit = TimeUnit.name(type.unit());
    boolean utc = type.timezone() != null;
    return orNull(
        valid, row -> JSON.textNode(Times.timestamp(values.getLong(row * Long.BYTES), unit, utc)));
  }

  private ArrowColumn texts(byte type) {
    boolean large = type == Type.LargeUtf8 || type == Type.LargeBinary;
    boolean text = type == Type.Utf8 || type == Type.LargeUtf8;
    ByteBuffer valid = buffer();
    IntToLongFunction offsets = offsets(buffer(), large);
    ByteBuffer bytes = buffer();
    return orNull(
        valid,
        row -> {
          int start = (int) offsets.applyAsLong(row);
          return text(bytes, start, (int) offsets.applyAsLong(row + 1) - start, text);
        });
  }

  /** Sixteen bytes a value: a length, then the value itself, or where its bytes are. */
  private ArrowColumn views(boolean text) {
    ByteBuffer valid = buffer();
    ByteBuffer views = buffer();
    int count = Math.toIntExact(batch.variadicBufferCounts(nextViews++));
    ByteBuffer[] data = new ByteBuffer[count];
    for (int i = 0; i < count; i++) {
      data[i] = buffer();
    }
    return orNull(
        valid,
        row -> {
          int at = row * VIEW;
          int length = views.getInt(at);
          return length <= INLINE
              ? text(views, at + Integer.BYTES, length, text)
              : text(
                  data[views.getInt(at + 2 * Integer.BYTES)],
                  views.getInt(at + 3 * Integer.BYTES),
                  length,
                  text);
        });
  }

  private ArrowColumn fixedBytes(Field field) {
    int width = ((FixedSizeBinary) field.type(new FixedSizeBinary())).byteWidth();
    ByteBuffer valid = buffer();
    ByteBuffer bytes = buffer();
    return orNull(valid, row -> text(bytes, row * width, width, false));
  }

  private ArrowColumn list(Field field) {
    ByteBuffer valid = buffer();
    IntToLongFunction offsets = offsets(buffer(), field.typeType() == Type.LargeList);
    ArrowColumn items = column(field.children(0));
    return orNull(
        valid, row -> array(items, offsets.applyAsLong(row), offsets.applyAsLong(row + 1)));
  }

  private ArrowColumn fixedList(Field field) {
    int size = ((FixedSizeList) field.type(new FixedSizeList())).listSize();
    ByteBuffer valid = buffer();
    ArrowColumn items = column(field.children(0));
    return orNull(valid, row -> array(items, (long) row * size, (row + 1L) * size));
  }

  private ArrowColumn map(Field field) {
    ByteBuffer valid = buffer();
    IntToLongFunction offsets = offsets(buffer(), false);
    ArrowColumn entries = column(field.children(0));
    return orNull(
        valid,
        row -> {
          ObjectNode map = JSON.objectNode();
          for (long i = offsets.applyAsLong(row); i < offsets.applyAsLong(row + 1); i++) {
            JsonNode entry = entries.value((int) i);
            map.set(entry.path("key").asText(), entry.path("value"));
          }
          return map;
        });
  }

  private ArrowColumn struct(Field field) {
    ByteBuffer valid = buffer();
    Map<String, ArrowColumn> children = new LinkedHashMap<>();
    for (int i = 0; i < field.childrenLength(); i++) {
      children.put(field.children(i).name(), column(field.children(i)));
    }
    return orNull(
        valid,
        row -> {
          ObjectNode object = JSON.objectNode();
          children.forEach((name, child) -> object.set(name, child.value(row)));
          return object;
        });
  }

  private static ArrayNode array(ArrowColumn items, long from, long to) {
    ArrayNode array = JSON.arrayNode();
    for (long i = from; i < to; i++) {
      array.add(items.value((int) i));
    }
    return array;
  }

  private static JsonNode text(ByteBuffer bytes, int from, int length, boolean text) {
    byte[] copy = new byte[length];
    bytes.get(from, copy);
    return JSON.textNode(
        text ? new String(copy, StandardCharsets.UTF_8) : Base64.getEncoder().encodeToString(copy));
  }

  private static IntToLongFunction offsets(ByteBuffer values, boolean large) {
    return large
        ? row -> values.getLong(row * Long.BYTES)
        : row -> values.getInt(row * Integer.BYTES);
  }

  private static ArrowColumn orNull(ByteBuffer valid, ArrowColumn column) {
    return valid.capacity() == 0
        ? column
        : row -> bit(valid, row) ? column.value(row) : JSON.nullNode();
  }

  private static boolean bit(ByteBuffer bits, int index) {
    return (bits.get(index >> 3) >> (index & 7) & 1) == 1;
  }

  private ByteBuffer buffer() {
    org.apache.arrow.flatbuf.Buffer next = batch.buffers(nextBuffer++);
    return next.length() == 0
        ? NOTHING
        : body.slice(Math.toIntExact(next.offset()), Math.toIntExact(next.length()))
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  private UserInputException unusable(Field field, String what) {
    return new UserInputException(
        "%s: the column %s holds %s, which is not read: leave it out, or save the rows as JSONL."
            .formatted(file, field.name(), what));
  }
}

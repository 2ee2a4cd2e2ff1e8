package dev.reticent.columnar;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.UserInputException;
import dev.reticent.data.DataFile;
import dev.reticent.data.RowFormat;
import dev.reticent.data.RowSink;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;

/**
 * Arrow's streams and files, as Hugging Face's {@code save_to_disk} writes them. A file is a stream
 * between a magic word and a footer, and is read as one.
 *
 * @see <a href="https://arrow.apache.org/docs/format/Columnar.html">Arrow Columnar Format</a>,
 *     "Serialization and Interprocess Communication"
 */
public final class ArrowRows implements RowFormat {
  private static final String FILE_MAGIC = "ARROW1\0\0";
  private static final int CONTINUATION = -1;

  @Override
  public String name() {
    return "Arrow";
  }

  @Override
  public boolean reads(DataFile file) {
    return file.startsWith(FILE_MAGIC) || file.startsWith("\u00FF\u00FF\u00FF\u00FF");
  }

  @Override
  public void read(DataFile file, RowSink rows) throws IOException {
    try (DataInputStream in = new DataInputStream(file.open())) {
      if (file.startsWith(FILE_MAGIC)) {
        in.skipNBytes(FILE_MAGIC.length());
      }
      new Stream(file, in, rows).read();
    } catch (EOFException e) {
      throw new UserInputException(file.path() + " ends in the middle: is it whole?", e);
    }
  }

  /** One stream: a schema, then dictionaries and batches of rows. */
  private static final class Stream {
    private final DataFile file;
    private final InputStream in;
    private final RowSink rows;
    private final Map<Long, ArrowColumn> dictionaries = new HashMap<>();
    private Schema schema = new Schema();
    private int number;

    Stream(DataFile file, InputStream in, RowSink rows) {
      this.file = file;
      this.in = in;
      this.rows = rows;
    }

    void read() throws IOException {
      int length = length();
      while (length > 0) {
        Message message = Message.getRootAsMessage(bytes(length));
        ByteBuffer body = bytes(Math.toIntExact(message.bodyLength()));
        switch (message.headerType()) {
          case MessageHeader.Schema -> message.header(schema);
          case MessageHeader.DictionaryBatch ->
              dictionary((DictionaryBatch) message.header(new DictionaryBatch()), body);
          case MessageHeader.RecordBatch ->
              batch((RecordBatch) message.header(new RecordBatch()), body);
          default -> throw unusable("a message of kind " + message.headerType());
        }
        length = length();
      }
    }

    /** The bytes of the next message's head; 0 at the end, which may be told or just come. */
    private int length() throws IOException {
      byte[] word = in.readNBytes(Integer.BYTES);
      if (word.length < Integer.BYTES) {
        return 0;
      }
      int length = little(word).getInt();
      return length == CONTINUATION ? bytes(Integer.BYTES).getInt() : length;
    }

    private ByteBuffer bytes(int count) throws IOException {
      byte[] bytes = in.readNBytes(count);
      if (bytes.length < count) {
        throw new EOFException();
      }
      return little(bytes);
    }

    private static ByteBuffer little(byte[] bytes) {
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void dictionary(DictionaryBatch batch, ByteBuffer body) {
      if (batch.isDelta()) {
        throw unusable("a dictionary that grows");
      }
      for (int i = 0; i < schema.fieldsLength(); i++) {
        Field field = schema.fields(i);
        if (field.dictionary() != null && field.dictionary().id() == batch.id()) {
          ArrowBatch values = new ArrowBatch(file.path(), batch.data(), body, dictionaries);
          dictionaries.put(batch.id(), values.plain(field));
          return;
        }
      }
      throw unusable("a dictionary inside of a column");
    }

    private void batch(RecordBatch batch, ByteBuffer body) {
      ArrowBatch columns = new ArrowBatch(file.path(), batch, body, dictionaries);
      Map<String, ArrowColumn> byName = new LinkedHashMap<>();
      for (int i = 0; i < schema.fieldsLength(); i++) {
        Field field = schema.fields(i);
        byName.put(field.name(), columns.column(field));
      }
      for (int row = 0; row < batch.length(); row++) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, ArrowColumn> column : byName.entrySet()) {
          object.set(column.getKey(), column.getValue().value(row));
        }
        rows.row(RowSink.Place.row(++number), object);
      }
    }

    private UserInputException unusable(String what) {
      return new UserInputException(
          file.path() + " holds " + what + ", which is not read: save the rows as Parquet.");
    }
  }
}

package dev.reticent.columnar;

import dev.reticent.config.UserInputException;
import dev.reticent.data.DataFile;
import dev.reticent.data.RowFormat;
import dev.reticent.data.RowSink;
import java.io.IOException;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;

/** Parquet files, packed as Parquet packs them; by Apache's reader, without Hadoop. */
public final class ParquetRows implements RowFormat {
  @Override
  public String name() {
    return "Parquet";
  }

  @Override
  public boolean reads(DataFile file) {
    return file.startsWith("PAR1");
  }

  @Override
  public void read(DataFile file, RowSink rows) throws IOException {
    if (file.packed()) {
      throw new UserInputException(
          file.path() + " is a Parquet file packed again with gzip: unpack it.");
    }
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ParquetCodecs())
            .build();
    try (ParquetFileReader parquet =
        ParquetFileReader.open(new LocalInputFile(file.path()), options)) {
      MessageType schema = parquet.getFileMetaData().getSchema();
      ParquetValues values = new ParquetValues(file.path());
      int number = 0;
      PageReadStore pages = parquet.readNextRowGroup();
      while (pages != null) {
        RecordReader<Group> records =
            new ColumnIOFactory()
                .getColumnIO(schema)
                .getRecordReader(pages, new GroupRecordConverter(schema));
        for (long i = 0; i < pages.getRowCount(); i++) {
          rows.row(RowSink.Place.row(++number), values.object(records.read()));
        }
        pages = parquet.readNextRowGroup();
      }
    } catch (UserInputException e) {
      throw e;
    } catch (RuntimeException e) {
      // The reader says what it trips over in exceptions of many kinds.
      throw new UserInputException(
          file.path() + " cannot be read as Parquet; is it whole? " + reason(e), e);
    }
  }

  /** The reader's words, unless it names an object of its own. */
  private static String reason(RuntimeException e) {
    String said = String.valueOf(e.getMessage());
    return said.contains("is not a Parquet file")
        ? "It does not end as a Parquet file does: copy it again."
        : said;
  }
}

package dev.reticent.columnar;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Parquet's own codecs, but for gzip, which it takes from Hadoop and we from the JDK. */
final class ParquetCodecs implements CompressionCodecFactory {
  private final CodecFactory own = new CodecFactory(new PlainParquetConfiguration(), 0);

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("nothing is written here");
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return switch (codec) {
      case GZIP -> new Gunzip();
      case UNCOMPRESSED, SNAPPY, ZSTD, LZ4_RAW -> own.getDecompressor(codec);
      default ->
          throw new UncheckedIOException(
              new IOException(
                  "it is packed with " + codec + "; write it with snappy, zstd, gzip or none"));
    };
  }

  @Override
  public void release() {
    own.release();
  }

  private static final class Gunzip implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput packed, int size) throws IOException {
      return BytesInput.from(plain(packed.toInputStream(), size));
    }

    @Override
    public void decompress(ByteBuffer packed, int packedSize, ByteBuffer plain, int size)
        throws IOException {
      byte[] bytes = new byte[packedSize];
      packed.get(bytes);
      plain.put(plain(new ByteArrayInputStream(bytes), size));
      plain.flip();
    }

    private static byte[] plain(InputStream packed, int size) throws IOException {
      try (GZIPInputStream in = new GZIPInputStream(packed)) {
        return in.readNBytes(size);
      }
    }

    @Override
    public void release() {}
  }
}

package dev.reticent.format;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Matrices of one width, one below the other, wherever each of them is stored. */
final class StackedTensor extends StoredTensor {
  private final List<StoredTensor> parts;

  StackedTensor(String name, List<StoredTensor> parts) {
    super(
        parts.get(0).file(),
        parts.get(0).channel,
        name,
        parts.get(0).dtype(),
        List.of(parts.stream().mapToLong(p -> p.shape().get(0)).sum(), parts.get(0).shape().get(1)),
        0,
        parts.stream().mapToLong(StoredTensor::bytes).sum());
    this.parts = List.copyOf(parts);
  }

  @Override
  public List<Path> files() {
    return parts.stream().flatMap(part -> part.files().stream()).distinct().toList();
  }

  @Override
  public boolean isPlain() {
    return false;
  }

  @Override
  public long elements() {
    return parts.stream().mapToLong(StoredTensor::elements).sum();
  }

  @Override
  public ByteBuffer buffer(long from, int length) {
    throw new UnsupportedOperationException(name() + " lies in several places");
  }

  @Override
  public float[] floats(long from, int count) {
    float[] values = new float[count];
    long start = 0;
    int done = 0;
    for (StoredTensor part : parts) {
      long end = start + part.elements();
      long at = from + done;
      if (done < count && at < end) {
        int some = (int) Math.min(count - done, end - at);
        System.arraycopy(part.floats(at - start, some), 0, values, done, some);
        done += some;
      }
      start = end;
    }
    return values;
  }
}

package dev.reticent.tensorboard;

import java.util.List;
import java.util.Map;

/** TensorFlow's TensorProto and the plugin contents, for the kinds that are not plain scalars. */
final class Tensors {

  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int BUCKETS = 30;

  private Tensors() {}

  private static Wire tensor(int type, long... shape) {
    Wire dimensions = new Wire();
    for (long size : shape) {
      dimensions.message(2, new Wire().number(1, size));
    }
    return new Wire().number(1, type).message(2, dimensions);
  }

  static Wire string(byte[] value) {
    return tensor(7).bytes(8, value);
  }

  static Wire table(List<List<String>> rows) {
    int columns = rows.isEmpty() ? 0 : rows.get(0).size();
    Wire tensor = tensor(7, rows.size(), columns);
    for (List<String> row : rows) {
      if (row.size() != columns) {
        throw new IllegalArgumentException(
            "a table's rows must be equally long: the first has "
                + columns
                + " cells, another "
                + row.size());
      }
      row.forEach(cell -> tensor.text(8, cell));
    }
    return tensor;
  }

  static Wire images(byte[]... pngs) {
    if (pngs.length == 0) {
      throw new IllegalArgumentException("no image given");
    }
    Wire tensor = tensor(7, 2 + pngs.length);
    for (byte[] png : pngs) {
      for (int i = 0; i < PNG.length; i++) {
        if (png.length < 24 || png[i] != PNG[i]) {
          throw new IllegalArgumentException("an image must be the bytes of a PNG file");
        }
      }
    }
    tensor.text(8, Integer.toString(bigEndian(pngs[0], 16)));
    tensor.text(8, Integer.toString(bigEndian(pngs[0], 20)));
    for (byte[] png : pngs) {
      tensor.bytes(8, png);
    }
    return tensor;
  }

  private static int bigEndian(byte[] bytes, int at) {
    return (bytes[at] & 255) << 24
        | (bytes[at + 1] & 255) << 16
        | (bytes[at + 2] & 255) << 8
        | (bytes[at + 3] & 255);
  }

  /** Rows (left, right, count) of equally wide buckets from the least to the greatest value. */
  static Wire histogram(double[] values) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    int finite = 0;
    for (double value : values) {
      if (Double.isFinite(value)) {
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
        finite++;
      }
    }
    if (finite == 0) {
      return histogram(new double[] {0}, new double[0]);
    }
    double width = (greatest - least) / BUCKETS;
    if (!(width > 0) || !Double.isFinite(width)) {
      return histogram(new double[] {least - 0.5, greatest + 0.5}, new double[] {finite});
    }
    double[] edges = new double[BUCKETS + 1];
    for (int i = 0; i <= BUCKETS; i++) {
      edges[i] = i == BUCKETS ? greatest : least + i * width;
    }
    double[] counts = new double[BUCKETS];
    for (double value : values) {
      if (Double.isFinite(value)) {
        counts[Math.min(BUCKETS - 1, (int) ((value - least) / width))]++;
      }
    }
    return histogram(edges, counts);
  }

  static Wire histogram(double[] edges, double[] counts) {
    if (edges.length != counts.length + 1) {
      throw new IllegalArgumentException(
          counts.length + " buckets have " + (counts.length + 1) + " edges, got " + edges.length);
    }
    Wire content = new Wire(24 * counts.length);
    for (int i = 0; i < counts.length; i++) {
      content.littleEndian(Double.doubleToRawLongBits(edges[i]), 8);
      content.littleEndian(Double.doubleToRawLongBits(edges[i + 1]), 8);
      content.littleEndian(Double.doubleToRawLongBits(counts[i]), 8);
    }
    return tensor(2, counts.length, 3).message(4, content);
  }

  /** The value of events whose data is in the plugin's content. */
  static Wire empty() {
    return tensor(1, 0);
  }

  static Wire sessionStart(String group, Map<String, ?> parameters, double seconds) {
    Wire start = new Wire();
    parameters.forEach(
        (name, value) -> start.message(1, new Wire().text(1, name).message(2, parameter(value))));
    return new Wire().message(3, start.text(4, group).float64(5, seconds));
  }

  static Wire sessionEnd(boolean success, double seconds) {
    return new Wire().message(4, new Wire().number(1, success ? 1 : 2).float64(2, seconds));
  }

  /** A number, a truth value, or else its text. */
  private static Wire parameter(Object value) {
    if (value instanceof Boolean truth) {
      return new Wire().number(4, truth ? 1 : 0);
    }
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return new Wire().float64(2, number.doubleValue());
    }
    return new Wire().text(3, value.toString());
  }
}

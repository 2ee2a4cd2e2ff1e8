package dev.reticent.engine;

import ai.djl.Device;
import java.util.Locale;

/**
 * Where tensors live and programs run: the host's processors or one CUDA card.
 *
 * @param kind {@code cpu} or {@code cuda}
 * @param index the card's number; on {@code cpu}, numbers beyond 0 stand for the same processors
 *     and memory, as if they were another device
 */
public record ComputeDevice(String kind, int index) {

  /** The host's processors. */
  public static final ComputeDevice CPU = new ComputeDevice("cpu", 0);

  public ComputeDevice {
    if (!kind.equals("cpu") && !kind.equals("cuda")) {
      throw new IllegalArgumentException("device kind must be cpu or cuda, got '" + kind + "'");
    }
    if (index < 0) {
      throw new IllegalArgumentException("device index must not be negative, got " + index);
    }
  }

  /**
   * Reads {@code cpu}, {@code cuda} or either with a number, such as {@code cuda:1}.
   *
   * @throws IllegalArgumentException when the text is none of these
   */
  public static ComputeDevice parse(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    if (lower.matches("(cpu|cuda)(:\\d{1,3})?")) {
      int colon = lower.indexOf(':');
      return colon < 0
          ? new ComputeDevice(lower, 0)
          : new ComputeDevice(
              lower.substring(0, colon), Integer.parseInt(lower.substring(colon + 1)));
    }
    throw new IllegalArgumentException(
        "unknown device '" + text + "': expected cpu, cuda or cuda:N");
  }

  /** Whether this is the host's processors. */
  public boolean onHost() {
    return kind.equals("cpu");
  }

  Device toDjl() {
    return kind.equals("cpu") ? Device.cpu() : Device.gpu(index);
  }

  @Override
  public String toString() {
    return equals(CPU) ? "cpu" : kind + ":" + index;
  }
}

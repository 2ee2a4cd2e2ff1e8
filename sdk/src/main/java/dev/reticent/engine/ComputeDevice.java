package dev.reticent.engine;

import ai.djl.Device;
import java.util.Locale;

/**
 * Where tensors live and programs run: the host's processors or one CUDA card.
 *
 * @param kind {@code cpu} or {@code cuda}
 * @param index the card's number; 0 on {@code cpu}
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
   * Reads {@code cpu}, {@code cuda} or {@code cuda:N} ({@code gpu} and {@code gpu:N} mean the
   * same).
   *
   * @throws IllegalArgumentException when the text is none of these
   */
  public static ComputeDevice parse(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT).replace("gpu", "cuda");
    if (lower.equals("cpu")) {
      return CPU;
    }
    if (lower.matches("cuda(:\\d{1,3})?")) {
      int colon = lower.indexOf(':');
      return new ComputeDevice(
          "cuda", colon < 0 ? 0 : Integer.parseInt(lower.substring(colon + 1)));
    }
    throw new IllegalArgumentException(
        "unknown device '" + text + "': expected cpu, cuda or cuda:N");
  }

  Device toDjl() {
    return kind.equals("cpu") ? Device.cpu() : Device.gpu(index);
  }

  @Override
  public String toString() {
    return kind.equals("cpu") ? "cpu" : "cuda:" + index;
  }
}

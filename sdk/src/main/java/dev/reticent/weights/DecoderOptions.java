package dev.reticent.weights;

import dev.reticent.api.Internal;
import dev.reticent.engine.ComputeDevice;

/** Where and how a decoder is held. */
@Internal
public record DecoderOptions(
    ComputeDevice device, ComputeType compute, Quantization quantization, Activations activations) {

  /** Activations are kept. */
  public DecoderOptions(ComputeDevice device, ComputeType compute, Quantization quantization) {
    this(device, compute, quantization, Activations.KEEP);
  }

  /** fp32 on the host's processors. */
  public static DecoderOptions standard() {
    return new DecoderOptions(ComputeDevice.CPU, ComputeType.FLOAT32, Quantization.NONE);
  }

  /** These options with another quantization. */
  public DecoderOptions with(Quantization other) {
    return new DecoderOptions(device, compute, other, activations);
  }

  /** These options with another compute type. */
  public DecoderOptions with(ComputeType other) {
    return new DecoderOptions(device, other, quantization, activations);
  }

  /** These options on another device. */
  public DecoderOptions with(ComputeDevice other) {
    return new DecoderOptions(other, compute, quantization, activations);
  }

  /** These options with activations kept or computed again. */
  public DecoderOptions with(Activations other) {
    return new DecoderOptions(device, compute, quantization, other);
  }
}

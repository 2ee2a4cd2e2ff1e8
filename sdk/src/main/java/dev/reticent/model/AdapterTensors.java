package dev.reticent.model;

import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The matrices of a LoRA adapter on a device, laid out as the decoder's functions expect them.
 *
 * <p>A module with an adapter computes y = W x + s·B(A x) with A [r,in] and B [out,r] in fp32.
 */
public final class AdapterTensors implements AutoCloseable {

  private final int layers;
  private final int perLayer;
  private final Tensor[] all;
  private final Tensor[] head = new Tensor[DecoderProgram.PER_ADAPTER];
  private final List<Tensor> owned = new ArrayList<>();

  private AdapterTensors(ModelConfig config, ComputeDevice device) {
    layers = config.layers();
    perLayer = DecoderProgram.PER_ADAPTER * Projection.of(config).size();
    all = new Tensor[layers * perLayer];
    Tensor absent = own(Tensor.absent(device));
    Arrays.fill(all, absent);
    Arrays.fill(head, own(Tensor.absent(device)));
  }

  /** No adapter at all. */
  public static AdapterTensors none(ModelConfig config, ComputeDevice device) {
    return new AdapterTensors(config, device);
  }

  /**
   * Sets the adapter of a projection, taking ownership of its matrices.
   *
   * @param a [r,in]
   * @param b [out,r]
   * @param scale s, a scalar
   */
  public void put(int layer, int projection, Tensor a, Tensor b, Tensor scale) {
    int at = layer * perLayer + projection * DecoderProgram.PER_ADAPTER;
    all[at] = own(a);
    all[at + 1] = own(b);
    all[at + 2] = own(scale);
  }

  /** Sets the adapter of the output matrix, taking ownership. */
  public void putHead(Tensor a, Tensor b, Tensor scale) {
    head[0] = own(a);
    head[1] = own(b);
    head[2] = own(scale);
  }

  private Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  List<Tensor> layer(int layer) {
    return Arrays.asList(all).subList(layer * perLayer, (layer + 1) * perLayer);
  }

  /** A, B and s of a projection, numbered through the layers. */
  List<Tensor> module(int number) {
    int at = number * DecoderProgram.PER_ADAPTER;
    return Arrays.asList(all).subList(at, at + DecoderProgram.PER_ADAPTER);
  }

  /** A, B and s of the output matrix. */
  List<Tensor> head() {
    return Arrays.asList(head);
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}

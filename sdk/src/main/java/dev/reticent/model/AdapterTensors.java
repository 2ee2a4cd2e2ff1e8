package dev.reticent.model;

import dev.reticent.architecture.LayerLayout;
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

  private static final int DROP = 3;

  private final int layers;
  private final int perLayer;
  private final Tensor[] all;
  private final Tensor[] head = new Tensor[LayerLayout.ADAPTER_TENSORS];
  private final List<Tensor> owned = new ArrayList<>();

  private AdapterTensors(AdapterTensors other) {
    layers = other.layers;
    perLayer = other.perLayer;
    all = other.all.clone();
    System.arraycopy(other.head, 0, head, 0, head.length);
  }

  private AdapterTensors(ModelConfig config, ComputeDevice device) {
    layers = config.layers();
    perLayer = LayerLayout.ADAPTER_TENSORS * Projection.of(config).size();
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
    int at = layer * perLayer + projection * LayerLayout.ADAPTER_TENSORS;
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

  /**
   * The same adapter in training, parts of whose inputs are left out; its tensors stay the other's.
   *
   * @param dropped int64 [1+B] for each layer and the head: the chance in parts of 65536, then a
   *     number of each row
   */
  public AdapterTensors dropping(List<Tensor> dropped) {
    AdapterTensors own = new AdapterTensors(this);
    for (int at = 0; at < all.length; at += LayerLayout.ADAPTER_TENSORS) {
      if (all[at].shape()[0] > 0) {
        own.all[at + DROP] = dropped.get(at / perLayer);
      }
    }
    if (head[0].shape()[0] > 0) {
      own.head[DROP] = dropped.get(layers);
    }
    return own;
  }

  private Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  List<Tensor> layer(int layer) {
    return Arrays.asList(all).subList(layer * perLayer, (layer + 1) * perLayer);
  }

  /** A, B and s of a projection, numbered through the layers. */
  public List<Tensor> module(int number) {
    int at = number * LayerLayout.ADAPTER_TENSORS;
    return Arrays.asList(all).subList(at, at + LayerLayout.ADAPTER_TENSORS);
  }

  /** A, B and s of the output matrix. */
  public List<Tensor> head() {
    return Arrays.asList(head);
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}

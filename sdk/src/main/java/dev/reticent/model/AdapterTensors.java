package dev.reticent.model;

import dev.reticent.architecture.LayerLayout;
import dev.reticent.architecture.LayerLayout.AdapterPart;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.architecture.Projection;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tensors of an adapter on a device, laid out as the decoder's functions expect them.
 *
 * <p>A module with an adapter computes y = g·(W x + s·B(A x)) + bias with A [r,in] and B [out,r] in
 * fp32; g is 1 but for DoRA. Modules are numbered through the layers, the output matrix last.
 */
public final class AdapterTensors implements AutoCloseable {

  private final int layers;
  private final int perLayer;
  private final Tensor[] all;
  private Tensor table;
  private final List<Tensor> owned = new ArrayList<>();

  private AdapterTensors(AdapterTensors other) {
    layers = other.layers;
    perLayer = other.perLayer;
    all = other.all.clone();
    table = other.table;
  }

  private AdapterTensors(ModelConfig config, ComputeDevice device) {
    layers = config.layers();
    perLayer = Projection.of(config).size();
    all = new Tensor[(layers * perLayer + 1) * LayerLayout.ADAPTER_TENSORS];
    table = own(Tensor.absent(device));
    Arrays.fill(all, table);
  }

  /** No adapter at all. */
  public static AdapterTensors none(ModelConfig config, ComputeDevice device) {
    return new AdapterTensors(config, device);
  }

  /** How many modules there are, the output matrix among them. */
  public int modules() {
    return layers * perLayer + 1;
  }

  /**
   * The number of a module.
   *
   * @param layer the number of layers for the output matrix
   * @param projection in the order of {@link Projection#of}; 0 for the output matrix
   */
  public int number(int layer, int projection) {
    return layer * perLayer + projection;
  }

  /** Sets one tensor of a module, taking ownership. */
  public void put(int module, AdapterPart part, Tensor tensor) {
    all[module * LayerLayout.ADAPTER_TENSORS + part.place()] = own(tensor);
  }

  /**
   * Sets the adapter of a projection, taking ownership of its matrices.
   *
   * @param a [r,in]
   * @param b [out,r]
   * @param scale s, a scalar
   */
  public void put(int layer, int projection, Tensor a, Tensor b, Tensor scale) {
    int module = number(layer, projection);
    put(module, AdapterPart.A, a);
    put(module, AdapterPart.B, b);
    put(module, AdapterPart.SCALE, scale);
  }

  /** Sets the adapter of the output matrix, taking ownership. */
  public void putHead(Tensor a, Tensor b, Tensor scale) {
    put(layers, 0, a, b, scale);
  }

  /** Sets embeddings [V,D] that take the place of the model's, taking ownership. */
  public void putTable(Tensor embeddings) {
    table = own(embeddings);
  }

  /** Embeddings [V,D] in the place of the model's, or absent. */
  public Tensor table() {
    return table;
  }

  /**
   * The same adapter in training, parts of whose inputs are left out; its tensors stay the other's.
   *
   * @param dropped int64 [1+B] for each layer and the head: the chance in parts of 65536, then a
   *     number of each row
   */
  public AdapterTensors dropping(List<Tensor> dropped) {
    AdapterTensors own = new AdapterTensors(this);
    for (int module = 0; module < modules(); module++) {
      if (part(module, AdapterPart.A).shape()[0] > 0) {
        int at = module * LayerLayout.ADAPTER_TENSORS + AdapterPart.DROP.place();
        own.all[at] = dropped.get(module / perLayer);
      }
    }
    return own;
  }

  private Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  List<Tensor> layer(int layer) {
    int size = perLayer * LayerLayout.ADAPTER_TENSORS;
    return Arrays.asList(all).subList(layer * size, (layer + 1) * size);
  }

  /** All tensors of a module. */
  public List<Tensor> module(int number) {
    int at = number * LayerLayout.ADAPTER_TENSORS;
    return Arrays.asList(all).subList(at, at + LayerLayout.ADAPTER_TENSORS);
  }

  /** One tensor of a module, absent where it has none. */
  public Tensor part(int module, AdapterPart part) {
    return all[module * LayerLayout.ADAPTER_TENSORS + part.place()];
  }

  /** The rank of a module's adapter, 0 where it has none. */
  public int rank(int module) {
    long[] b = part(module, AdapterPart.B).shape();
    return b[0] == 0 ? 0 : (int) b[1];
  }

  /** All tensors of the output matrix. */
  public List<Tensor> head() {
    return module(modules() - 1);
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
  }
}

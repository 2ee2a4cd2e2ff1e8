package dev.reticent.training;

import dev.reticent.api.Internal;
import dev.reticent.architecture.ModelConfig;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.format.TensorSpec;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.weights.Quantization;
import dev.reticent.weights.WeightLayout;
import java.util.ArrayList;
import java.util.List;

/** All weights of a model in training ({@code lora: null}). */
@Internal
public final class TrainableWeights implements Trainable {

  private final List<Decoder> decoders;
  private final WeightLayout layout;
  private final float[] values;
  private final AdapterCopies none;

  /**
   * Trains all weights of a model.
   *
   * @param values the model's weights in the order of {@link WeightLayout}
   */
  public TrainableWeights(Decoder decoder, float[] values) {
    this(decoder.config(), List.of(decoder), values);
  }

  /**
   * Trains all weights of a model that each worker has a decoder of.
   *
   * @param decoders of one group; none where others compute
   */
  public TrainableWeights(ModelConfig model, List<Decoder> decoders, float[] values) {
    if (decoders.stream().anyMatch(d -> d.options().quantization() != Quantization.NONE)) {
      throw new UserInputException(
          "quantization with lora: null: quantized weights cannot be trained. Give a lora section,"
              + " or turn quantization off.");
    }
    model
        .architecture()
        .frozen()
        .ifPresent(
            part -> {
              throw new UserInputException(
                  "lora: null with "
                      + model.family().architecture()
                      + ": "
                      + part
                      + " cannot be trained here. Give a lora section.");
            });
    this.decoders = List.copyOf(decoders);
    this.layout = new WeightLayout(model);
    this.values = values;
    this.none =
        AdapterCopies.of(
            decoders, decoder -> AdapterTensors.none(decoder.config(), decoder.device()));
    upload();
  }

  @Override
  public float[] values() {
    return values;
  }

  @Override
  public String tensorOf(int index) {
    return layout.specs().stream()
        .filter(spec -> layout.start(spec) <= index)
        .filter(spec -> index - layout.start(spec) < spec.elements())
        .map(TensorSpec::name)
        .findFirst()
        .orElseThrow(() -> new IndexOutOfBoundsException(index));
  }

  @Override
  public void upload() {
    decoders.stream().limit(1).forEach(first -> first.setWeights(layout, values)); // and its group
  }

  @Override
  public List<Decoder> decoders() {
    return decoders;
  }

  @Override
  public AdapterTensors adapter(Decoder decoder) {
    return none.on(decoder);
  }

  @Override
  public Gradients gradients(Scope scope, MicroBatch batch, boolean perExample) {
    Decoder decoder = batch.decoder();
    Gradients all =
        new LayerwisePass(decoder, adapter(decoder), true).run(scope, batch, perExample);
    if (!decoder.config().tiedEmbeddings()) {
      return all;
    }
    // The output matrix is the embedding table: its two gradients add up.
    List<List<Tensor>> groups = new ArrayList<>(all.groups());
    List<Tensor> tables = groups.remove(groups.size() - 1);
    Tensor table = tables.get(0);
    List<Tensor> head = new ArrayList<>(groups.remove(groups.size() - 1));
    int matrix = head.size() - (decoder.config().architecture().headBias() ? 2 : 1);
    head.set(matrix, decoder.addTied(scope, head.get(matrix), table));
    groups.add(head);
    if (tables.size() > 1) {
      groups.add(tables.subList(1, tables.size()));
    }
    return new Gradients(all.losses(), groups);
  }

  @Override
  public void close() {
    none.close();
  }
}

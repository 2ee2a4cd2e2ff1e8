package dev.reticent.training;

import dev.reticent.config.UserInputException;
import dev.reticent.engine.Scope;
import dev.reticent.engine.Tensor;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.model.Quantization;
import dev.reticent.model.WeightLayout;
import java.util.ArrayList;
import java.util.List;

/** All weights of a model in training ({@code lora: null}). */
public final class TrainableWeights implements Trainable {

  private final Decoder decoder;
  private final WeightLayout layout;
  private final float[] values;
  private final AdapterTensors none;

  /**
   * Trains all weights of a model.
   *
   * @param values the model's weights in the order of {@link WeightLayout}
   */
  public TrainableWeights(Decoder decoder, float[] values) {
    if (decoder.options().quantization() != Quantization.NONE) {
      throw new UserInputException(
          "quantization with lora: null: quantised weights cannot be trained. Give a lora section, or turn quantization off.");
    }
    this.decoder = decoder;
    this.layout = new WeightLayout(decoder.config());
    this.values = values;
    this.none = AdapterTensors.none(decoder.config(), decoder.device());
    upload();
  }

  @Override
  public float[] values() {
    return values;
  }

  @Override
  public void upload() {
    decoder.setWeights(layout, values);
  }

  @Override
  public AdapterTensors adapter() {
    return none;
  }

  @Override
  public Gradients gradients(Scope scope, MicroBatch batch, boolean perExample) {
    Gradients all = new LayerwisePass(decoder, none, true).run(scope, batch, perExample);
    if (!decoder.config().tiedEmbeddings()) {
      return all;
    }
    // The output matrix is the embedding table: its two gradients add up.
    int last = all.parts().size() - 1;
    List<Tensor> parts = new ArrayList<>(all.parts().subList(0, last - 1));
    parts.add(decoder.addTied(scope, all.parts().get(last - 1), all.parts().get(last)));
    return new Gradients(all.losses(), parts);
  }

  @Override
  public void close() {
    none.close();
  }
}

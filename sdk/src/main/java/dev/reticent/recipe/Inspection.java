package dev.reticent.recipe;

import dev.reticent.config.UserInputException;
import dev.reticent.lora.PeftFolder;
import dev.reticent.model.AdapterTensors;
import dev.reticent.model.Decoder;
import dev.reticent.sampling.Logprobs;
import dev.reticent.weights.DecoderOptions;
import dev.reticent.weights.Quantization;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a model says of given tokens, to hold one implementation against another.
 *
 * @param logProbabilities of each next token, natural logarithm [n−1]
 * @param lastLogits at the last position [V]
 */
@SuppressWarnings("ArrayRecordComponent") // printed, never compared
public record Inspection(double[] logProbabilities, float[] lastLogits) {

  /** Runs a model folder, in fp32, over token ids. */
  public static Inspection of(
      Path folder, Optional<Path> adapterFolder, Quantization quantization, int[] ids) {
    if (ids.length == 0) {
      throw new UserInputException("--ids: give at least one token id, such as --ids 1,2,3.");
    }
    try (Decoder decoder = Decoder.load(folder, DecoderOptions.standard().with(quantization))) {
      int v = decoder.config().vocabSize();
      for (int id : ids) {
        if (id < 0 || id >= v) {
          throw new UserInputException(
              "--ids: found " + id + ", but the model's tokens are 0 to " + (v - 1) + ".");
        }
      }
      try (AdapterTensors adapter =
          adapterFolder
              .map(path -> PeftFolder.read(path, decoder.config()).on(decoder))
              .orElseGet(() -> AdapterTensors.none(decoder.config(), decoder.device()))) {
        float[] logits = decoder.logits(ids, adapter);
        double[] logProbabilities = new double[ids.length - 1];
        for (int t = 0; t < logProbabilities.length; t++) {
          float[] here = Arrays.copyOfRange(logits, t * v, (t + 1) * v);
          logProbabilities[t] = new Logprobs(here).of(ids[t + 1]);
          if (Double.isNaN(logProbabilities[t])) {
            throw new UserInputException(
                folder
                    + ": the model computes no number for token "
                    + ids[t + 1]
                    + ": its weights are too large, damaged, or of a run that diverged.");
          }
        }
        return new Inspection(
            logProbabilities, Arrays.copyOfRange(logits, logits.length - v, logits.length));
      }
    }
  }
}

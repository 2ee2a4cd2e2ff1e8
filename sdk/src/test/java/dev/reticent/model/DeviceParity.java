package dev.reticent.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reticent.engine.ComputeDevice;
import dev.reticent.weights.DecoderOptions;
import java.io.IOException;
import java.util.Locale;

/**
 * For {@code card.py}: the tiny models' logits on a device beside an independent implementation.
 */
final class DeviceParity {

  private DeviceParity() {}

  public static void main(String[] args) throws IOException {
    DecoderOptions options = DecoderOptions.standard().with(ComputeDevice.parse(args[0]));
    for (String name : Golden.names()) {
      JsonNode golden =
          new ObjectMapper().readTree(Golden.folder(name).resolve("golden.json").toFile());
      double worst = 0;
      try (Decoder decoder = Decoder.load(Golden.folder(name), options);
          AdapterTensors none = AdapterTensors.none(decoder.config(), decoder.device())) {
        int size = decoder.config().vocabSize();
        for (int p = 0; p < golden.get("input_ids").size(); p++) {
          JsonNode prompt = golden.get("input_ids").get(p);
          int[] ids = new int[prompt.size()];
          for (int i = 0; i < ids.length; i++) {
            ids[i] = prompt.get(i).asInt();
          }
          float[] logits = decoder.logits(ids, none);
          JsonNode last = golden.get("logits_last").get(p);
          for (int i = 0; i < size; i++) {
            double apart = logits[(ids.length - 1) * size + i] - last.get(i).asDouble();
            worst = Math.max(worst, Math.abs(apart));
          }
        }
      }
      System.out.printf(Locale.ROOT, "  %-40s %.1e%n", name, worst);
    }
  }
}

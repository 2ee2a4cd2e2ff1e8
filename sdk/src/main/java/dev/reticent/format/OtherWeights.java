package dev.reticent.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Weights in formats that are not read here, and what to do about each. */
final class OtherWeights {
  private OtherWeights() {}

  /** What a folder without safetensors holds instead, and the cure. */
  static String found(Path folder) {
    List<String> names;
    try (Stream<Path> files = Files.list(folder)) {
      names = files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String name : names) {
      Path file = folder.resolve(name);
      if (name.endsWith(".safetensors") && Files.isSymbolicLink(file) && !Files.exists(file)) {
        return name
            + " is a link to what is not there; download the model again, or copy the folder with"
            + " what its links point to (cp -rL).";
      }
      if (name.startsWith("pytorch_model") && (name.endsWith(".bin") || name.endsWith(".json"))) {
        return name
            + " is Python's own format; convert the folder once with: python -c \"from transformers"
            + " import AutoModelForCausalLM as m; m.from_pretrained('"
            + folder
            + "', dtype='auto').save_pretrained('"
            + folder
            + "')\"";
      }
      if (name.endsWith(".gguf")) {
        return name
            + " is llama.cpp's format, and mostly quantized: give the folder of safetensors that it"
            + " was made from.";
      }
      if (name.startsWith("consolidated")) {
        return name
            + " is in the maker's own layout: give the folder that the transformers library reads,"
            + " with model.safetensors; most makers publish both.";
      }
      if (name.equals("adapter_model.safetensors")) {
        return name
            + " is a LoRA adapter: give its base model's folder here, and this folder as the"
            + " adapter.";
      }
    }
    return "Weights in another format must be saved as safetensors first.";
  }
}

package dev.reticent.cli;

import dev.reticent.model.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** The file of a private run of a tiny random Mistral, with rows beside it. */
final class TinyConfig {
  private TinyConfig() {}

  /** Trains on so many rows into the folder {@code run} beside them. */
  static Path write(Path folder, int rows) throws IOException {
    Path data = folder.resolve("train.jsonl");
    Files.write(
        data,
        IntStream.range(0, rows)
            .mapToObj("{\"question\": \"number %d\", \"answer\": \"a\"}"::formatted)
            .toList());
    return Files.writeString(
        folder.resolve("c.yaml"),
        """
        foundation_model_name: %s
        lora: {lora_rank: 2}
        dataset: {train_file: %s, held_out_fraction: 0, max_length: 48}
        noise_multiplier: 1
        physical_batch_size: 4
        saving_dir: %s
        """
            .formatted(
                Golden.folder("mistral-tiny").toAbsolutePath(), data, folder.resolve("run")));
  }
}

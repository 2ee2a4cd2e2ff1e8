package dev.reticent.architecture;

import dev.reticent.architecture.Architecture.Linear;
import dev.reticent.format.Safetensors;
import dev.reticent.format.StoredTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the weights themselves say about names: a text part of a multimodal model has a prefix, a
 * body alone has none, and a config's word that output matrix and embeddings are one is not taken
 * where a checkpoint holds two that differ.
 */
final class StoredPaths {

  private static final List<String> BODIES =
      List.of(
          "model.language_model.",
          "language_model.model.",
          "model.text_model.",
          "text_model.model.");
  private static final List<String> HEADS = List.of("language_model.lm_head", "text_model.lm_head");

  private StoredPaths() {}

  static void find(Path folder, Blueprint blueprint) {
    if (!Files.isRegularFile(folder.resolve("model.safetensors"))
        && !Files.isRegularFile(folder.resolve("model.safetensors.index.json"))) {
      return; // a config alone can be planned with
    }
    try (Safetensors files = Safetensors.open(folder)) {
      TensorPaths usual = blueprint.paths;
      String table = usual.embedding() + ".weight";
      String head =
          HEADS.stream()
              .filter(h -> files.contains(h + ".weight"))
              .findFirst()
              .orElse(usual.head());
      if (!files.contains(usual.body() + table)) {
        for (String body : BODIES) {
          if (files.contains(body + table)) {
            // Python's modules are called so, however the weights are stored.
            blueprint.paths = usual.within(body, blueprint.textPart, head);
          }
        }
        if (files.contains(table)) {
          blueprint.paths = usual.within("", usual.modules(), head);
        }
      }
      TensorPaths paths = blueprint.paths;
      Linear router = blueprint.otherwise.get(Projection.ROUTER);
      if (router != null && files.contains(paths.stored(0, router.name()) + ".weight")) {
        blueprint.modules.putAll(blueprint.otherwise);
      }
      String output = paths.head() + ".weight";
      if (blueprint.tied && files.contains(output) && files.contains(paths.body() + table)) {
        blueprint.tied = same(files.tensor(output), files.tensor(paths.body() + table));
      }
    }
  }

  private static boolean same(StoredTensor a, StoredTensor b) {
    if (a.dtype() != b.dtype() || !a.shape().equals(b.shape())) {
      return false;
    }
    int part = 1 << 26;
    for (long at = 0; at < a.bytes(); at += part) {
      int length = (int) Math.min(part, a.bytes() - at);
      if (a.buffer(at, length).mismatch(b.buffer(at, length)) >= 0) {
        return false;
      }
    }
    return true;
  }
}

package dev.reticent.architecture;

/**
 * How a checkpoint names what is in no layer, and what stands before the names of a layer's parts.
 *
 * @param body what stands before the names of all but the output matrix, such as {@code model.}
 * @param modules the same as Python's modules are called, where that is not how weights are stored:
 *     adapters are named after modules
 * @param layers the list of layers below the body
 * @param embedding the embedding table below the body
 * @param finalNorm the last norm below the body
 * @param head the output matrix
 * @param positions the table of learned positions below the body, where there is one
 */
public record TensorPaths(
    String body,
    String modules,
    String layers,
    String embedding,
    String finalNorm,
    String head,
    String positions) {

  /** The paths of Llama, which most families share. */
  static final TensorPaths LLAMA =
      new TensorPaths("model.", "model.", "layers", "embed_tokens", "norm", "lm_head", "");

  TensorPaths finalNormNamed(String name) {
    return new TensorPaths(body, modules, layers, embedding, name, head, positions);
  }

  TensorPaths within(String otherBody, String otherModules, String otherHead) {
    return new TensorPaths(
        otherBody, otherModules, layers, embedding, finalNorm, otherHead, positions);
  }

  /** The path of a part of a layer in a checkpoint. */
  public String stored(int layer, String name) {
    return body + layers + "." + layer + "." + name;
  }

  /** The path of a part of a layer as Python calls it. */
  public String module(int layer, String name) {
    return modules + layers + "." + layer + "." + name;
  }
}

package dev.reticent.architecture;

/**
 * A family of decoders: models whose {@code config.json} is read in the same way.
 *
 * @param modelType {@code model_type} of its config, or of the {@code text_config} in one
 * @param architecture the class that its config names
 * @param remark what a privacy statement says of such a base model; mostly empty
 */
public record Family(String modelType, String architecture, Reader reader, String remark) {

  Family(String modelType, String architecture, Reader reader) {
    this(modelType, architecture, reader, "");
  }

  /** Fills in what a config says. */
  @FunctionalInterface
  interface Reader {
    void read(Blueprint blueprint);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Family family && family.modelType.equals(modelType);
  }

  @Override
  public int hashCode() {
    return modelType.hashCode();
  }

  @Override
  public String toString() {
    return modelType;
  }
}

package dev.reticent.tensorboard;

import java.util.HashMap;
import java.util.Map;

/** The tags of a run by name. Each holds the values of one plugin. */
final class Tags {

  private static final int SCALAR = 1;
  private static final int TENSOR = 2;
  private static final int IMAGES = 3;

  private record Description(String displayName, String text) {}

  private final Map<String, Description> descriptions = new HashMap<>();
  private final Map<String, Tag> tags = new HashMap<>();

  /** Names and describes a tag that has no value yet. */
  void describe(String name, String displayName, String description) {
    descriptions.put(name, new Description(displayName, description));
  }

  Tag scalars(String name) {
    return of(name, "scalars", SCALAR);
  }

  Tag texts(String name) {
    return of(name, "text", TENSOR);
  }

  Tag histograms(String name) {
    return of(name, "histograms", TENSOR);
  }

  Tag images(String name) {
    return of(name, "images", IMAGES);
  }

  Tag layout() {
    return of("custom_scalars__config__", "custom_scalars", TENSOR);
  }

  /** A tag of the HParams page, which reads the content from the metadata. */
  static Tag hyperparameters(String name, Wire content) {
    Wire plugin = new Wire().text(1, "hparams").message(2, content);
    Wire metadata = new Wire().message(1, plugin).number(4, TENSOR);
    return new Tag(new Wire().text(1, name), metadata, "hparams");
  }

  private Tag of(String name, String plugin, int dataClass) {
    Tag tag = tags.get(name);
    if (tag == null) {
      Description description = descriptions.getOrDefault(name, new Description("", ""));
      Wire metadata =
          new Wire()
              .message(1, new Wire().text(1, plugin))
              .text(2, description.displayName())
              .text(3, description.text())
              .number(4, dataClass);
      tag = new Tag(new Wire().text(1, name), metadata, plugin);
      tags.put(name, tag);
    }
    if (!tag.plugin().equals(plugin)) {
      throw new IllegalArgumentException(
          "the tag " + name + " holds " + tag.plugin() + " and cannot hold " + plugin + " as well");
    }
    return tag;
  }
}

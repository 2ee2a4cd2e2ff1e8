package dev.reticent.privacy.disclosure;

import static dev.reticent.privacy.disclosure.Disclosure.PUBLIC_SETTING;
import static dev.reticent.privacy.disclosure.Disclosure.RELEASED;

import java.util.Arrays;

/** What the server answers; there is nothing in it that was not released before. */
public enum Answered implements Disclosed {
  CHOICES("choices", RELEASED, "Answers: post-processing of the released adapter"),
  USAGE("usage", PUBLIC_SETTING, "Token counts of the request at hand"),
  SYSTEM_FINGERPRINT("system_fingerprint", RELEASED, "The first digits of the adapter's digest"),
  MODEL_ID("id", PUBLIC_SETTING, "The model's name"),
  MODEL_OBJECT("object", PUBLIC_SETTING, "The kind of answer"),
  MODEL_CREATED("created", PUBLIC_SETTING, "The day the run began"),
  MODEL_OWNER("owned_by", PUBLIC_SETTING, "A constant"),
  MODEL_ROOT("root", PUBLIC_SETTING, "The base model's name"),
  MODEL_PARENT("parent", PUBLIC_SETTING, "The base model's name"),
  MODEL_LENGTH("max_model_len", PUBLIC_SETTING, "The longest context"),
  MODEL_PRIVACY("privacy", RELEASED, "The statement, field by field as in privacy.json"),
  METRICS("/metrics", PUBLIC_SETTING, "Counts and times of requests; nothing of the training rows");

  @SuppressWarnings("ImmutableEnumChecker") // a record of texts
  private final Entry entry;

  Answered(String place, Disclosure disclosure, String what) {
    this.entry = new Entry(place, disclosure, what);
  }

  @Override
  public Entry entry() {
    return entry;
  }

  /** Whether a field of {@code /v1/models} is in the catalogue. */
  public static boolean isField(String name) {
    return Arrays.stream(values()).anyMatch(field -> field.place().equals(name));
  }
}

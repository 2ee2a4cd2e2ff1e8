package dev.reticent.data;

/** What a row of a dataset is. */
public enum SampleType {
  /** A conversation, or a question with its answer; the loss counts on what the assistant says. */
  INSTRUCT,
  /** A text; the loss counts on all of it. */
  PRETRAIN
}

package dev.reticent.settings;

import dev.reticent.data.SampleType;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Sampling in code, able to say all that YAML can. */
public final class SampleBuilder extends ConfigBuilder<SampleBuilder, SampleConfig> {

  SampleBuilder() {
    super(SampleConfig::of);
  }

  /** Sets what is asked for of the base model. */
  public SampleBuilder model(Consumer<ModelBuilder> model) {
    return with(new ModelBuilder(this), model);
  }

  /** {@code sample_type}: conversations, or texts to continue. */
  public SampleBuilder sampleType(SampleType type) {
    return set("sample_type", type);
  }

  /** {@code checkpoint_path}: a run's folder, or one with a PEFT adapter. */
  public SampleBuilder checkpoint(Path folder) {
    return set("checkpoint_path", folder);
  }

  /** {@code dataset.data_dir}: a folder with the prompts in llm_input.jsonl. */
  public SampleBuilder promptFolder(Path folder) {
    return set("dataset.data_dir", folder);
  }

  /** {@code input_file}: rows with prompts. */
  public SampleBuilder inputFile(Path file) {
    return set("input_file", file);
  }

  /** {@code prompts}: prompts as they are. */
  public SampleBuilder prompts(List<String> prompts) {
    return set("prompts", prompts);
  }

  /** {@code question_field}: the column with the question. */
  public SampleBuilder questionField(String column) {
    return set("question_field", column);
  }

  /** {@code saving_dir}: where the answers go, or a file ending in .jsonl or .csv. */
  public SampleBuilder savingDir(Path folder) {
    return set("saving_dir", folder);
  }

  /** {@code saving_filename}: the name of the answers' files. */
  public SampleBuilder savingFilename(String name) {
    return set("saving_filename", name);
  }

  /** {@code max_new_tokens}: the longest answer. */
  public SampleBuilder maxNewTokens(int tokens) {
    return set("max_new_tokens", tokens);
  }

  /** {@code max_length}: the most tokens of prompt and answer together. */
  public SampleBuilder maxLength(int tokens) {
    return set("max_length", tokens);
  }

  /** {@code temperature}: 0 takes the likeliest token each time. */
  public SampleBuilder temperature(double temperature) {
    return set("temperature", temperature);
  }

  /** {@code top_k}: only so many of the likeliest tokens; 0 for all. */
  public SampleBuilder topK(int tokens) {
    return set("top_k", tokens);
  }

  /** {@code top_p}: only the likeliest tokens that make up this probability. */
  public SampleBuilder topP(double probability) {
    return set("top_p", probability);
  }

  /** {@code min_p}: only tokens at least this likely, relative to the likeliest. */
  public SampleBuilder minP(double share) {
    return set("min_p", share);
  }

  /** {@code repetition_penalty}: divides the score of tokens already there. */
  public SampleBuilder repetitionPenalty(double factor) {
    return set("repetition_penalty", factor);
  }

  /** {@code frequency_penalty}: taken from a token's score for each time it was generated. */
  public SampleBuilder frequencyPenalty(double penalty) {
    return set("frequency_penalty", penalty);
  }

  /** {@code presence_penalty}: taken from a token's score once it was generated. */
  public SampleBuilder presencePenalty(double penalty) {
    return set("presence_penalty", penalty);
  }

  /** {@code seed}: the same seed gives the same answers, whatever the batch. */
  public SampleBuilder seed(long seed) {
    return set("seed", seed);
  }

  /** {@code stop}: texts that end an answer. */
  public SampleBuilder stop(List<String> texts) {
    return set("stop", texts);
  }

  /** {@code ignore_eos}: goes on past the model's end tokens. */
  public SampleBuilder ignoreEos(boolean on) {
    return set("ignore_eos", on);
  }

  /** {@code batch_size}: prompts answered together. */
  public SampleBuilder batch(int prompts) {
    return set("batch_size", prompts);
  }
}

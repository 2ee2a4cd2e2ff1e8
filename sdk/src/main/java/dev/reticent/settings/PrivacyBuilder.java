package dev.reticent.settings;

import dev.reticent.privacy.AccountantRule;
import dev.reticent.privacy.RunRegistry;
import dev.reticent.privacy.accounting.Adjacency;
import dev.reticent.privacy.accounting.RandomStopping;
import java.nio.file.Path;

/** The promise of a run, in code; {@link PrivacySettings} is what comes of it. */
public final class PrivacyBuilder extends SectionBuilder<PrivacyBuilder> {

  PrivacyBuilder(SectionBuilder<?> config) {
    super(config, "privacy.");
  }

  /** {@code privacy.enabled}: false trains without clipping and noise, and promises nothing. */
  public PrivacyBuilder enabled(boolean on) {
    return set("enabled", on);
  }

  /** {@code privacy.target_epsilon}: the budget ε. */
  public PrivacyBuilder targetEpsilon(double epsilon) {
    return set("target_epsilon", epsilon);
  }

  /** {@code privacy.delta}: δ, well below one over the number of privacy units. */
  public PrivacyBuilder delta(double delta) {
    return set("delta", delta);
  }

  /** {@code privacy.noise_multiplier}: σ, the noise's standard deviation over the clip norm. */
  public PrivacyBuilder noiseMultiplier(double sigma) {
    return set("noise_multiplier", sigma);
  }

  /**
   * {@code privacy.noise}: noise that later steps take some of away again.
   *
   * @param bands b, over how many steps it is correlated
   */
  public PrivacyBuilder bandedNoise(int bands) {
    return set("noise.mechanism", NoiseSettings.Mechanism.BANDED).set("noise.bands", bands);
  }

  /** {@code privacy.l2_norm_clip}: C, the L2 norm to which an example's gradient is clipped. */
  public PrivacyBuilder clipNorm(double norm) {
    return set("l2_norm_clip", norm);
  }

  /** {@code privacy.clipping}: how contributions are bounded. */
  public PrivacyBuilder clipping(ClippingSettings.Rule rule) {
    return set("clipping", rule);
  }

  /**
   * {@code privacy.clip_quantile}: the share of examples below the threshold of adaptive clipping.
   */
  public PrivacyBuilder clipQuantile(double share) {
    return set("clip_quantile", share);
  }

  /** {@code privacy.clip_rate}: how fast that threshold moves. */
  public PrivacyBuilder clipRate(double rate) {
    return set("clip_rate", rate);
  }

  /** {@code privacy.loss_curve}: the share of C that private losses take. */
  public PrivacyBuilder lossCurve(double share) {
    return set("loss_curve", share);
  }

  /** {@code privacy.loss_bound}: the largest loss that the private curve tells apart. */
  public PrivacyBuilder lossBound(double nats) {
    return set("loss_bound", nats);
  }

  /** {@code privacy.sampler}: how the rows of a step are drawn. */
  public PrivacyBuilder sampler(PrivacySettings.SamplerRule rule) {
    return set("sampler", rule);
  }

  /** {@code privacy.largest_batch}: the most rows of a step with truncated Poisson. */
  public PrivacyBuilder largestBatch(int rows) {
    return set("largest_batch", rows);
  }

  /** {@code privacy.adjacency}: which two data sets must be hard to tell apart. */
  public PrivacyBuilder adjacency(Adjacency adjacency) {
    return set("adjacency", adjacency == Adjacency.REPLACE_ONE ? "replace-one" : "add-remove");
  }

  /** {@code privacy.accountant}: what bounds ε. */
  public PrivacyBuilder accountant(AccountantRule rule) {
    return set("accountant", rule);
  }

  /** {@code privacy.size}: whether the exact number of units may be told. */
  public PrivacyBuilder size(PrivacySettings.Size size) {
    return set("size", size);
  }

  /** {@code privacy.public_units}: about how many units there are, as anyone may know. */
  public PrivacyBuilder publicUnits(int units) {
    return set("public_units", units);
  }

  /** {@code privacy.rows_per_user}: how many rows one person may have, when a unit is a row. */
  public PrivacyBuilder rowsPerUser(int rows) {
    return set("rows_per_user", rows);
  }

  /** {@code privacy.evaluation}: whether the held-out loss is measured under the same noise. */
  public PrivacyBuilder evaluation(boolean on) {
    return set("evaluation", on);
  }

  /**
   * {@code privacy.selection.runs}: from what the number of runs is drawn of which only the best is
   * released.
   */
  public PrivacyBuilder selectionRuns(RandomStopping.Rule rule) {
    return set("selection.runs", rule);
  }

  /** {@code privacy.selection.mean_runs}: how many those are on average. */
  public PrivacyBuilder selectionMeanRuns(double mean) {
    return set("selection.mean_runs", mean);
  }

  /** {@code privacy.registry}: the folder where all runs on the same data are entered. */
  public PrivacyBuilder registry(Path folder) {
    return set("registry", folder);
  }

  /** {@code privacy.total_epsilon}: the ε that all runs on the same data may spend together. */
  public PrivacyBuilder totalEpsilon(double epsilon) {
    return set("total_epsilon", epsilon);
  }

  /** {@code privacy.registry_policy}: whether a run beyond that is refused. */
  public PrivacyBuilder registryPolicy(RunRegistry.Policy policy) {
    return set("registry_policy", policy);
  }

  /** {@code privacy.secure}: false makes the noise follow the seed, for tests. */
  public PrivacyBuilder secure(boolean on) {
    return set("secure", on);
  }
}

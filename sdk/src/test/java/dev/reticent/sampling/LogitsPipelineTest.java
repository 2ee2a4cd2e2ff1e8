package dev.reticent.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle is logits.json, made by src/test/python/logits_oracle.py with transformers 5.23. */
class LogitsPipelineTest {

  static Stream<JsonNode> oracle() throws IOException {
    try (InputStream in = LogitsPipelineTest.class.getResourceAsStream("logits.json")) {
      return StreamSupport.stream(new ObjectMapper().readTree(in).spliterator(), false);
    }
  }

  @ParameterizedTest
  @MethodSource("oracle")
  void probabilitiesAreThoseOfTransformers(JsonNode row) {
    JsonNode p = row.get("parameters");
    SamplingParameters parameters =
        SamplingParameters.sampled()
            .withTemperature(p.path("temperature").asDouble(1))
            .withTopK(p.path("top_k").asInt(0))
            .withTopP(p.path("top_p").asDouble(1))
            .withMinP(p.path("min_p").asDouble(0))
            .withPenalties(
                p.path("repetition_penalty").asDouble(1),
                p.path("frequency_penalty").asDouble(0),
                p.path("presence_penalty").asDouble(0));
    float[] logits = floats(row.get("logits"));
    History history = new History(ints(row.get("prompt")));
    for (int id : ints(row.get("answer"))) {
      history.add(id);
    }
    LogitsPipeline pipeline = new LogitsPipeline(parameters);

    float[] penalised = pipeline.penalised(logits, history);
    assertThat(penalised)
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(floats(row.get("penalised")));

    double[] weights = pipeline.weights(penalised);
    double total = Arrays.stream(weights).sum();
    Logprobs logprobs = new Logprobs(logits);
    for (int i = 0; i < weights.length; i++) {
      double expected = row.get("probabilities").get(i).asDouble();
      assertThat(weights[i] / total).as("token %d", i).isCloseTo(expected, within(1e-6));
      assertThat(weights[i] > 0).as("token %d kept", i).isEqualTo(expected > 0);
      assertThat(logprobs.of(i)).isCloseTo(row.get("logprobs").get(i).asDouble(), within(1e-6));
    }
  }

  @Test
  void drawsFollowTheProbabilities() {
    float[] logits = {1, 2, 0, -1, 2.5f};
    LogitsPipeline pipeline = new LogitsPipeline(SamplingParameters.sampled().withTopK(3));
    SplittableRandom random = new SplittableRandom(5);
    int[] counts = new int[5];
    int n = 200_000;
    for (int i = 0; i < n; i++) {
      counts[pipeline.choose(logits, new History(new int[] {0}), List.of(), random)]++;
    }
    double total = Math.exp(1) + Math.exp(2) + Math.exp(2.5);
    // Four standard deviations of a binomial share are below 0.0045.
    assertThat(counts[0] / (double) n).isCloseTo(Math.exp(1) / total, within(0.0045));
    assertThat(counts[1] / (double) n).isCloseTo(Math.exp(2) / total, within(0.0045));
    assertThat(counts[4] / (double) n).isCloseTo(Math.exp(2.5) / total, within(0.0045));
    assertThat(counts[2] + counts[3]).isZero();
  }

  @Test
  void greedyTakesTheLowestOfTheLikeliest() {
    assertThat(choose(SamplingParameters.greedy(), 1, 3, 3, -2)).isEqualTo(1);
  }

  @Test
  void aTinyTemperatureIsGreedyToo() {
    assertThat(choose(SamplingParameters.sampled().withTemperature(1e-30), 1, 3, 3.5f, -2))
        .isEqualTo(2);
  }

  @Test
  void aBiasOfMinus100ExcludesATokenHoweverLikely() {
    SamplingParameters excluded =
        SamplingParameters.greedy().withLogitBias(Map.of(0, -100f, 2, 1.5f));
    assertThat(choose(excluded, 1e6f, 1, 0, -1)).isEqualTo(2);
  }

  @Test
  void tokensEqualToTheLastOfTopKAreKept() {
    double[] weights =
        new LogitsPipeline(SamplingParameters.sampled().withTopK(2))
            .weights(new float[] {1, 2, 1, 0});
    assertThat(weights[0]).isPositive().isEqualTo(weights[2]);
    assertThat(weights[3]).isZero();
  }

  @Test
  void topPNeverLeavesNothing() {
    assertThat(choose(SamplingParameters.sampled().withTopP(1e-12), 0, 0, 0.1f, 0)).isEqualTo(2);
  }

  @Test
  void logitsThatAreNoNumbersAreRefused() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> choose(SamplingParameters.greedy(), 0, bad, 1))
          .hasMessageContaining("logit of token 1 is " + bad);
    }
    assertThatThrownBy(() -> choose(SamplingParameters.greedy().withLogitBias(Map.of(0, -100f)), 7))
        .hasMessageContaining("No token is left");
  }

  @Test
  void theLikeliestAreReportedInOrder() {
    assertThat(new Logprobs(new float[] {0, 2, 1, 2}).top(3))
        .extracting(TokenLogprob::id)
        .containsExactly(1, 3, 2);
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    SamplingParameters base = SamplingParameters.greedy();
    assertThatThrownBy(() -> base.withTopP(0)).hasMessageContaining("top_p is 0.0");
    assertThatThrownBy(() -> base.withTemperature(Double.NaN)).hasMessageContaining("temperature");
    assertThatThrownBy(() -> base.withMinP(1.1)).hasMessageContaining("min_p is 1.1");
    assertThatThrownBy(() -> base.withLogitBias(Map.of(3, 101f)))
        .hasMessageContaining("logit_bias of token 3 is 101.0");
  }

  private static int choose(SamplingParameters parameters, float... logits) {
    return new LogitsPipeline(parameters)
        .choose(logits, new History(new int[] {0}), List.of(), new SplittableRandom(1));
  }

  private static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).floatValue();
    }
    return values;
  }

  private static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }
}

package dev.reticent.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reticent.config.Config;
import dev.reticent.config.UserInputException;
import dev.reticent.evaluation.recipe.EvaluationListener;
import dev.reticent.evaluation.recipe.EvaluationRecipe;
import dev.reticent.model.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever answers and wherever the rows lie, an evaluation finds the same. */
class SparkEvaluationTest {

  /** Ids from 1 to 12, whose order as numbers is not that of their letters. */
  private static final int ROWS = 12;

  private static final String TABLE = "held_out";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;

  private static JavaSparkContext context;

  @BeforeAll
  static void start() throws IOException {
    Files.write(
        rows(),
        IntStream.rangeClosed(1, ROWS)
            .mapToObj(
                i ->
                    "{\"key\": %d, \"question\": \"What is %d?\", \"answer\": \"It is %d.\"}"
                        .formatted(i, i, i % 5))
            .toList());
    context =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName("test")
                .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
                .set("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1"));
    session().read().json(rows().toString()).orderBy(functions.rand(3)).write().saveAsTable(TABLE);
  }

  @AfterAll
  static void stop() {
    context.close();
  }

  private static SparkSession session() {
    return SparkSession.builder().getOrCreate();
  }

  private static Path rows() {
    return folder.resolve("rows.jsonl");
  }

  /** Sampled, so that answers depend on each row's draws. */
  private static Config config(String name) {
    return Config.parse(
            name,
            """
            base: {foundation_model_name: %s}
            sampling: {temperature: 1, max_new_tokens: 4, batch_size: 5}
            dataset: {id_field: key}
            judge: {provider: stand_in}
            criteria: [answer_similarity]
            tensorboard: false
            """
                .formatted(Golden.folder("mistral-tiny")))
        .with("saving_dir", folder.resolve(name).toString());
  }

  private static Config ofTheTable(String name) {
    return config(name)
        .with("dataset.table", TABLE)
        .with("distributed.engine", "spark")
        .with("distributed.tasks", 3)
        .with("results_table", "graded");
  }

  @Test
  void aTableIsEvaluatedAsAFileWithTheSameRowsAndItsResultsAreATable() throws IOException {
    EvaluationRecipe.of(config("alone").with("dataset.file", rows().toString())).run(QUIET);
    EvaluationRecipe.of(ofTheTable("spark")).run(QUIET);
    for (String file : List.of("results.jsonl", "base/predictions.jsonl")) {
      assertThat(folder.resolve("spark").resolve(file))
          .hasSameTextualContentAs(folder.resolve("alone").resolve(file));
    }
    assertThat(summary("spark")).isEqualTo(summary("alone"));
    List<String> results = Files.readAllLines(folder.resolve("spark").resolve("results.jsonl"));
    assertThat(results).hasSize(ROWS);
    assertThat(session().table("graded").toJSON().collectAsList())
        .map(JSON::readTree)
        .containsExactlyInAnyOrderElementsOf(
            results.stream().map(SparkEvaluationTest::parsed).collect(Collectors.toList()));

    assertThatThrownBy(() -> EvaluationRecipe.of(ofTheTable("again")).run(QUIET))
        .isInstanceOf(UserInputException.class)
        .hasMessageStartingWith("table graded is there already");
    assertThat(folder.resolve("again")).doesNotExist();
  }

  @Test
  void rowsThatCannotBeToldApartAreRefused() {
    assertThatThrownBy(
            () ->
                EvaluationRecipe.of(
                        ofTheTable("twice")
                            .with("dataset.id_field", "answer")
                            .with("results_table", "none"))
                    .run(QUIET))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("dataset.id_field: two rows of held_out have the id It is");
  }

  private static final EvaluationListener QUIET = new EvaluationListener() {};

  /** All but when. */
  private static JsonNode summary(String name) throws IOException {
    ObjectNode summary =
        (ObjectNode) JSON.readTree(folder.resolve(name).resolve("summary.json").toFile());
    return summary.without("created");
  }

  private static JsonNode parsed(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

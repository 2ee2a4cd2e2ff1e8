package dev.reticent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
  enum Shape {
    COSINE,
    LINEAR
  }

  record Schedule(Shape name, int warmup) {
    static Schedule read(Section section) {
      return new Schedule(
          section.choice("name", Shape.class).describedAs("Its shape.").orElse(Shape.LINEAR),
          section.integer("warmup_steps").atLeast(0).describedAs("Warm-up.").orElse(0));
    }
  }

  record Settings(
      String model,
      int epochs,
      double rate,
      boolean enabled,
      Optional<String> note,
      List<String> stop,
      int batch,
      Schedule schedule,
      Optional<Schedule> extra) {
    static Settings read(Section section) {
      Settings settings =
          new Settings(
              section.text("model").describedAs("The model.").required(),
              section.integer("epochs").atLeast(1).describedAs("Passes.").orElse(3),
              section.number("rate").above(0.0).describedAs("Speed.").orElse(0.5),
              section.flag("enabled").describedAs("On.").orElse(true),
              section.text("note").describedAs("Words.").optional(),
              section.texts("stop").describedAs("Ends.").orElse(List.of()),
              section
                  .integer("batch")
                  .atLeast(1)
                  .alsoSpelt("deepspeed.batch")
                  .describedAs("Rows.")
                  .orElse(8),
              section.section("schedule", "The rate over time.", Schedule::read),
              section.optionalSection("extra", "Another.", Schedule::read));
      section.check(settings.batch >= settings.epochs, "less than epochs", "batch", "epochs");
      return settings;
    }
  }

  private static Settings read(String yaml, String... overrides) {
    return Config.parse("c.yaml", yaml).withOverrides(List.of(overrides)).as(Settings::read);
  }

  private static void fails(String yaml, List<String> overrides, String message) {
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(() -> read(yaml, overrides.toArray(String[]::new)))
        .withMessage(message);
  }

  @Test
  void valuesAreReadAndTheRestHasDefaults() {
    Settings s =
        read(
            """
            model: no
            rate: 1e-5
            enabled: True
            stop: [on, 010, "a b"]
            schedule: {name: cosine}
            """);
    assertThat(s)
        .isEqualTo(
            new Settings(
                "no",
                3,
                1e-5,
                true,
                Optional.empty(),
                List.of("on", "010", "a b"),
                8,
                new Schedule(Shape.COSINE, 0),
                Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epochs: 010   | c.yaml:2:9: epochs: found '010', expected a whole number of at least 1;"
            + " leave out the leading zero",
        "epochs: 1:30  | c.yaml:2:9: epochs: found '1:30', expected a whole number of at least 1",
        "epochs: 0     | c.yaml:2:9: epochs: found '0', expected a whole number of at least 1",
        "epochs: 1.0   | c.yaml:2:9: epochs: found '1.0', expected a whole number of at least 1",
        "epochs: 99999999999 | c.yaml:2:9: epochs: found '99999999999', expected a whole number of"
            + " at least 1",
        "epochs: \"3\" | c.yaml:2:9: epochs: found the text \"3\", expected a whole number of at"
            + " least 1",
        "epochs:       | c.yaml:2:8: epochs: found nothing, expected a whole number of at least 1",
        "epochs: [1]   | c.yaml:2:9: epochs: found [1], expected a whole number of at least 1",
        "rate: .nan    | c.yaml:2:7: rate: found '.nan', expected a number above 0.0",
        "enabled: on   | c.yaml:2:10: enabled: found 'on', expected true or false; write true",
        "enabled: no   | c.yaml:2:10: enabled: found 'no', expected true or false; write false",
        "epohcs: 3     | c.yaml:2:1: epohcs: unknown key; did you mean 'epochs'?",
        "warmup_steps: 3 | c.yaml:2:1: warmup_steps: unknown key; did you mean"
            + " 'schedule.warmup_steps'?",
        "schedule: {nmae: cosine} | c.yaml:2:12: schedule.nmae: unknown key; did you mean 'name'?",
        "schedule: {name: cosin} | c.yaml:2:18: schedule.name: found 'cosin', expected one of"
            + " cosine, linear; did you mean 'cosine'?",
        "schedule: 3   | c.yaml:2:11: schedule: found '3', expected a mapping with some of the keys"
            + " name, warmup_steps",
        "model: b      | c.yaml:2:1: model: given twice; the first is at c.yaml:1:1",
        "batch: 2      | c.yaml:2:1: batch: less than epochs",
        "note: !x 3    | c.yaml:2:7: the tag !x is not understood; remove it",
        "note: 'it     | c.yaml:3:1: not valid YAML: found unexpected end of stream",
      })
  void aProblemNamesPlaceKeyFoundAndExpected(String line, String message) {
    fails("model: a\n" + line + "\n", List.of(), message);
  }

  @Test
  void allProblemsAreToldAtOnceInTheOrderOfLinesThenOverrides() {
    fails(
        "epochs: ten\nrates: 1\nbatch: 4\ndeepspeed: {batch: 5}\n",
        List.of("enabled=maybe", "~schedul"),
        """
        c.yaml: 6 problems
          c.yaml:1:1: model: missing; expected a text
          c.yaml:1:9: epochs: found 'ten', expected a whole number of at least 1
          c.yaml:2:1: rates: unknown key; did you mean 'rate'?
          c.yaml:4:13: batch: given twice, in two spellings; the other is at c.yaml:3:1
          override '~schedul': schedul: not there, so it cannot be removed
          override 'enabled=maybe': enabled: found 'maybe', expected true or false\
        """);
  }

  @Test
  void overridesReplaceAddAndRemove() {
    Settings s =
        read(
            "model: a\nepochs: 5\ndeepspeed: {batch: 7}\nextra: {name: cosine}\n",
            "model=x: y",
            "~epochs",
            "batch=9",
            "schedule.warmup_steps=4",
            "stop=[a, 'b, c']",
            "~extra");
    assertThat(s.model()).isEqualTo("x: y");
    assertThat(s.epochs()).isEqualTo(3);
    assertThat(s.batch()).as("an override beats another spelling in the file").isEqualTo(9);
    assertThat(s.schedule().warmup()).isEqualTo(4);
    assertThat(s.stop()).containsExactly("a", "b, c");
    assertThat(s.extra()).isEmpty();
  }

  @Test
  void anOverrideIsNamedInItsError() {
    fails(
        "model: a",
        List.of("epochs"),
        "override 'epochs': expected key=value, or ~key to remove a key");
    fails(
        "model: a",
        List.of("model.size=3"),
        "override 'model.size=3': model at c.yaml:1:1 holds 'a' and has no keys inside");
    fails(
        "model: a",
        List.of("stop=[a"),
        "override 'stop=[a': not valid YAML: expected ',' or ']', but got <stream end>");
    fails(
        "model: a",
        List.of("eproch=3"),
        "override 'eproch=3': eproch: unknown key; did you mean 'epochs'?");
  }

  @Test
  void nullLeavesOutAnOptionalSectionAndAnOverrideFillsIt() {
    assertThat(read("model: a\nextra: null\nnote: ~").extra()).isEmpty();
    assertThat(read("model: a\nextra: {}").extra()).contains(new Schedule(Shape.LINEAR, 0));
    assertThat(read("model: a\nextra: null", "extra.name=cosine").extra())
        .contains(new Schedule(Shape.COSINE, 0));
  }

  @Test
  void codeCanSayAllThatYamlCan() {
    Settings inCode =
        Config.empty()
            .with("model", Path.of("models/x"))
            .with("rate", 1e-7)
            .with("schedule", Map.of("name", Shape.COSINE))
            .with("stop", List.of("3", "no"))
            .as(Settings::read);
    Settings inYaml =
        read("model: models/x\nrate: 1e-7\nschedule: {name: cosine}\nstop: ['3', 'no']");
    assertThat(inCode).isEqualTo(inYaml);
  }

  @Test
  void resolvedSettingsWriteOutEveryDefaultAndReadBackAlike() {
    Config config =
        Config.parse("c.yaml", "model: \"no\"\ndeepspeed: {batch: 3}\nstop: ['a\"\\n']\n");
    Config resolved = config.resolved(Settings::read);
    assertThat(resolved.toYaml())
        .isEqualTo(
            """
            model: "no"
            epochs: 3
            rate: 0.5
            enabled: true
            stop: ["a\\"\\\\n"]
            batch: 3
            schedule:
              name: linear
              warmup_steps: 0
            extra: null
            """);
    assertThat(Config.parse("r.yaml", resolved.toYaml()).as(Settings::read))
        .isEqualTo(config.as(Settings::read));
  }

  @Test
  void theReferenceComesFromTheSameDeclarations() {
    assertThat(Config.reference(Settings::read))
        .contains(
            new KeyReference("model", "a text", "required", "The model.", List.of()),
            new KeyReference(
                "batch", "a whole number of at least 1", "8", "Rows.", List.of("deepspeed.batch")),
            new KeyReference("extra", "a mapping", "none", "Another.", List.of()),
            new KeyReference(
                "extra.name", "one of cosine, linear", "linear", "Its shape.", List.of()))
        .hasSize(13);
  }

  @Test
  void aBombOfAliasesIsRefused() {
    StringBuilder yaml = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 60; i++) {
      yaml.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(() -> Config.parse("c.yaml", yaml.toString()))
        .withMessageContaining("aliases");
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(() -> Config.parse("c.yaml", "model: &m [*m]").as(Settings::read))
        .withMessageContaining("an alias that contains itself");
  }

  /** As the merge keys of YAML 1.1: what is written stands, then the first that has a key. */
  @Test
  void mergeKeysTakeOverWhatIsNotWritten() {
    String yaml =
        """
        a: &a {x: 1, y: 1}
        b: &b {y: 2, z: 2, <<: {w: 5}}
        one: {<<: *a, x: 0}
        two: {<<: [*a, *b]}
        """;
    Config config = Config.parse("c.yaml", yaml);
    String written =
        """
        a: {x: 1, y: 1}
        b: {y: 2, z: 2, w: 5}
        one: {x: 0, y: 1}
        two: {x: 1, y: 1, z: 2, w: 5}
        """;
    assertThat(config.toYaml()).isEqualTo(Config.parse("c.yaml", written).toYaml());
    assertThatExceptionOfType(UserInputException.class)
        .isThrownBy(() -> Config.parse("c.yaml", "a: {<<: 3}").as(Settings::read))
        .withMessageContaining("<<: expected a mapping");
  }
}

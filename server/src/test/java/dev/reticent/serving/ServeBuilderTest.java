package dev.reticent.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.Builders;
import dev.reticent.config.Config;
import dev.reticent.settings.ModelSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Typed code can configure all of a server that YAML can. */
class ServeBuilderTest {

  @Test
  void settingsFromCodeAndFromYamlAreEqual() {
    ServeConfig inCode =
        ServeConfig.builder()
            .model(m -> m.name(ModelSettings.EMBEDDED))
            .modelName("desk")
            .adaptersRoot(Path.of("runs"))
            .adapters(List.of("one"))
            .serving(s -> s.port(0).ui(false).allowedHosts(List.of("desk.test")).adapterRank(8))
            .build();
    ServeConfig fromYaml =
        ServeConfig.of(
            Config.parse(
                "typed.yaml",
                """
                foundation_model_name: reticent-tiny
                model_name: desk
                adapters_root: runs
                adapters: [one]
                serving: {port: 0, ui: false, allowed_hosts: [desk.test], adapter_rank: 8}
                """));
    assertThat(inCode).isEqualTo(fromYaml);
  }

  @Test
  void everyKeyHasItsMethod() {
    Builders.haveAllKeys(ServeConfig.builder(), ServeConfig::read, Set.of());
  }
}

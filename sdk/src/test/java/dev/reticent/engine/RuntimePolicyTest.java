package dev.reticent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RuntimePolicyTest {

  @Test
  void theLauncherSaysTheSame() throws IOException {
    String launcher = Files.readString(Path.of("..", "reticent"));
    Map<String, String> variables = new TreeMap<>(RuntimePolicy.malloc());
    variables.put(RuntimePolicy.MKL, RuntimePolicy.MKL_STRICT);
    variables.forEach(
        (name, value) -> assertThat(launcher).contains(name + "=${" + name + ":-" + value + "}"));
    assertThat(launcher).contains("memory=\"" + String.join(" ", RuntimePolicy.heap()) + "\"");
  }
}

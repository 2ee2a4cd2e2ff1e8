package dev.reticent.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that hands an optimizer what has no noise does not compile. */
class OptimizerInputTest {
  @TempDir Path classes;

  @Test
  void anOptimizerTakesNoisyMeansAndNothingElse() {
    String step = "optimizer.step(new float[1], %s, 0.1);";
    assertThat(errors(step.formatted("batch.accumulator(1).finish()"))).contains("ClippedSum");
    assertThat(errors(step.formatted("new float[1]"))).contains("float[]");
    assertThat(errors(step.formatted("mean"))).isEmpty();
  }

  private String errors(String body) {
    String source =
        """
        package outside;
        import dev.reticent.privacy.*;
        class Program {
          void make(PoissonBatch batch, MeanGradient mean, dev.reticent.training.Optimizer optimizer) {
            %s
          }
        }
        """
            .formatted(body);
    JavaFileObject unit =
        new SimpleJavaFileObject(
            URI.create("string:///outside/Program.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of(
            "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
    compiler.getTask(messages, null, null, options, null, List.of(unit)).call();
    return messages.toString();
  }
}

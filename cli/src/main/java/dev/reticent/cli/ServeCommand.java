package dev.reticent.cli;

import dev.reticent.serving.SamplingServer;
import dev.reticent.serving.ServeRecipe;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Serves models over HTTP. */
@Command(
    name = "serve",
    description = "Serves a base model and its fine-tuned adapters to any OpenAI client.",
    footer = {"", "For example:", "  ./reticent serve configs/serve.yaml", "More: docs/serving.md"},
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Override
  public Integer call() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    PrintWriter out = spec.commandLine().getOut();
    SamplingServer server = ServeRecipe.of(options.config()).start();
    try (CtrlC ctrlC = CtrlC.listen(asked::countDown)) {
      out.println("Serving at " + server.uri() + ", for OpenAI clients at " + server.uri() + "v1");
      out.println("Ctrl-C stops it when the answers under way are finished.");
      asked.await();
      out.println("Finishing the answers under way; Ctrl-C again ends at once.");
      server.close(); // while a second Ctrl-C is still heard
      return ctrlC.exitCode();
    }
  }
}

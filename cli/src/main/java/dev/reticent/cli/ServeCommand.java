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
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Override
  public Integer call() throws InterruptedException {
    SamplingServer server = ServeRecipe.of(options.config()).start();
    // Ctrl-C and kill: answers under way are finished, for as long as the config allows.
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-serving"));
    PrintWriter out = spec.commandLine().getOut();
    out.println("Serving at " + server.uri() + ", for OpenAI clients at " + server.uri() + "v1");
    out.println("Ctrl-C stops it when the answers under way are finished.");
    new CountDownLatch(1).await();
    return 0;
  }
}

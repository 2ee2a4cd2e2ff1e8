package dev.reticent.kernel;

import dev.reticent.api.Internal;
import dev.reticent.cli.Subcommand;
import dev.reticent.config.UserInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The Jupyter kernel. */
@Command(
    name = "kernel",
    description = "The Jupyter kernel with Reticent in it.",
    mixinStandardHelpOptions = true,
    subcommands = KernelCommand.Install.class)
@Internal
public final class KernelCommand implements Subcommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** For the service loader. */
  public KernelCommand() {}

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "kernel: say what to do, such as install");
  }

  /** Writes the kernelspec. */
  @Command(
      name = "install",
      description = "Makes Java with Reticent a kernel of Jupyter on this machine.",
      footer = {"", "For example:", "  ./reticent kernel install", "More: docs/notebooks.md"},
      mixinStandardHelpOptions = true)
  static final class Install implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
        names = "--jupyter-dir",
        paramLabel = "D",
        description =
            "Jupyter's data folder; without it JUPYTER_DATA_DIR, else the user's own (jupyter"
                + " --data-dir).")
    private Optional<Path> jupyter = Optional.empty();

    @Option(
        names = "--name",
        paramLabel = "NAME",
        defaultValue = "reticent",
        description = "The kernel's name; ${DEFAULT-VALUE} without it.")
    private String name = "";

    @Override
    public Integer call() {
      if (!name.matches("[A-Za-z0-9._-]+")) {
        throw new UserInputException(
            "--name: found '" + name + "'; use letters, digits, dots, dashes and underscores.");
      }
      Path folder =
          jupyter
              .orElseGet(KernelSpec::dataFolder)
              .toAbsolutePath()
              .resolve("kernels")
              .resolve(name);
      try {
        KernelSpec.here().write(folder);
      } catch (IOException e) {
        throw new UncheckedIOException("the kernelspec cannot be written", e);
      }
      spec.commandLine()
          .getOut()
          .println(
              "The kernel \"Java (Reticent)\" is in "
                  + folder
                  + "\nStart jupyter lab and choose it; the first cell may be: %reticent help");
      return 0;
    }
  }
}

package dev.reticent.cli;

import dev.reticent.api.Version;
import dev.reticent.config.UserInputException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/**
 * The {@code reticent} command.
 *
 * <p>Exits with 0 on success, 2 when the user can mend the input (a message, no stack trace) and 1
 * on a failure of ours.
 */
@Command(
    name = "reticent",
    description = "Fine-tunes language models on private data, with a privacy guarantee.",
    version = "reticent " + Version.OF_RETICENT,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      QuickstartCommand.class,
      FinetuneCommand.class,
      SampleCommand.class,
      ServeCommand.class,
      PlanCommand.class,
      DataCommand.class,
      MergeCommand.class,
      InspectCommand.class,
      SelfTestCommand.class,
      AuditCommand.class,
      TuneCommand.class,
      DoctorCommand.class,
      PrivacyCommand.class,
      AutoComplete.GenerateCompletion.class
    })
public final class Main {
  private static final int BAD_INPUT = 2;
  private static final int FAILURE = 1;

  private Main() {}

  public static void main(String[] args) {
    System.exit(
        run(
            args,
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8)));
  }

  /** The command with those of all modules that are there. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    ServiceLoader.load(Subcommand.class).forEach(line::addSubcommand);
    return line;
  }

  /** Runs a command; its exit code. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    // Handlers come last: picocli passes them on to the commands it knows by then.
    CommandLine line = commandLine();
    line.setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Main::badParameter)
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, err));
    try {
      return line.execute(args);
    } finally {
      out.flush();
      err.flush();
    }
  }

  private static int badParameter(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    if (args.length == 0) {
      command.usage(err);
      return BAD_INPUT;
    }
    err.println(e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("See " + command.getCommandSpec().qualifiedName() + " --help");
    return BAD_INPUT;
  }

  private static int failed(Exception e, PrintWriter err) {
    if (e instanceof UserInputException) {
      err.println(e.getMessage());
      return BAD_INPUT;
    }
    e.printStackTrace(err);
    return FAILURE;
  }
}

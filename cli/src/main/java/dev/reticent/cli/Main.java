package dev.reticent.cli;

import dev.reticent.api.Version;
import dev.reticent.config.UserInputException;
import dev.reticent.engine.Engine;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
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
    footer = {
      "",
      "Begin with ./reticent quickstart; ./reticent data FILE looks at rows of your",
      "own. ./reticent COMMAND --help has an example of each, and each file in",
      "configs/ opens with the command that runs it. README.md lists all pages."
    },
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

  /** Set when the process is told to end: what fails from then on, fails for want of its files. */
  private static volatile boolean ending;

  private Main() {}

  public static void main(String[] args) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> ending = true, "ending"));
    System.setProperty(Engine.OWN_PROCESS, "true");
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(args, new StandardOutput(), err));
  }

  /** Runs a command; what it printed and could not be written is a failure. */
  static int run(String[] args, StandardOutput output, PrintWriter err) {
    int code = run(args, new PrintWriter(output, true, StandardCharsets.UTF_8), err);
    output.failure().ifPresent(r -> err.println("The output could not be written: " + r + "."));
    return output.failure().isPresent() && code == 0 ? FAILURE : code;
  }

  /** The command with those of all modules that are there. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    ServiceLoader.load(Subcommand.class).forEach(line::addSubcommand);
    return line.setCaseInsensitiveEnumValuesAllowed(true); // last: it goes to those that are there
  }

  /** Runs a command; its exit code. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    // Handlers come last: picocli passes them on to the commands it knows by then.
    CommandLine line = commandLine();
    line.setOut(out)
        .setErr(err)
        .setParameterExceptionHandler(Main::badParameter)
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, err));
    try {
      return line.execute(args);
    } catch (OutOfMemoryError e) {
      err.println(
          "The JVM's memory of %d MB is full (%s). Give it more, as in RETICENT_JAVA_OPTIONS=-Xmx8g,"
                  .formatted(Runtime.getRuntime().maxMemory() >> 20, e.getMessage())
              + " or take a smaller lora_rank, fewer adapted modules or fewer rows.");
      return FAILURE;
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
    if (ending) {
      return FAILURE;
    }
    if (e instanceof UserInputException) {
      err.println(e.getMessage());
      return BAD_INPUT;
    }
    Optional<FileSystemException> refused = refused(e);
    if (refused.isPresent()) {
      err.println(inWords(refused.get()));
      return BAD_INPUT;
    }
    if (e instanceof UncheckedIOException failure) {
      err.println(inWords(failure));
      return BAD_INPUT;
    }
    e.printStackTrace(err);
    return FAILURE;
  }

  /** What could not be read or written, and why: a full disk, most of all. */
  private static String inWords(UncheckedIOException e) {
    String said = String.valueOf(e.getMessage());
    return Optional.ofNullable(e.getCause())
        .map(cause -> String.valueOf(cause.getMessage()))
        .map(why -> said.contains(why) ? why + "." : said + ": " + why + ".")
        .orElse(said + ".");
  }

  /** What the system refused, where that is all that went wrong. */
  private static Optional<FileSystemException> refused(Exception e) {
    return Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause)
        .filter(FileSystemException.class::isInstance)
        .map(FileSystemException.class::cast)
        .findFirst();
  }

  private static String inWords(FileSystemException e) {
    String reason;
    if (e instanceof AccessDeniedException) {
      reason = "permission denied; give this user the right to it, or name another place.";
    } else if (e instanceof NoSuchFileException) {
      reason = "there is no such file or folder, and it could not be made.";
    } else if (e instanceof FileAlreadyExistsException) {
      reason = "is a file already, where a folder is wanted; name another place.";
    } else {
      reason = Objects.requireNonNullElse(e.getReason(), "the system refused it") + ".";
    }
    return e.getFile() + ": " + reason;
  }
}

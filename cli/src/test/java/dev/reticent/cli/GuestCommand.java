package dev.reticent.cli;

import dev.reticent.config.UserInputException;
import picocli.CommandLine.Command;

/** Stands for a command of another module. */
@Command(name = "guest", mixinStandardHelpOptions = true)
public final class GuestCommand implements Subcommand {
  @Override
  public Integer call() {
    throw new UserInputException("guest: nothing to do");
  }
}

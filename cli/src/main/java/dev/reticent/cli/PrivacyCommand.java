package dev.reticent.cli;

import picocli.CommandLine.Command;

/** What a run would cost in privacy, how much noise it needs, whether one holds. */
@Command(
    name = "privacy",
    description =
        "Computes epsilon for a noise, and the noise, steps or sampling rate for an epsilon; checks"
            + " and packs runs.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      EpsilonCommand.class,
      NoiseCommand.class,
      StepsCommand.class,
      RateCommand.class,
      VerifyCommand.class,
      PackCommand.class
    })
final class PrivacyCommand {}

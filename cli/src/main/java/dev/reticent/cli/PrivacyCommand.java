package dev.reticent.cli;

import picocli.CommandLine.Command;

/** What a run would cost in privacy, or how much noise it needs; reads no data. */
@Command(
    name = "privacy",
    description =
        "Computes epsilon for a noise, and the noise, steps or sampling rate for an epsilon.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {EpsilonCommand.class, NoiseCommand.class, StepsCommand.class, RateCommand.class})
final class PrivacyCommand {}

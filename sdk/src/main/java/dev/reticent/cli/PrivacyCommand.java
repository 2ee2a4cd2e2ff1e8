package dev.reticent.cli;

import picocli.CommandLine.Command;

/** What a run would cost in privacy, or how much noise it needs; reads no data. */
@Command(
    name = "privacy",
    description = "Computes epsilon for a noise, or the noise for an epsilon.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {EpsilonCommand.class, NoiseCommand.class})
final class PrivacyCommand {}

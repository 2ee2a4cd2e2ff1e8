package dev.reticent.cli;

import java.util.concurrent.Callable;

/**
 * A command that another module adds to {@code reticent}: a class with picocli's {@code @Command},
 * named in its jar's {@code META-INF/services/dev.reticent.cli.Subcommand}.
 *
 * <p>{@link #call} gives the exit code. A {@link dev.reticent.config.UserInputException} becomes
 * its message and exit code 2, any other exception a stack trace and 1.
 */
public interface Subcommand extends Callable<Integer> {}

package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.config.Section;
import dev.reticent.privacy.RunRegistry;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The budget that all runs on the same data share.
 *
 * @param totalEpsilon the ε they may spend together
 * @param policy what happens to the run that would exceed it
 */
public record RegistrySettings(Path folder, double totalEpsilon, RunRegistry.Policy policy) {

  @Internal
  public RegistrySettings {}

  /** The registry, for runs with these settings. */
  public RunRegistry open(PrivacySettings privacy) {
    return new RunRegistry(folder, privacy.adjacency(), privacy.delta(), totalEpsilon, policy);
  }

  static Optional<RegistrySettings> read(Section section) {
    Optional<Path> folder =
        section
            .path("registry")
            .describedAs(
                """
                A folder, the same for all runs, where each is entered: their ε on the same training
                data is composed.\
                """)
            .optional();
    Optional<Double> total =
        section
            .number("total_epsilon")
            .above(0.0)
            .describedAs(
                "The ε that all runs on the same data may spend together; with `registry`.")
            .optional();
    RunRegistry.Policy policy =
        section
            .choice("registry_policy", RunRegistry.Policy.class)
            .describedAs(
                "Whether a run that would exceed `total_epsilon` is refused or only warned of.")
            .orElse(RunRegistry.Policy.REFUSE);
    section.check(
        folder.isPresent() == total.isPresent(),
        "goes with " + (total.isPresent() ? "registry" : "total_epsilon") + "; give both or none",
        total.isPresent() ? "total_epsilon" : "registry",
        total.isPresent() ? "registry" : "total_epsilon");
    return folder.flatMap(f -> total.map(t -> new RegistrySettings(f, t, policy)));
  }
}

package dev.reticent.settings;

import dev.reticent.api.Internal;
import dev.reticent.config.Section;
import java.util.Optional;

/**
 * Who computes the micro-batches of a run; whoever does, its result is the same.
 *
 * @param master where the engine's cluster is; empty for the one that the program was given to
 * @param tasks into how many parts a step is divided; empty for one for each executor or card
 * @param ledgerStore a second place for the ledger, which outlives this machine's disk
 */
public record DistributedSettings(
    Engine engine, Optional<String> master, Optional<Integer> tasks, Optional<String> ledgerStore) {

  @Internal
  public DistributedSettings {}

  /** What divides the work among machines. */
  public enum Engine {
    /** Nothing: this process computes all of it. */
    NONE,
    /** Spark's executors, by the module reticent-spark. */
    SPARK
  }

  static DistributedSettings read(Section section) {
    DistributedSettings cluster = readCluster(section);
    return new DistributedSettings(
        cluster.engine(),
        cluster.master(),
        cluster.tasks(),
        section
            .text("ledger_store")
            .describedAs(
                """
                A second place for the ledger of a private run, such as `s3a://bucket/run`: each
                line is an object there before the noise, so a run whose disk is lost goes on with
                all that it spent. Reached by the module reticent-spark, with any `engine`.\
                """)
            .optional());
  }

  /** Declares and reads what says the cluster, for what has no ledger. */
  @Internal
  public static DistributedSettings readCluster(Section section) {
    Optional<String> master =
        section
            .text("master")
            .describedAs(
                """
                Spark's master: `local[2]`, or `spark://host:7077`. Without it that of the cluster
                that the program was submitted to.\
                """)
            .optional();
    Optional<Engine> engine =
        section
            .choice("engine", Engine.class)
            .describedAs(
                """
                `spark` has Spark's executors compute; `none` this process alone, which is so unless a
                `master` is given. Needs the module reticent-spark.\
                """)
            .optional();
    section.check(
        engine.isEmpty() || engine.get() == Engine.SPARK || master.isEmpty(),
        "goes with engine: spark",
        "master",
        "engine");
    return new DistributedSettings(
        engine.orElse(master.isPresent() ? Engine.SPARK : Engine.NONE),
        master,
        section
            .integer("tasks")
            .atLeast(1)
            .describedAs(
                """
                Into how many parts the work is divided: a step, or the questions to answer. Without it
                one for each executor, or for each of its cards. Never changes a result.\
                """)
            .optional(),
        Optional.empty());
  }
}

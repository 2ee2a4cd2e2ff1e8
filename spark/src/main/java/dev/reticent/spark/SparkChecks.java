package dev.reticent.spark;

import dev.reticent.config.UserInputException;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** What of a cluster cannot be used, or should be known, before anything is computed on it. */
final class SparkChecks {

  private static final int OLDEST_MAJOR = 3;
  private static final int OLDEST_MINOR = 5;

  private SparkChecks() {}

  /**
   * The context of a session.
   *
   * @throws UserInputException when it has none, as over Spark Connect
   */
  static JavaSparkContext context(SparkSession session) {
    try {
      return JavaSparkContext.fromSparkContext(session.sparkContext());
    } catch (UnsupportedOperationException | LinkageError e) {
      throw new UserInputException(
          "This compute has no Spark context, as over Spark Connect: on Databricks take classic"
              + " compute with dedicated access, not standard access and not serverless.",
          e);
    }
  }

  /**
   * Looks at a cluster.
   *
   * @throws UserInputException when runs cannot be computed there
   */
  static void require(JavaSparkContext context, Consumer<String> notices) {
    requireVersion(context.version());
    SparkConf conf = context.getConf();
    requireNoCardsInLocalMode(conf);
    if (!context.isLocal() && !conf.getBoolean("spark.network.crypto.enabled", false)) {
      notices.accept(
          "sums without noise go from executors to the driver in clear text; set"
              + " spark.network.crypto.enabled and spark.io.encryption.enabled, or trust the"
              + " network");
    }
  }

  /** A version such as {@code 3.5.2} or {@code 4.0.0-preview1}. */
  static void requireVersion(String version) {
    String[] parts = version.split("[.-]");
    int major = Integer.parseInt(parts[0]);
    int minor = Integer.parseInt(parts[1]);
    if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR)) {
      throw new UserInputException(
          "This is Spark "
              + version
              + "; runs need 3.5 or newer. On Databricks take runtime 16.4 or a later one.");
    }
  }

  /** Spark would look for cards that nobody gives, and wait. */
  static void requireNoCardsInLocalMode(SparkConf conf) {
    boolean local = conf.get("spark.master", "").matches("local(\\[.*)?");
    if (local && conf.contains("spark.task.resource.gpu.amount")) {
      throw new UserInputException(
          "spark.task.resource.gpu.amount: Spark's local mode gives out no cards. Leave it away and"
              + " run without distributed, where devices: auto takes all cards of this machine; or"
              + " give a master such as spark://host:7077.");
    }
  }
}

package dev.reticent.spark;

import dev.reticent.api.Internal;
import dev.reticent.config.UserInputException;
import dev.reticent.run.Cluster;
import dev.reticent.run.ClusterEngine;
import dev.reticent.settings.DistributedSettings;
import dev.reticent.settings.DistributedSettings.Engine;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Spark as {@code distributed.engine}; the service that recipes find. A session that is there is
 * used as it is, whatever master the config names; else one is started.
 */
@Internal
public final class SparkEngine implements ClusterEngine {

  @Override
  public Engine engine() {
    return Engine.SPARK;
  }

  @Override
  public Cluster join(DistributedSettings settings, Consumer<String> notices) {
    requireSpark();
    return Start.cluster(settings, notices);
  }

  private static void requireSpark() {
    try {
      Class.forName("org.apache.spark.SparkConf", false, SparkEngine.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new UserInputException(
          "distributed.engine: spark needs Spark itself, which is not on the class path. Submit the"
              + " run with spark-submit --class dev.reticent.spark.Submit, or add"
              + " org.apache.spark:spark-sql_2.12.",
          e);
    }
  }

  /** Apart, so that the class above loads where Spark is missing. */
  private static final class Start {

    static Cluster cluster(DistributedSettings settings, Consumer<String> notices) {
      if (SparkEnv.get() != null) {
        return SparkCluster.of(
            JavaSparkContext.fromSparkContext(SparkSession.builder().getOrCreate().sparkContext()),
            settings.tasks(),
            SparkTables.ofCatalog(),
            notices);
      }
      SparkConf conf = new SparkConf();
      settings.master().ifPresent(conf::setMaster);
      if (!conf.contains("spark.master")) {
        throw new UserInputException(
            "distributed.master: missing, and the program was not submitted to a cluster; give one,"
                + " such as local[2] or spark://host:7077.");
      }
      if (conf.get("spark.master").matches("local(\\[.*)?")) {
        // Nobody else is there to talk to.
        conf.setIfMissing("spark.driver.host", "127.0.0.1")
            .setIfMissing("spark.driver.bindAddress", "127.0.0.1")
            .setIfMissing("spark.ui.enabled", "false");
      }
      return SparkCluster.start(conf, settings.tasks(), notices);
    }
  }
}

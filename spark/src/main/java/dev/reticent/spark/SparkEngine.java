package dev.reticent.spark;

import dev.reticent.config.UserInputException;
import dev.reticent.run.Cluster;
import dev.reticent.run.ClusterEngine;
import dev.reticent.run.FinetuneListener;
import dev.reticent.settings.DistributedSettings;
import dev.reticent.settings.DistributedSettings.Engine;
import dev.reticent.settings.FinetuneConfig;
import org.apache.spark.SparkConf;

/** Spark as {@code distributed.engine}; the service that the recipe finds. */
public final class SparkEngine implements ClusterEngine {

  @Override
  public Engine engine() {
    return Engine.SPARK;
  }

  @Override
  public Cluster join(FinetuneConfig config, FinetuneListener listener) {
    requireSpark();
    return Start.cluster(config.distributed(), listener);
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

    static Cluster cluster(DistributedSettings settings, FinetuneListener listener) {
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
      return SparkCluster.start(conf, settings.tasks(), listener);
    }
  }
}

package dev.reticent.spark;

import dev.reticent.config.UserInputException;
import dev.reticent.privacy.LedgerStore;
import dev.reticent.run.LedgerStores;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;

/**
 * Whatever Hadoop's file systems reach; the service that {@code distributed.ledger_store} finds.
 */
public final class HadoopLedgerStores implements LedgerStores {

  @Override
  public Optional<LedgerStore> open(URI place) throws IOException {
    if (place.getScheme() == null) {
      throw new UserInputException(
          "distributed.ledger_store: "
              + place
              + " does not say on which file system; begin it with s3a://, abfss://, gs:// or"
              + " file:.");
    }
    try {
      FileSystem files = FileSystem.get(place, configuration());
      return Optional.of(new HadoopLedgerStore(files, new Path(place)));
    } catch (UnsupportedFileSystemException e) {
      return Optional.empty();
    }
  }

  /** That of Spark, where it runs: it has the keys to the stores. */
  private static Configuration configuration() {
    return SparkEnv.get() == null
        ? new Configuration()
        : SparkSession.builder().getOrCreate().sparkContext().hadoopConfiguration();
  }
}

package dev.reticent.spark;

import dev.reticent.api.Internal;
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
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;

/**
 * Whatever Hadoop's file systems reach; the service that {@code distributed.ledger_store} finds.
 */
@Internal
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
      Path folder = new Path(place);
      requireAtomicCreation(files, folder);
      return Optional.of(new HadoopLedgerStore(files, folder));
    } catch (UnsupportedFileSystemException e) {
      return Optional.empty();
    }
  }

  /**
   * S3A looked for an object and then wrote it, until Hadoop 3.4.2: two drivers could both believe
   * that a line is theirs.
   */
  static void requireAtomicCreation(FileSystem files, Path folder) throws IOException {
    if (files.getScheme().startsWith("s3")
        && !files.hasPathCapability(folder, "fs.option.create.conditional.overwrite")) {
      throw new UserInputException(
          "distributed.ledger_store: %s of Hadoop %s may write over an object that another driver has just written, so a step could be charged once for two. Take hadoop-aws 3.4.2 or newer, with fs.s3a.create.conditional.enabled; or abfss://, gs:// or a disk."
              .formatted(folder, VersionInfo.getVersion()));
    }
  }

  /** That of Spark, where it runs: it has the keys to the stores. */
  private static Configuration configuration() {
    return SparkEnv.get() == null
        ? new Configuration()
        : SparkSession.builder().getOrCreate().sparkContext().hadoopConfiguration();
  }
}

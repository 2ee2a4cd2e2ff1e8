package dev.reticent.run;

import dev.reticent.config.Config;
import dev.reticent.settings.FinetuneConfig;
import dev.reticent.training.Crew;
import dev.reticent.training.Job;
import dev.reticent.training.LocalCrew;
import dev.reticent.training.PhysicalBatch;
import dev.reticent.training.Trainable;
import dev.reticent.training.Workers;

/**
 * The model of a run on a machine that computes micro-batches for it. It holds no data, no key and
 * no ledger: tokens come with each job, sums go back.
 */
public final class RemoteModel implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(RemoteModel.class.getName());

  private final LoadedModel model;
  private final TrainingTarget target;
  private final Trainable trainable;
  private final Crew crew;
  private String version = "";

  private RemoteModel(LoadedModel model, TrainingTarget target, Trainable trainable, Crew crew) {
    this.model = model;
    this.target = target;
    this.trainable = trainable;
    this.crew = crew;
  }

  /**
   * Loads the model that a config says, from the same path as everywhere else.
   *
   * @param threads that the engine may use
   */
  public static RemoteModel open(Config settings, int threads) {
    FinetuneConfig config = FinetuneConfig.of(settings);
    LoadedModel model = LoadedModel.open(config.model(), config.zeroStage(), RemoteModel::notice);
    TrainingTarget target = TrainingTarget.of(config, model.decoder().config());
    Trainable trainable =
        target.trainable(model.base(), model.decoders().decoders(), new float[target.size()]);
    PhysicalBatch physical = new PhysicalBatch(config.batch().physical(), RemoteModel::notice);
    Workers workers = Workers.of(config.model().devices().size(), threads);
    return new RemoteModel(model, target, trainable, new LocalCrew(trainable, physical, workers));
  }

  private static void notice(String notice) {
    LOG.log(System.Logger.Level.WARNING, notice);
  }

  /**
   * Does a job.
   *
   * @param valuesVersion names the values; they are copied only when it is another one
   * @param values what is trained, as it now stands
   * @return what {@link Job#results} reads
   */
  public synchronized byte[] run(String valuesVersion, float[] values, byte[] job) {
    if (!version.equals(valuesVersion)) {
      System.arraycopy(values, 0, trainable.values(), 0, trainable.values().length);
      trainable.upload();
      version = valuesVersion;
    }
    return Job.ofBytes(job).run(crew);
  }

  /** The values that the run starts from. */
  public float[] initial() {
    return target.initial(model.base(), model.decoders().decoders());
  }

  @Override
  public synchronized void close() {
    crew.close();
    trainable.close();
    model.close();
  }
}

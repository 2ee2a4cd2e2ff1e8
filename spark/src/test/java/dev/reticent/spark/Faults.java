package dev.reticent.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.apache.spark.resource.ResourceInformation;

/**
 * What goes wrong on executors, each once: a process killed in a task, one killed when its result
 * is stored and not fetched, and a task that takes so long that Spark starts a copy of it.
 */
public final class Faults implements SparkPlugin {

  /** A folder where each fault leaves a file, and each task that begins a line. */
  static final String FOLDER = "spark.reticent.faults";

  static final String TASKS = "tasks";

  /** The devices of the first task that was given any. */
  static final String CARDS = "cards";

  static final String IN_A_TASK = "killed-in-a-task";
  static final String SLOW = "slow";
  static final String WITH_A_RESULT = "killed-with-a-result";

  private static final int FIRST_STAGE = 2;

  @Override
  public DriverPlugin driverPlugin() {
    return new DriverPlugin() {};
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new OnExecutor();
  }

  private static final class OnExecutor implements ExecutorPlugin {
    private final ThreadLocal<Integer> stage = ThreadLocal.withInitial(() -> 0);
    private Path folder = Path.of("");

    @Override
    public void init(PluginContext context, Map<String, String> extra) {
      folder = Path.of(context.conf().get(FOLDER));
    }

    @Override
    public void onTaskStart() {
      TaskContext task = TaskContext.get();
      stage.set(task.stageId());
      String name = task.stageId() + "." + task.partitionId();
      note(name);
      ResourceInformation cards = task.resourcesJMap().get("gpu");
      if (cards != null) {
        once(CARDS, String.join(",", ExecutorModel.named(cards.addresses())));
      }
      if (task.stageId() >= FIRST_STAGE && once(IN_A_TASK, name)) {
        kill();
      }
      if (task.stageId() > FIRST_STAGE && once(SLOW, name)) {
        untilBegunAgain(name);
      }
    }

    /** There is no task's context any more. */
    @Override
    public void onTaskSucceeded() {
      if (stage.get() > FIRST_STAGE && once(WITH_A_RESULT, "" + stage.get())) {
        kill();
      }
    }

    private void note(String task) {
      try {
        Files.writeString(
            folder.resolve(TASKS),
            task + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** As slow as it takes for a second attempt to begin elsewhere, a minute at most. */
    private void untilBegunAgain(String task) {
      for (int i = 0; i < 600 && begun(task) < 2; i++) {
        sleep(100);
      }
    }

    private long begun(String task) {
      try (Stream<String> lines = Files.lines(folder.resolve(TASKS))) {
        return lines.filter(task::equals).count();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private boolean once(String fault, String task) {
      try {
        Files.writeString(folder.resolve(fault), task, StandardOpenOption.CREATE_NEW);
        return true;
      } catch (FileAlreadyExistsException e) {
        return false;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void kill() {
      try {
        new ProcessBuilder("kill", "-9", "" + ProcessHandle.current().pid()).start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      sleep(60_000);
    }

    private static void sleep(int milliseconds) {
      try {
        Thread.sleep(milliseconds);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

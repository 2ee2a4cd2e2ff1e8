package dev.reticent.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reticent.engine.RuntimePolicy;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

/** Executors are started as the launcher starts a process, but for what the user says. */
class ExecutorSettingsTest {

  @Test
  void executorsGetTheVariablesOfEveryProcessThatComputes() {
    SparkConf conf =
        ExecutorSettings.complete(
            new SparkConf(false)
                .set("spark.executor.cores", "3")
                .set("spark.executorEnv.MALLOC_ARENA_MAX", "2"));
    assertThat(conf.get("spark.executorEnv.OMP_NUM_THREADS")).isEqualTo("3");
    assertThat(conf.get("spark.executorEnv." + RuntimePolicy.MKL))
        .isEqualTo(RuntimePolicy.MKL_STRICT);
    RuntimePolicy.malloc()
        .forEach(
            (name, value) ->
                assertThat(conf.get("spark.executorEnv." + name))
                    .as(name)
                    .isEqualTo(name.equals("MALLOC_ARENA_MAX") ? "2" : value));
  }

  @Test
  void devicesOfATaskAreTheCardsThatItWasGiven() {
    assertThat(ExecutorModel.named(new String[] {"0", "3"})).containsExactly("cuda:0", "cuda:3");
    assertThat(ExecutorModel.named(new String[] {"cpu:1"})).containsExactly("cpu:1");
  }
}

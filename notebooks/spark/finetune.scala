// Databricks notebook source
// MAGIC %md
// MAGIC # Fine-tune on a table, with Spark's executors
// MAGIC **Not run on Databricks.** Dedicated compute, runtime 16.4 or 17.3, set up as docs/databricks.md says.

// COMMAND ----------

import dev.reticent.config.Config
import dev.reticent.run.FinetuneListener
import dev.reticent.spark.{SparkFinetuning, SparkSampling}
import org.apache.spark.api.java.JavaSparkContext

val config = Config.parse("cell", """
foundation_model_name: reticent-tiny
lora:
  lora_rank: 16
dataset:
  table: main.qa.rows
  privacy_unit: author
privacy:
  target_epsilon: 3
  delta: 1e-5
distributed:
  ledger_store: abfss://ledgers@ACCOUNT.dfs.core.windows.net/run-1
batch_size: 256
max_steps: 100
saving_dir: /local_disk0/reticent/run
""")
val context = JavaSparkContext.fromSparkContext(spark.sparkContext)
val result = SparkFinetuning.run(config, context, new FinetuneListener {
  override def notice(message: String): Unit = println(message)
})
println(result.statement)

// COMMAND ----------

val asked = Config.empty()
  .`with`("checkpoint_path", "/Volumes/main/qa/models/run")
  .`with`("max_new_tokens", Integer.valueOf(64))

// COMMAND ----------

// MAGIC %sh cp -r /local_disk0/reticent/run /Volumes/main/qa/models/

// COMMAND ----------

SparkSampling.answer(asked, spark.table("main.qa.questions")).write.saveAsTable("main.qa.answers")

// COMMAND ----------

import dev.reticent.evaluation.recipe.EvaluationRecipe

val evaluation = Config.parse("cell", """
distributed: {engine: spark}
dataset: {table: main.qa.held_out, id_field: id}
dp: {checkpoint_path: /local_disk0/reticent/run}
judge: {provider: stand_in}
results_table: main.qa.graded
saving_dir: /local_disk0/reticent/evaluation
""")
EvaluationRecipe.of(evaluation).run()

// COMMAND ----------

display(spark.table("main.qa.graded"))

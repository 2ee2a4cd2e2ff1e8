# Databricks notebook source
# MAGIC %md
# MAGIC # Fine-tune on a table, with Spark's executors, from Python
# MAGIC **Not run on Databricks.** Dedicated compute, runtime 16.4 or 17.3, set up as docs/databricks.md says. The JVM gateway is
# MAGIC there on dedicated compute alone.

# COMMAND ----------

jvm = spark.sparkContext._jvm
Config = jvm.dev.reticent.config.Config

config = Config.parse("cell", """
foundation_model_name: reticent-tiny
lora:
  lora_rank: 16
dataset:
  table: main.qa.rows
  privacy_unit: author
privacy:
  target_epsilon: 3
  delta: 1e-5
batch_size: 256
max_steps: 100
saving_dir: /local_disk0/reticent/run
""")
result = jvm.dev.reticent.spark.SparkFinetuning.run(config, spark.sparkContext._jsc)
print(result.statement())

# COMMAND ----------

# MAGIC %sh cp -r /local_disk0/reticent/run /Volumes/main/qa/models/

# COMMAND ----------

from pyspark.sql import DataFrame

asked = getattr(Config.empty(), "with")("checkpoint_path", "/Volumes/main/qa/models/run")
answers = jvm.dev.reticent.spark.SparkSampling.answer(asked, spark.table("main.qa.questions")._jdf)
DataFrame(answers, spark).write.saveAsTable("main.qa.answers")

# COMMAND ----------

evaluation = Config.parse("cell", """
distributed: {engine: spark}
dataset: {table: main.qa.held_out, id_field: id}
dp: {checkpoint_path: /local_disk0/reticent/run}
judge: {provider: stand_in}
results_table: main.qa.graded
saving_dir: /local_disk0/reticent/evaluation
mlflow: {tracking_uri: "https://WORKSPACE", experiment: /Users/ME/qa, token_env: DATABRICKS_TOKEN}
""")
jvm.dev.reticent.evaluation.recipe.EvaluationRecipe.of(evaluation).run()
display(spark.table("main.qa.graded"))

# COMMAND ----------

import mlflow

with mlflow.start_run():
    mlflow.log_artifacts("/Volumes/main/qa/models/run", "adapter")

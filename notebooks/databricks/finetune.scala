// Databricks notebook source
// MAGIC %md
// MAGIC # Fine-tune with differential privacy on Databricks
// MAGIC **Not run on Databricks.** Dedicated compute, runtime 16 or later, Reticent's jars attached as libraries: docs/databricks.md.

// COMMAND ----------

// MAGIC %sh mkdir -p /local_disk0/reticent && cp /Volumes/CATALOG/SCHEMA/VOLUME/train.jsonl /local_disk0/reticent/

// COMMAND ----------

import dev.reticent.config.Config
import dev.reticent.kernel.{Rerun, Reticent}

val config = Config.parse("cell", """
foundation_model_name: reticent-tiny
sample_type: instruct
lora:
  lora_attn_modules: [q_proj, k_proj, v_proj, output_proj]
  lora_rank: 16
dataset:
  train_file: /local_disk0/reticent/train.jsonl
  max_length: 64
privacy:
  target_epsilon: 3
  delta: 1e-5
batch_size: 256
max_steps: 100
saving_dir: /local_disk0/reticent/run
""")
displayHTML(Reticent.html(Reticent.plan(config)))

// COMMAND ----------

val run = Reticent.finetune(config, Rerun.RESUME)
displayHTML(Reticent.html(run))

// COMMAND ----------

displayHTML(Reticent.html(run.epsilonChart()))

// COMMAND ----------

val asked = Config.empty()
  .`with`("checkpoint_path", "/local_disk0/reticent/run")
  .`with`("prompts", java.util.Arrays.asList("How do I delete table /rooms/games in zone harbor?"))
  .`with`("saving_dir", "/local_disk0/reticent/answers")
displayHTML(Reticent.html(Reticent.sample(asked)))

// COMMAND ----------

// MAGIC %sh cp -r /local_disk0/reticent/run /Volumes/CATALOG/SCHEMA/VOLUME/

"""Prints what MLflow's own client finds in an experiment: python mlflow_reader.py URI EXPERIMENT."""

import json
import os
import sys

os.environ["MLFLOW_TRACKING_TOKEN"] = "unused"
import mlflow

uri, name = sys.argv[1:]
mlflow.set_tracking_uri(uri)
client = mlflow.MlflowClient()
experiment = client.get_experiment_by_name(name)
found = []
for run in client.search_runs([experiment.experiment_id]):
    table = client.load_table(
        experiment.experiment_id, "eval_results_table.json", run_ids=[run.info.run_id]
    )
    found.append(
        {
            "name": run.info.run_name,
            "status": run.info.status,
            "metrics": run.data.metrics,
            "params": run.data.params,
            "tags": run.data.tags,
            "artifacts": [file.path for file in client.list_artifacts(run.info.run_id)],
            "rows": len(table),
            "columns": list(table.columns),
        }
    )
print(json.dumps(found))

"""Makes the folders under src/test/resources with Hugging Face datasets: FOLDER."""
import sys
from datasets import Dataset, DatasetDict, Features, List, Value

folder = sys.argv[1]
rows = [{"instruction": f"Say {i}.", "input": "in words" if i % 2 else "", "output": f"answer {i}"} for i in range(8)]
train = Dataset.from_list(rows[:6])
DatasetDict({"train": train, "test": Dataset.from_list(rows[6:])}).save_to_disk(f"{folder}/alpaca", num_shards={"train": 2, "test": 1})
talks = [{"conversations": {"from": ["human", "gpt"], "value": [f"q{i}", f"a{i}"]}} for i in range(3)]
features = Features({"conversations": {"from": List(Value("string")), "value": List(Value("string"))}})
Dataset.from_list(talks, features=features).save_to_disk(f"{folder}/talks")

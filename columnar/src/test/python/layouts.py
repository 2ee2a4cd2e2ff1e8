"""Writes the same few rows in every layout and every format: FOLDER gets LAYOUT.ENDING files, and folders LAYOUT.datasets."""
import csv, gzip, json, os, sys
import pyarrow as pa
import pyarrow.parquet as pq

folder = sys.argv[1]
asked = [("Say \"hi\", ä;\tnow", "hi"), ("Two\nlines?", "yes\nno"), ("差?", " kept ")]
layouts = {
    "messages": lambda q, a: {"messages": [{"role": "user", "content": q}, {"role": "assistant", "content": a}]},
    "sharegpt": lambda q, a: {"conversations": [{"from": "human", "value": q}, {"from": "gpt", "value": a}]},
    "alpaca": lambda q, a: {"instruction": q, "input": "", "output": a},
    "dolly": lambda q, a: {"instruction": q, "context": "", "response": a, "category": "open_qa"},
    "prompt_response": lambda q, a: {"prompt": q, "response": a},
    "prompt_completion": lambda q, a: {"prompt": q, "completion": a},
    "question_answer": lambda q, a: {"question": q, "answer": a},
    "question_response": lambda q, a: {"question": q, "response": a},
    "text": lambda q, a: {"text": q + a},
}


def table(path, rows, delimiter):
    """Lists stand in their cells as JSON."""
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        for row in rows:
            writer.writerow({key: value if isinstance(value, str) else json.dumps(value) for key, value in row.items()})


def saved(path, columns):
    """What datasets' save_to_disk writes, in two parts; make_datasets.py has the library itself write such a folder."""
    os.mkdir(path)
    parts = [columns.slice(0, 2), columns.slice(2)]
    names = [f"data-{number:05}-of-{len(parts):05}.arrow" for number in range(len(parts))]
    for name, part in zip(names, parts):
        with pa.ipc.new_stream(f"{path}/{name}", columns.schema) as out:
            out.write_table(part)
    state = {"_data_files": [{"filename": name} for name in names], "_indices_data_files": None}
    open(f"{path}/state.json", "w").write(json.dumps(state))


for layout, make in layouts.items():
    rows = [make(question, answer) for question, answer in asked]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    name = f"{folder}/{layout}"
    open(f"{name}.jsonl", "w", encoding="utf-8").write(lines)
    open(f"{name}.json", "w", encoding="utf-8").write(json.dumps(rows, indent=1))
    gzip.open(f"{name}.jsonl.gz", "wt", encoding="utf-8").write(lines)
    table(f"{name}.csv", rows, ",")
    table(f"{name}.tsv", rows, "\t")
    columns = pa.Table.from_pylist(rows)
    pq.write_table(columns, f"{name}.parquet")
    saved(f"{name}.datasets", columns)
    for ending, writer in [("stream.arrow", pa.ipc.new_stream), ("file.arrow", pa.ipc.new_file)]:
        with writer(f"{name}.{ending}", columns.schema) as out:
            out.write_table(columns)

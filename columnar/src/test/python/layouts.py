"""Writes the same few rows in every layout and every format: FOLDER gets LAYOUT.ENDING files."""
import csv, gzip, json, sys
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
    for ending, writer in [("stream.arrow", pa.ipc.new_stream), ("file.arrow", pa.ipc.new_file)]:
        with writer(f"{name}.{ending}", columns.schema) as out:
            out.write_table(columns)

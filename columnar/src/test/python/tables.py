"""Writes one table of many types in every format that this module reads, and its rows as JSON: FOLDER."""
import datetime, decimal, json, os, sys
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
N = 2500
message = pa.struct([("role", pa.string()), ("content", pa.string()), ("weight", pa.int32())])
rows = [
    {
        "messages": None
        if i % 7 == 3
        else [{"role": "user", "content": f"q{i} ä", "weight": None}, {"role": "assistant", "content": "差" * (i % 5), "weight": i % 2}],
        "text": None if i % 11 == 0 else f"text {i}" * (i % 4),
        "small": i % 100 - 50,
        "unsigned": 2**32 - 1 - i,
        "huge": 2**64 - 1 - i,
        "double": i / 7,
        "truth": None if i % 3 == 0 else i % 2 == 0,
        "category": ["a", "b", None][i % 3],
        "tags": [[], ["x"], ["y", None]][i % 3],
        "pair": [i, i + 1],
        "nested": {"deep": {"n": i, "list": [[i], []]}},
        "price": decimal.Decimal(i).scaleb(-2),
        "day": datetime.date(2020, 1, 1) + datetime.timedelta(days=i),
        "seen": datetime.datetime(2020, 1, 1, 12, 0, 0, 5000, datetime.timezone.utc) + datetime.timedelta(hours=i),
        "counts": [("k", i)],
        "nothing": None,
    }
    for i in range(N)
]
schema = pa.schema(
    [
        ("messages", pa.list_(message)),
        ("text", pa.string()),
        ("small", pa.int8()),
        ("unsigned", pa.uint32()),
        ("huge", pa.uint64()),
        ("double", pa.float64()),
        ("truth", pa.bool_()),
        ("category", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("pair", pa.list_(pa.int64(), 2)),
        ("nested", pa.struct([("deep", pa.struct([("n", pa.int64()), ("list", pa.list_(pa.list_(pa.int64())))]))])),
        ("price", pa.decimal128(10, 2)),
        ("day", pa.date32()),
        ("seen", pa.timestamp("us", tz="UTC")),
        ("counts", pa.map_(pa.string(), pa.int64())),
        ("nothing", pa.null()),
    ]
)
table = pa.Table.from_pylist(rows, schema=schema)

with open(f"{folder}/rows.jsonl", "w", encoding="utf-8") as out:
    for row in table.to_pylist():
        row["price"] = float(row["price"])
        row["day"] = row["day"].isoformat()
        row["seen"] = int(row["seen"].timestamp() * 1e6)
        row["counts"] = dict(row["counts"])
        out.write(json.dumps(row) + "\n")

for codec in ["none", "snappy", "zstd", "gzip", "lz4"]:
    pq.write_table(table, f"{folder}/{codec}.parquet", compression=codec, row_group_size=700, data_page_size=4096)
pq.write_table(table, f"{folder}/pages2.parquet", data_page_version="2.0", use_dictionary=False, column_encoding={"text": "DELTA_BYTE_ARRAY"})


def arrow(name, table, writer=pa.ipc.new_stream):
    with writer(f"{folder}/{name}", table.schema) as out:
        for batch in table.to_batches(max_chunksize=700):
            out.write_batch(batch)


arrow("stream.arrow", table)
arrow("file.arrow", table, pa.ipc.new_file)
arrow("sliced.arrow", pa.concat_tables([table.slice(0, 13), table.slice(13)]))
views = table.set_column(1, "text", table["text"].cast(pa.string_view()))
arrow("views.arrow", views)
large = table.set_column(1, "text", table["text"].cast(pa.large_string()))
arrow("large.arrow", large)
encoded = table.set_column(7, "category", table["category"].combine_chunks().dictionary_encode())
arrow("dictionary.arrow", encoded)
pyarrow.feather.write_feather(table.select(["text"]), f"{folder}/packed.arrow", compression="zstd")
with open(f"{folder}/stream.arrow", "rb") as whole, open(f"{folder}/broken.arrow", "wb") as part:
    part.write(whole.read()[:20000])

"""Serves a log folder with the real TensorBoard and prints what its HTTP pages hold, a fact a line.

    python read_back.py LOGDIR fast|slow [--hparams]
"""

import json
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

logdir, loader = sys.argv[1:3]
server = subprocess.Popen(
    [sys.executable, "-m", "tensorboard.main", "--logdir", logdir, "--host", "127.0.0.1", "--port", "0",
     "--reload_interval", "1", "--samples_per_plugin", "scalars=100000",
     "--load_fast", "true" if loader == "fast" else "false"],
    stderr=subprocess.PIPE, text=True)
try:
    base = None
    for line in server.stderr:
        found = re.search(r"http://[^ ]+", line)
        if found:
            base = found.group(0)
            break

    def get(path, data=None, **query):
        url = base + "data/" + path + ("?" + urllib.parse.urlencode(query) if query else "")
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def get_json(path, data=None, **query):
        return json.loads(get(path, data, **query))

    # Loading goes on behind the server: wait until the tags stay the same.
    before, same = None, 0
    for _ in range(60):
        now = get("plugin/scalars/tags")
        same = same + 1 if now == before and now != b"{}" else 0
        before = now
        if same == 3:
            break
        time.sleep(1)

    for run, tags in sorted(get_json("plugin/scalars/tags").items()):
        for tag, about in sorted(tags.items()):
            points = get_json("plugin/scalars/scalars", run=run, tag=tag)
            steps = [point[1] for point in points]
            print("scalar", run, tag, steps[0], steps[-1], len(steps), points[-1][2], about["displayName"])
    for run, tags in sorted(get_json("plugin/text/tags").items()):
        for tag in sorted(tags):
            print("text", run, tag, get_json("plugin/text/text", run=run, tag=tag)[0]["text"].replace("\n", ""))
    for run, tags in sorted(get_json("plugin/histograms/tags").items()):
        for tag in sorted(tags):
            wall, step, buckets = get_json("plugin/histograms/histograms", run=run, tag=tag)[0]
            print("histogram", run, tag, step, len(buckets), sum(bucket[2] for bucket in buckets))
    for run, tags in sorted(get_json("plugin/images/tags").items()):
        for tag in sorted(tags):
            image = get_json("plugin/images/images", run=run, tag=tag, sample=0)[0]
            png = get("plugin/images/individualImage?" + image["query"])
            size = [int.from_bytes(png[at:at + 4], "big") for at in (16, 20)]
            print("image", run, tag, size[0], size[1], png[1:4].decode())
    layout = get_json("plugin/custom_scalars/layout")
    for category in layout.get("category", []):
        for chart in category["chart"]:
            print("chart", category["title"], chart["title"], "multiline" if "multiline" in chart else "margin")
    groups = get_json("plugin/hparams/session_groups", {
        "experimentName": "", "allowedStatuses": ["STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING", "STATUS_UNKNOWN"],
        "colParams": [], "startIndex": 0, "sliceSize": 10}) if "--hparams" in sys.argv else {}
    if "--hparams" in sys.argv:
        experiment = get_json("plugin/hparams/experiment", {"experimentName": ""})
        print("metrics", *sorted({info["name"]["tag"] for info in experiment["metricInfos"]}))
    for group in groups.get("sessionGroups", []):
        print("hparams", json.dumps(group["hparams"], sort_keys=True), group["sessions"][0]["status"])
finally:
    server.terminate()
    server.wait()

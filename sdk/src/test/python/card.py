"""What a card is worth: parity, kernels, training, decoding, loading and memory in one run, PyTorch and peft beside ours.

    mvn -q -pl sdk -am test-compile dependency:build-classpath -Dmdep.outputFile=target/test-cp.txt -Dmdep.includeScope=test
    python sdk/src/test/python/card.py                    # Mistral-7B's shape with random weights on cuda:0
    python sdk/src/test/python/card.py --device cpu       # a small shape, to see that it runs

Needs a JDK, the built project, and a Python with torch, transformers and peft; on a card a libtorch for it, as
docs/gpu.md says, and 20 GB in the folder for temporary files. Takes about five minutes. Contenders run one after the
other, each a process of its own that loads the model once.
"""

import argparse
import json
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import benchmark

TINY = dict(layers=2, hidden=64, heads=4, groups=2, intermediate=192, vocabulary=512)


class Card:
    """What nvidia-smi says of the card, asked five times a second."""

    def __init__(self, device):
        self.seen = []
        self.running = device != "cpu"
        if self.running:
            threading.Thread(target=self.watch, daemon=True).start()

    def watch(self):
        while self.running:
            fields = subprocess.run(["nvidia-smi", "--query-gpu=memory.used,utilization.gpu", "--format=csv,noheader,nounits"],
                                    capture_output=True, text=True).stdout.splitlines()
            if fields:
                self.seen.append((time.time(), *map(int, fields[0].split(","))))
            time.sleep(0.2)

    def since(self, start):
        """The most memory in MB, and the mean share of time in which the card was busy."""
        seen = [(memory, busy) for at, memory, busy in self.seen if at >= start]
        if not seen:
            return "-", "-"
        return max(m for m, _ in seen), f"{statistics.mean(b for _, b in seen):.0f} %"


class Contender:
    def __init__(self, name, command, card):
        self.name = name
        self.card = card
        begin = time.time()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answer("ready")
        self.loading = time.time() - begin

    def answer(self, wanted=None):
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"{self.name} ended")
            if wanted is None or line.strip() == wanted:
                return line

    def rounds(self, work):
        start = time.time()
        self.process.stdin.write(json.dumps(work) + "\n")
        self.process.stdin.flush()
        seconds = [float(s) for s in self.answer().split()]
        memory, busy = self.card.since(start)
        return seconds, memory, busy

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def named():
    return subprocess.run(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"], capture_output=True,
                          text=True).stdout.splitlines()[0]


def java(options, main, arguments):
    return [options.java, "-Xmx8g", f"-Dai.djl.pytorch.num_threads={options.threads}", "-Dai.djl.offline=true", "-cp",
            options.classes, main, *arguments]


def said(options, title, main):
    print(f"\n{title}", flush=True)
    print(subprocess.run(java(options, main, [options.device]), capture_output=True, text=True).stdout, end="", flush=True)


def works(options, shape, private):
    """What every contender does: decoding first, since peft changes the model."""
    rng = random.Random(0)

    def ids(rows, count):
        return [[rng.randrange(3, shape["vocabulary"]) for _ in range(count)] for _ in range(rows)]

    all = []
    for rows in options.decoded:
        work = dict(do="decode", ids=ids(rows, options.prompt), new_tokens=options.new, rounds=min(2, options.rounds))
        all.append((f"decoding, {rows} x ({options.prompt} + {options.new})", rows * options.new, work))
    for rows in options.rows:
        for dp in private:
            work = dict(do="train", ids=ids(rows, options.tokens), private=dp, rounds=options.warmup + options.rounds)
            all.append((f"training{', DP' if dp else ''}, {rows} x {options.tokens}", rows * options.tokens, work))
    return all


def run(options, name, command, private, card, shape, found):
    try:
        contender = Contender(name, command, card)
        print(f"\n{name}: process started and model loaded in {contender.loading:.1f} s", flush=True)
        for title, tokens, work in works(options, shape, private):
            seconds, memory, busy = contender.rounds(work)
            best = min(seconds[1:] or seconds)
            found[name, title] = tokens / best
            print(f"  {title:38} best {best:8.4f} s  median {statistics.median(seconds[1:] or seconds):8.4f}  first {seconds[0]:7.3f}"
                  f"  {tokens / best:9.1f} tokens/s  card {memory} MB, {busy} busy", flush=True)
        contender.close()
    except Exception as e:  # the others are worth their time
        print(f"  {name} failed: {e}", flush=True)


def ratios(found):
    python = "PyTorch + peft, bf16 base"
    print()
    for (name, title), speed in found.items():
        plain = title.replace(", DP", "")
        if name != python and (python, plain) in found:
            print(f"  {name + ', ' + title:62}{speed / found[python, plain]:6.2f} x PyTorch's tokens/s")
    for (name, title), speed in found.items():
        if name == "ours, NF4 base" and title.startswith("decoding") and ("ours, bf16 base", title) in found:
            print(f"  {title + ', NF4 over bf16':62}{speed / found['ours, bf16 base', title]:6.2f}")


def bandwidth(found, shape, options):
    """The share of what the memory can deliver that a lone row's decoding reads: all matrices but the table, in bf16."""
    import torch

    title = f"decoding, 1 x ({options.prompt} + {options.new})"
    if options.device == "cpu" or ("ours, bf16 base", title) not in found:
        return
    x = torch.empty(1 << 30, dtype=torch.bfloat16, device=options.device)
    y = torch.empty_like(x)
    y.copy_(x)
    torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(10):
        y.copy_(x)
    torch.cuda.synchronize()
    most = 10 * 2 * 2 * x.numel() / (time.perf_counter() - start)
    hidden, wide = shape["hidden"], shape["intermediate"]
    narrow = hidden // shape["heads"] * shape["groups"]
    weights = shape["layers"] * (2 * hidden * hidden + 2 * narrow * hidden + 3 * hidden * wide) + shape["vocabulary"] * hidden
    used = 2 * weights * found["ours, bf16 base", title]
    print(f"  a copy moves {most / 1e9:.0f} GB/s; decoding one row in bf16 reads {used / 1e9:.0f} GB/s of weights, {used / most:.2f} of it")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="", help="cuda:0 where there is a card, else cpu")
    parser.add_argument("--layers", type=int, default=0, help="of the shape, where the whole takes too long")
    parser.add_argument("--classes", default="", help="the class path of the tests, where Maven did not write it")
    parser.add_argument("--java", default="java")
    parser.add_argument("--quick", action="store_true", help="training, decoding and loading alone")
    parser.add_argument("--folder", default=None, help="for temporary files, such as /dev/shm")
    options = parser.parse_args()
    import torch

    options.device = options.device or ("cuda:0" if torch.cuda.is_available() else "cpu")
    card = options.device != "cpu"
    if not options.classes:
        target = benchmark.SDK / "target"
        options.classes = ":".join([str(target / "test-classes"), str(target / "classes"), (target / "test-cp.txt").read_text()])
    shape = dict(benchmark.MISTRAL_7B if card else TINY)
    shape["layers"] = options.layers or shape["layers"]
    options.threads, options.warmup, options.rounds = (8, 2, 3) if card else (1, 0, 1)
    options.tokens, options.rows = (1024, [1, 4]) if card else (16, [2])
    options.prompt, options.new, options.decoded = (32, 128, [1, 16]) if card else (8, 4, [2])
    print(f"{named() if card else 'cpu'}, torch {torch.__version__} in Python, {shape}", flush=True)
    if not options.quick:
        said(options, "Largest difference of a tiny model's logits from transformers', fp32", "dev.reticent.model.DeviceParity")
        said(options, "Kernels of our own beside libtorch's operators", "dev.reticent.model.KernelBenchmark")
    watched = Card(options.device)
    found = {}
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        begin = time.time()
        # In a process of its own, which leaves nothing on the card
        subprocess.run([sys.executable, "-c", f"import benchmark; benchmark.make_model({folder!r}, {shape}, {options.device!r})"],
                       check=True, cwd=pathlib.Path(__file__).parent)
        print(f"\nrandom weights written in {time.time() - begin:.1f} s", flush=True)
        python = [sys.executable, str(pathlib.Path(__file__).with_name("card_torch.py")),
                  json.dumps(dict(folder=folder, device=options.device))]
        run(options, "PyTorch + peft, bf16 base", python, [False], watched, shape, found)
        for name, kind in (("ours, NF4 base", "NF4"), ("ours, bf16 base", "NONE")):
            spec = json.dumps(dict(folder=folder, device=options.device, quantization=kind))
            run(options, name, java(options, "dev.reticent.training.CardBenchmark", [spec]),
                [True, False] if kind == "NF4" and not options.quick else [True], watched, shape, found)
    ratios(found)
    bandwidth(found, shape, options)


if __name__ == "__main__":
    main()

"""What a card is worth: parity, training, decoding, loading and memory in one run, PyTorch and peft beside ours.

    mvn -q -pl sdk -am test-compile dependency:build-classpath -Dmdep.outputFile=target/test-cp.txt -Dmdep.includeScope=test
    python sdk/src/test/python/card.py                    # every card's figures are those of cuda:0
    python sdk/src/test/python/card.py --device cpu       # a small shape, to see that it runs

Needs a JDK, the built project, and a Python with torch, transformers and peft; on a card a libtorch for it, as
docs/gpu.md says. Takes about five minutes. Every contender is a process of its own; those of one table take turns.
"""

import argparse
import json
import random
import statistics
import subprocess
import tempfile
import threading
import time

import benchmark

TINY = dict(layers=2, hidden=64, heads=4, groups=2, intermediate=192, vocabulary=512)
BENCH = "dev.reticent.training.StepBenchmark"
DECODE = "dev.reticent.model.DecodeBenchmark"


class Utilisation:
    """How busy the card is, by nvidia-smi, while something runs."""

    def __init__(self, device):
        self.seen = []
        self.running = device != "cpu"
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.running = False
        self.thread.join()

    def watch(self):
        while self.running:
            out = subprocess.run(["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "-i", "0"],
                                 capture_output=True, text=True).stdout.split()
            self.seen += [int(out[0])] if out else []
            time.sleep(0.2)

    def __str__(self):
        return f"{statistics.mean(self.seen):.0f} % busy" if self.seen else "utilisation not measured"


def started(make):
    """A contender, and the seconds until it was ready: loading included."""
    begin = time.time()
    contender = make()
    contender.loading = time.time() - begin
    return contender


def race(title, makers, options, work, unit):
    contenders = [started(make) for make in makers]
    with Utilisation(options.device) as busy:
        benchmark.race(contenders, options, options.device)
    print(f"\n{title} ({busy})")
    print(f"  {'':40}{'best s':>9}{'median s':>10}{unit:>11}{'ready s':>9}{'host MB':>9}{'card MB':>9}")
    for c in contenders:
        print(f"  {c.name:40}{c.best:9.3f}{c.median:10.3f}{work / c.best:11.1f}{c.loading:9.1f}{c.peak:9d}"
              f"{c.on_the_card or '-':>9}")
    reference = contenders[-1]
    for c in contenders[:-1]:
        print(f"  {c.name + ' over ' + reference.name:60}{reference.best / c.best:6.2f} x its speed")


def parity(options):
    """Logits of the tiny models beside those of an independent implementation."""
    command = java(options, "dev.reticent.model.DeviceParity", [options.device])
    print("\nParity, largest difference of a logit from transformers' in fp32")
    print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="")


def java(options, main, arguments):
    return ["java", "-Xmx4g", f"-Dai.djl.pytorch.num_threads={options.threads}", "-Dai.djl.offline=true", "-cp",
            options.classes, main, *arguments]


def ours(options, name, main, spec):
    return lambda: benchmark.Contender(name, java(options, main, [json.dumps(spec)]))


def theirs(name, spec):
    return lambda: benchmark.python(name, spec)


def training(options, shape, folder):
    rng = random.Random(0)
    for rows in options.rows:
        ids = [[rng.randrange(3, shape["vocabulary"]) for _ in range(options.tokens)] for _ in range(rows)]
        spec = dict(folder=folder, compute="BFLOAT16", ids=ids, rank=16, threads=options.threads, physical=rows,
                    device=options.device)
        race(f"Training, {rows} x {options.tokens} tokens, r = 16 on seven projections, bf16, {shape}", [
            ours(options, "ours, DP, NF4 base", BENCH, {**spec, "private": True, "quantization": "NF4"}),
            ours(options, "ours, NF4 base", BENCH, {**spec, "private": False, "quantization": "NF4"}),
            ours(options, "ours, DP, bf16 base", BENCH, {**spec, "private": True}),
            theirs("PyTorch + peft, bf16 base, no DP", {**spec, "method": "lora"}),
        ], options, rows * options.tokens, "tokens/s")


def decoding(options, shape, folder):
    rng = random.Random(1)
    for rows in options.decoded:
        prompts = [[rng.randrange(3, shape["vocabulary"]) for _ in range(options.prompt)] for _ in range(rows)]
        spec = dict(folder=folder, compute="BFLOAT16", prompts=prompts, new_tokens=options.new, threads=options.threads,
                    device=options.device)
        race(f"Decoding, {rows} x ({options.prompt} + {options.new}) tokens, greedy", [
            ours(options, "ours, NF4 base", DECODE, {**spec, "quantization": "NF4"}),
            ours(options, "ours, bf16 base", DECODE, spec),
            theirs("transformers, bf16 base", {**spec, "method": "decode"}),
        ], options, rows * options.new, "tokens/s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="", help="cuda:0 where there is a card, else cpu")
    parser.add_argument("--classes", default="", help="the class path of the tests, where Maven did not write it")
    options = parser.parse_args()
    import torch

    options.device = options.device or ("cuda:0" if torch.cuda.is_available() else "cpu")
    card = options.device != "cpu"
    if not options.classes:
        target = benchmark.SDK / "target"
        options.classes = ":".join([str(target / "test-classes"), str(target / "classes"), (target / "test-cp.txt").read_text()])
    shape = benchmark.MISTRAL_7B if card else TINY
    options.threads, options.warmup, options.rounds = (8, 2, 3) if card else (1, 0, 1)
    options.tokens, options.rows = (1024, [1, 4]) if card else (16, [2])
    options.prompt, options.new, options.decoded = (32, 128, [1, 16]) if card else (8, 4, [1])
    print(f"{options.device}, torch {torch.__version__} in Python")
    parity(options)
    with tempfile.TemporaryDirectory() as folder:
        benchmark.make_model(folder, shape)
        training(options, shape, folder)
        decoding(options, shape, folder)


if __name__ == "__main__":
    main()

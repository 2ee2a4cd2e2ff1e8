"""Ours against Python on the same shapes, weights, data and threads, taking turns in one run.

    mvn -q -pl sdk -am test-compile dependency:build-classpath -Dmdep.outputFile=target/test-cp.txt -Dmdep.includeScope=test
    python sdk/src/test/python/benchmark.py steps
    python sdk/src/test/python/benchmark.py decode
    python sdk/src/test/python/benchmark.py scaling --plot scaling.png
    python sdk/src/test/python/benchmark.py steps --device cuda --shape mistral-7b --batch 1 --tokens 1024 \\
        --types BFLOAT16 --only ours-nf4,ours-nf4-plain,torch-nf4     # on a card; needs bitsandbytes

Needs torch, transformers and peft; opacus where it is installed. Every contender is a process of its own that does
one step when told to, so that what else the machine does falls on all alike. Prints medians, the ratios, and the
most memory each process held.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve()
SDK = HERE.parents[3]

SMALL = dict(layers=8, hidden=512, heads=8, groups=4, intermediate=1408, vocabulary=4096)
MISTRAL_7B = dict(layers=32, hidden=4096, heads=32, groups=8, intermediate=14336, vocabulary=32000)
SHAPES = {"small": SMALL, "mistral-7b": MISTRAL_7B}


def make_model(folder, shape, device="cpu"):
    """Random weights of a shape, a shard for each layer and one for the rest; made on a card where there is one."""
    import torch
    from concurrent.futures import ThreadPoolExecutor
    from safetensors.torch import save_file
    from transformers import MistralConfig

    dtype = torch.float32 if shape is SMALL else torch.bfloat16
    hidden, wide = shape["hidden"], shape["intermediate"]
    narrow = hidden // shape["heads"] * shape["groups"]
    MistralConfig(
        architectures=["MistralForCausalLM"], dtype=dtype, num_hidden_layers=shape["layers"], hidden_size=hidden,
        num_attention_heads=shape["heads"], num_key_value_heads=shape["groups"], intermediate_size=wide,
        vocab_size=shape["vocabulary"], max_position_embeddings=4096, sliding_window=None).save_pretrained(folder)
    of_a_layer = {
        "self_attn.q_proj": (hidden, hidden), "self_attn.k_proj": (narrow, hidden), "self_attn.v_proj": (narrow, hidden),
        "self_attn.o_proj": (hidden, hidden), "mlp.gate_proj": (wide, hidden), "mlp.up_proj": (wide, hidden),
        "mlp.down_proj": (hidden, wide), "input_layernorm": (hidden,), "post_attention_layernorm": (hidden,)}
    shards = [{f"model.layers.{l}.{name}.weight": size for name, size in of_a_layer.items()} for l in range(shape["layers"])]
    shards.append({"model.embed_tokens.weight": (shape["vocabulary"], hidden), "model.norm.weight": (hidden,),
                   "lm_head.weight": (shape["vocabulary"], hidden)})
    files = [f"model-{i + 1:05d}-of-{len(shards):05d}.safetensors" for i in range(len(shards))]

    def write(i):
        generator = torch.Generator(device).manual_seed(i)
        tensors = {
            name: torch.ones(size, dtype=dtype) if len(size) == 1
            else torch.empty(size, dtype=dtype, device=device).normal_(0, 0.02, generator=generator).cpu()
            for name, size in shards[i].items()}
        save_file(tensors, f"{folder}/{files[i]}", {"format": "pt"})

    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        list(pool.map(write, range(len(shards))))
    index = {name: file for shard, file in zip(shards, files) for name in shard}
    with open(f"{folder}/model.safetensors.index.json", "w") as f:
        json.dump({"metadata": {}, "weight_map": index}, f)


class Contender:
    def __init__(self, name, command, environment=None):
        self.name = name
        self.times = []
        self.peak = 0
        self.on_the_card = 0
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})
        line = ""
        while line.strip() != "ready":
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit(f"{name} did not start")

    def step(self, counted):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        seconds = float(self.process.stdout.readline())
        if counted:
            self.times.append(seconds)

    def close(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            for line in status:
                if line.startswith("VmHWM"):
                    self.peak = int(line.split()[1]) // 1024
        self.process.stdin.close()
        self.process.wait()

    @property
    def best(self):
        return min(self.times)

    @property
    def median(self):
        return statistics.median(self.times)


def java(name, main, spec, threads, heap="512m"):
    paths = (SDK / "target/test-cp.txt").read_text()
    classes = [str(SDK / "target/test-classes"), str(SDK / "target/classes")]
    return Contender(name, [
        "java", f"-Xmx{heap}", "-XX:+UseSerialGC", "-Xmn24m", f"-Dai.djl.pytorch.num_threads={threads}", "-Dai.djl.offline=true",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", ":".join(classes + [paths]), main, json.dumps(spec)])


def python(name, spec):
    return Contender(name, [sys.executable, str(HERE.parent / "benchmark_torch.py"), json.dumps(spec)])


def race(contenders, options, device="cpu"):
    """Steps of all in turns. On a card, what a process holds there at the end is its most: libtorch keeps what it took."""
    for round in range(-options.warmup, options.rounds):
        for contender in contenders:
            contender.step(round >= 0)
    if device != "cpu":
        on_the_card = dict(line.split(", ") for line in subprocess.run(
            ["nvidia-smi", "--query-compute-apps=pid,used_memory", "--format=csv,noheader,nounits"],
            check=True, capture_output=True, text=True).stdout.splitlines())
        for contender in contenders:
            contender.on_the_card = int(on_the_card[str(contender.process.pid)])
    for contender in contenders:
        contender.close()


def table(contenders, rounds):
    print(f"{'':34}{'best s':>9}{'median s':>10}{'peak MB':>9}{'on card':>9}   ({rounds} rounds)")
    for c in contenders:
        print(f"{c.name:34}{c.best:9.3f}{c.median:10.3f}{c.peak:9d}{c.on_the_card or '-':>9}")


def ratio(words, a, b, target):
    pairs = statistics.median(x / y for x, y in zip(a.times, b.times))
    print(f"  {words:58} {a.best / b.best:6.2f} best {pairs:6.2f} median of pairs   target {target}")


def chosen(options, start):
    only = options.only.split(",") if options.only else start
    return {name: make() for name, make in start.items() if name in only}


def steps(options, folder):
    import random

    rng = random.Random(0)
    shape = SHAPES[options.shape]
    ids = [[rng.randrange(3, shape["vocabulary"]) for _ in range(options.tokens)] for _ in range(options.batch)]
    for compute in options.types.split(","):
        spec = dict(
            folder=folder, compute=compute, ids=ids, rank=16, threads=options.threads, physical=options.batch,
            device=options.device)
        main = "dev.reticent.training.StepBenchmark"
        start = {
            "ours": lambda: java("ours, LoRA", main, {**spec, "private": False}, options.threads),
            "ours-dp": lambda: java("ours, LoRA, DP", main, {**spec, "private": True}, options.threads),
            "ours-nf4": lambda: java(
                "ours, LoRA, DP, NF4 base", main, {**spec, "private": True, "quantization": "NF4"}, options.threads),
            "ours-nf4-plain": lambda: java(
                "ours, LoRA, NF4 base", main, {**spec, "private": False, "quantization": "NF4"}, options.threads),
            "torch": lambda: python("PyTorch + peft, LoRA", {**spec, "method": "lora"}),
            "torch-nf4": lambda: python("the same, bitsandbytes NF4 base", {**spec, "method": "lora", "quantization": "NF4"}),
            "opacus": lambda: python("Opacus, LoRA, DP (hooks)", {**spec, "method": "opacus"}),
            "ghost": lambda: python("Opacus, LoRA, DP (ghost)", {**spec, "method": "ghost"}),
            "full": lambda: java("ours, all weights", main, {**spec, "rank": 0, "private": False}, options.threads, "3g"),
            "full-dp": lambda: java(
                "ours, all weights, DP", main, {**spec, "rank": 0, "private": True}, options.threads, "3g"),
            "torch-full": lambda: python("PyTorch, all weights", {**spec, "method": "full"}),
        }
        found = chosen(options, start)
        race(list(found.values()), options, options.device)
        print(f"\n{compute}, {options.batch} x {options.tokens} tokens, {options.device}, {options.threads} threads, {shape}")
        table(found.values(), options.rounds)
        for c in found.values():
            print(f"  {c.name:58} {options.batch * options.tokens / c.best:8.1f} tokens/s")

        def compare(words, a, b, target):
            if a in found and b in found:
                ratio(words, found[a], found[b], target)

        compare("our DP / our non-DP", "ours-dp", "ours", "≤ 1.10")
        compare("our DP / PyTorch's non-DP", "ours-dp", "torch", "≤ 1.00")
        compare("our DP with NF4 / our non-DP with NF4", "ours-nf4", "ours-nf4-plain", "≤ 1.10")
        compare("our DP with NF4 / PyTorch's non-DP", "ours-nf4", "torch", "")
        compare("our DP with NF4 / PyTorch's non-DP with NF4", "ours-nf4", "torch-nf4", "")
        compare("our DP / Opacus' hooks", "ours-dp", "opacus", "≤ 0.90")
        compare("our DP / Opacus' ghost clipping", "ours-dp", "ghost", "≤ 0.90")
        compare("all weights: our DP / our non-DP", "full-dp", "full", "≤ 1.25")
        compare("all weights: our DP / PyTorch's non-DP", "full-dp", "torch-full", "")


def decode(options, folder):
    import random

    rng = random.Random(0)
    for compute in options.types.split(","):
        for batch in (1, 8):
            prompts = [[rng.randrange(3, SMALL["vocabulary"]) for _ in range(32)] for _ in range(batch)]
            spec = dict(folder=folder, compute=compute, prompts=prompts, new_tokens=128, threads=options.threads)
            main = "dev.reticent.model.DecodeBenchmark"
            start = {
                "ours": lambda: java("ours, fp32 or bf16 base", main, spec, options.threads),
                "ours-nf4": lambda: java("ours, NF4 base", main, {**spec, "quantization": "NF4"}, options.threads),
                "torch": lambda: python("transformers", {**spec, "method": "decode"}),
            }
            found = chosen(options, start)
            contenders = list(found.values())
            race(contenders, options)
            print(f"\n{compute}, {batch} x (32 + 128) tokens, greedy, {options.threads} threads, {SMALL}")
            table(contenders, options.rounds)
            for c in contenders:
                print(f"  {c.name:58} {128 * batch / c.best:8.1f} tokens/s")
            if "ours" in found and "torch" in found:
                ratio("our time / transformers'", found["ours"], found["torch"], "≤ 1.00")


def scaling(options, folder):
    """Time and memory of our private step over depth, length, batch and rank, one changed at a time."""
    import random

    rng = random.Random(0)
    base = dict(depth=8, length=256, batch=8, rank=16)
    series = dict(depth=[2, 4, 8, 16], length=[64, 128, 256, 512], batch=[1, 2, 4, 8, 16], rank=[4, 16, 64])
    found = {}
    for axis, values in series.items():
        for value in values:
            at = {**base, axis: value}
            make_model(folder, {**SMALL, "layers": at["depth"]})
            ids = [[rng.randrange(3, SMALL["vocabulary"]) for _ in range(at["length"])] for _ in range(at["batch"])]
            spec = dict(folder=folder, compute="FLOAT32", ids=ids, rank=at["rank"], physical=at["batch"], private=True)
            one = java(f"{axis} {value}", "dev.reticent.training.StepBenchmark", spec, options.threads)
            race([one], options)
            found.setdefault(axis, []).append((value, one.best, one.peak))
            print(f"{axis:8}{value:6}{one.best:9.3f} s{one.peak:8d} MB", flush=True)
    if options.plot:
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot as plt

        figure, axes = plt.subplots(2, len(found), figsize=(14, 6), sharey="row")
        for column, (axis, points) in enumerate(found.items()):
            x, seconds, peaks = zip(*points)
            axes[0][column].plot(x, seconds, "o-")
            axes[1][column].plot(x, peaks, "o-")
            axes[1][column].set_xlabel(axis)
        axes[0][0].set_ylabel("seconds a step")
        axes[1][0].set_ylabel("peak MB")
        figure.tight_layout()
        figure.savefig(options.plot, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["steps", "decode", "scaling"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warmup", type=int, default=4, help="rounds before those that count")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=256)
    parser.add_argument("--types", default="FLOAT32,BFLOAT16")
    parser.add_argument("--device", default="cpu", help="steps: cpu, or a card such as cuda")
    parser.add_argument("--shape", default="small", choices=list(SHAPES), help="steps: of the model, whose weights are random")
    parser.add_argument("--only", default="", help="contenders, comma-separated")
    parser.add_argument("--plot", default="", help="scaling: a PNG to draw (needs matplotlib)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make_model(folder, SHAPES[options.shape])
        {"steps": steps, "decode": decode, "scaling": scaling}[options.what](options, folder)


if __name__ == "__main__":
    main()

"""What `plan` says beside what a run takes: the most memory of the whole process, and time per step.

    python sdk/src/test/python/plan_check.py [--only NAME,…] [--no-time] [--command "./reticent"]

The constants of dev.reticent.plan.MemoryEstimate were measured on the configs marked "fit"; the others test them. Needs
torch and transformers to make the models (random weights). Prints a table in Markdown. Memory is the process's
peak resident set as the kernel reports it (the figure of `/usr/bin/time -v`); seconds are those of the steps, by
a run of some more steps against one of two, so that starting up is not counted.
"""

import argparse
import json
import math
import os
import pathlib
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[4]
GOLDEN = ROOT / "sdk/src/test/resources/golden/mistral-tiny"
MODULES = "[q_proj,k_proj,v_proj,output_proj]"
LORA = ["lora.lora_attn_modules=" + MODULES, "lora.apply_lora_to_mlp=true", "lora.lora_rank=16"]
SMALL = dict(layers=4, hidden=512, heads=8, groups=4, intermediate=1408)
DEEP = dict(SMALL, layers=8)
WIDE = dict(layers=12, hidden=768, heads=12, groups=4, intermediate=2048)
VOCABULARY = dict(layers=4, hidden=256, heads=4, groups=4, intermediate=1024, vocabulary=32000)
BF16 = ["dtype=bf16"]
FOUR_BITS = ["quantization.load_in_4bit=true"]
CHECKPOINTING = ["activation_checkpointing=true"]

# name: shape, settings, rows of a micro-batch, tokens of a row
CONFIGS = {
    "fit: 4 x 512, LoRA, 1 x 64": (SMALL, LORA, 1, 64),
    "fit: 4 x 512, LoRA, 8 x 256": (SMALL, LORA, 8, 256),
    "fit: the same, checkpointing": (SMALL, LORA + CHECKPOINTING, 8, 256),
    "reticent-tiny, LoRA, 16 x 192": (None, LORA, 16, 192),
    "8 x 512, LoRA, bf16, 8 x 256": (DEEP, LORA + BF16, 8, 256),
    "12 x 768, QLoRA, bf16, checkpointing, 4 x 512": (WIDE, LORA + FOUR_BITS + BF16 + CHECKPOINTING, 4, 512),
    "8 x 512, all weights, 2 x 128": (DEEP, ["~lora"], 2, 128),
    "4 x 512, LoRA, without privacy, 8 x 256": (SMALL, LORA + ["privacy.enabled=false"], 8, 256),
    "4 x 512, LoRA, 1 x 2048": (SMALL, LORA, 1, 2048),
    "4 x 512, LoRA, two micro-batches of 4 x 256": (SMALL, LORA + ["devices=[cpu, cpu]"], 4, 256),
    "4 x 256, 32000 words, LoRA, 4 x 256": (VOCABULARY, LORA, 4, 256),
}


# In a process of its own: a child's peak begins at what its parent held when it was started.
MAKE_MODEL = """
import json, sys, torch
from transformers import MistralConfig, MistralForCausalLM
torch.manual_seed(0)
MistralForCausalLM(MistralConfig(**json.loads(sys.argv[2]))).save_pretrained(sys.argv[1])
"""


def make_model(folder, shape):
    config = dict(
        num_hidden_layers=shape["layers"], hidden_size=shape["hidden"], num_attention_heads=shape["heads"],
        num_key_value_heads=shape["groups"], intermediate_size=shape["intermediate"], vocab_size=shape.get("vocabulary", 4096),
        max_position_embeddings=4096, sliding_window=None)
    subprocess.run([sys.executable, "-c", MAKE_MODEL, str(folder), json.dumps(config)], check=True, stderr=subprocess.DEVNULL)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(GOLDEN / name, folder)


def run(command):
    """(output, seconds, peak MB) of a process."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, cwd=ROOT)
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        out.seek(0)
        text = out.read().decode()
    if status:
        sys.exit(f"{' '.join(command)}\n{error.decode()}{text}")
    return text, time.perf_counter() - start, usage.ru_maxrss / 1000 * 1.024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--no-time", action="store_true")
    parser.add_argument("--command", default="./reticent")
    options = parser.parse_args()
    command = shlex.split(options.command)
    rng = random.Random(0)
    words = ["".join(rng.choice("abcdefghij") for _ in range(5)) for _ in range(50)]
    print("| config | planned MB | measured MB | planned / measured | planned s a step | measured s a step |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, (shape, settings, rows, tokens) in CONFIGS.items():
        if options.only and not any(part in name for part in options.only.split(",")):
            continue
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            model = "reticent-tiny"
            if shape:
                model = str(folder / "model")
                make_model(folder / "model", shape)
            with open(folder / "train.jsonl", "w") as file:
                for _ in range(4 * rows):
                    file.write(json.dumps({"text": " ".join(rng.choice(words) for _ in range(tokens))}) + "\n")
            (folder / "c.yaml").write_text("sample_type: pretrain\nlora: {}\n")
            lines = settings + [
                f"foundation_model_name={model}", f"dataset.train_file={folder}/train.jsonl",
                f"physical_batch_size={rows}", f"batch_size={4 * rows}", f"dataset.max_length={tokens}",
                "dataset.held_out_fraction=0"]
            if "privacy.enabled=false" not in settings:
                lines += ["noise_multiplier=1", "privacy.delta=1e-3", "sampling_rate=1"]
            finetune = command + ["finetune", f"{folder}/c.yaml", *lines]
            seconds = measured = float("nan")
            time_flag = ["--no-time"] if options.no_time else []
            plan = json.loads(run(command + ["plan", "--json", *time_flag, f"{folder}/c.yaml", *lines, "max_steps=4"])[0])
            more = 3
            if not options.no_time:
                seconds = plan["seconds_per_step"]
                more = max(more, math.ceil(8 / seconds))
                _, first, _ = run(finetune + ["max_steps=2", f"saving_dir={folder}/a"])
            _, both, peak = run(finetune + [f"max_steps={2 + more}", f"saving_dir={folder}/b"])
            if not options.no_time:
                measured = (both - first) / more
            said = plan["memory_bytes"]["total"] / 1e6
            print(f"| {name} | {said:.0f} | {peak:.0f} | {said / peak:.2f} | {seconds:.2f} | {measured:.2f} |",
                  flush=True)
            print(json.dumps(plan["memory_bytes"]), file=sys.stderr)


if __name__ == "__main__":
    main()

"""A kernel that is killed in the middle of a run, restarted, and told to run the cell again.

    python restart.py FOLDER

FOLDER is where the cells run; JUPYTER_PATH must lead to the kernel "reticent". Prints "name: value" for each fact.
"""

import hashlib
import json
import pathlib
import re
import sys

from jupyter_client.manager import start_new_kernel

STEPS, SAVED_EVERY = 20, 5
folder = pathlib.Path(sys.argv[1]).resolve()
# Few rows: what is killed here is the run, not the reading.
(folder / "rows.jsonl").write_text("".join(
    json.dumps({"question": f"What is number {i} for?", "answer": f"For door {i * 7 % 100}."}) + "\n" for i in range(400)))
manager, client = start_new_kernel(kernel_name="reticent", cwd=str(folder), startup_timeout=60)


def cell(run, privacy):
    return f"""%%finetune
foundation_model_name: reticent-tiny
lora: {{lora_attn_modules: [q_proj, v_proj], lora_rank: 4}}
dataset: {{train_file: rows.jsonl, max_length: 64, held_out_fraction: 0.1, evaluation: public}}
privacy: {privacy}
batch_size: 16
max_steps: {STEPS}
save_every_n_grad_steps: {SAVED_EVERY}
saving_dir: runs/{run}"""


def run(code, until=None):
    """Runs a cell to its end, or until its progress display matches; all the texts that were displayed."""
    client.execute(code)
    shown = []
    while True:
        message = client.get_iopub_msg(timeout=240)
        kind, content = message["msg_type"], message["content"]
        if kind == "error":
            raise SystemExit("\n".join(content["traceback"]))
        if kind in ("display_data", "update_display_data"):
            shown.append(content["data"]["text/plain"])
            if until and until(shown[-1]):
                return shown
        if kind == "status" and content["execution_state"] == "idle" and shown:
            return shown


def step(text):
    found = re.match(rf"training \| step (\d+) of {STEPS}", text)
    return int(found.group(1)) if found else 0


def ledger(name):
    return (folder / "runs" / name / "ledger.jsonl").read_text().count('"kind":"step"')


def digest(name):
    return hashlib.sha256((folder / "runs" / name / "adapter_model.safetensors").read_bytes()).hexdigest()


def kill(name, privacy):
    """Starts a run, kills the kernel some steps later and runs the cell again in the new kernel."""
    run(cell(name, privacy), until=lambda text: step(text) % SAVED_EVERY >= 2 and step(text) > SAVED_EVERY)
    manager.restart_kernel(now=True)
    client.wait_for_ready(timeout=60)
    saved = max(int(path.name.split("-")[1]) for path in (folder / "runs" / name / "checkpoints").glob("step-*"))
    print(f"{name} saved: {saved}")
    charged = ledger(name) if (folder / "runs" / name / "ledger.jsonl").exists() else 0
    print(f"{name} charged: {charged}")
    shown = run(cell(name, privacy))
    print(f"{name} first step again: {min(step(text) for text in shown if step(text))}")
    print(f"{name} end: {[text for text in shown if text.startswith('finished')][-1]}")
    print(f"{name} result: {shown[-1].splitlines()[:3]}")


try:
    run(cell("whole", "{enabled: false}"))
    kill("cut", "{enabled: false}")
    print("whole adapter: " + digest("whole"))
    print("cut adapter: " + digest("cut"))
    kill("private", "{noise_multiplier: 1, delta: 1e-5}")
    print(f"private charged in all: {ledger('private')}")
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)

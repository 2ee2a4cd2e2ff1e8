"""A private fine-tuning of GPT-2 in the format of E2E (Novikova et al. 2017), by Opacus: what docs/performance.md has beside ours.

    python compare_opacus.py make FOLDER             # rows, a small GPT-2, a first adapter, reticent.yaml; from a seed
    python compare_opacus.py train FOLDER SEED       # needs opacus; prints losses on held-out rows, time and memory

Rows are made here: attributes of an inn on the left, a sentence that says them on the right. The base has seen sentences of
other inns only. Both programs start from the same adapter and take q, σ, C, the learning rate and the steps from here.
"""

import json
import random
import resource
import shutil
import sys
import time
from pathlib import Path

import torch
import transformers

ROWS, HELD_OUT, BATCH, STEPS, EVERY = 2000, 200, 64, 40, 10
SIGMA, CLIP, RATE, RANK = 0.8, 1.0, 1e-2, 8
TOKENIZER = Path(__file__).resolve().parents[2] / "main/resources/dev/reticent/quickstart"
KINDS = ["pub", "coffee shop", "restaurant", "inn"]
FOODS = ["French", "Italian", "Chinese", "English", "Indian", "Japanese", "fast"]
PRICES = ["cheap", "moderate", "high", "less than 20 pounds"]
AREAS = ["city centre", "riverside", "old town", "harbour"]


def row(draw, names):
    name, kind, food, price, area = (draw.choice(x) for x in (names, KINDS, FOODS, PRICES, AREAS))
    said = draw.choice([
        f"{name} is a {kind} in the {area} that serves {food} food at a {price} price.",
        f"In the {area} there is a {kind} called {name}. Its food is {food}, its price {price}.",
        f"For {food} food try {name}, a {price} {kind} near the {area}."])
    return f"name : {name} | type : {kind} | food : {food} | price : {price} | area : {area} || {said}"


def encoded(texts):
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_file=str(TOKENIZER / "tokenizer.json"))
    return [[1] + tokenizer.encode(t, add_special_tokens=False) + [2] for t in texts]


def losses(model, rows):
    """The mean loss of each row's tokens after the first, [B]."""
    length = max(map(len, rows))
    ids = torch.tensor([r + [0] * (length - len(r)) for r in rows])
    mask = torch.tensor([[1.0] * (len(r) - 1) + [0.0] * (length - len(r)) for r in rows])
    positions = torch.arange(length).repeat(len(rows), 1)
    logits = model(input_ids=ids, position_ids=positions).logits[:, :-1]
    each = torch.nn.functional.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")
    return (each * mask).sum(1) / mask.sum(1)


def held_out(model, rows):
    with torch.no_grad():
        return torch.cat([losses(model, rows[i:i + 50]) for i in range(0, len(rows), 50)]).mean().item()


def make(folder):
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(7)
    names = ["Blue Spice", "The Vaults", "Green Man", "Wildwood", "Zizzi"]
    texts = list(dict.fromkeys(row(draw, names) for _ in range(2 * (ROWS + HELD_OUT))))[:ROWS + HELD_OUT]
    for name, part in [("train", texts[:ROWS]), ("eval", texts[ROWS:])]:
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(dict(text=t)) + "\n" for t in part))
    base = encoded([row(draw, ["Tarn Hall", "Old Mill", "Red Lion", "Swan"]).split("|| ")[1] for _ in range(2000)])
    torch.manual_seed(1)
    model = transformers.GPT2LMHeadModel(transformers.GPT2Config(
        vocab_size=1425, n_embd=128, n_layer=4, n_head=4, n_positions=256, bos_token_id=1, eos_token_id=2,
        resid_pdrop=0, embd_pdrop=0, attn_pdrop=0))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for step in range(120):
        optimizer.zero_grad()
        losses(model, draw.sample(base, 32)).mean().backward()
        optimizer.step()
    model.save_pretrained(folder / "model")
    for file in TOKENIZER.glob("tokenizer*.json"):
        shutil.copy(file, folder / "model")
    import peft
    adapted = peft.get_peft_model(model, peft.LoraConfig(
        r=RANK, lora_alpha=2 * RANK, target_modules=["c_attn"], fan_in_fan_out=True, task_type="CAUSAL_LM"))
    adapted.save_pretrained(folder / "adapter")
    (folder / "reticent.yaml").write_text(f"""\
foundation_model_name: {folder}/model
checkpoint_path: {folder}/adapter
sample_type: pretrain
devices: [cpu]
lora: {{lora_attn_modules: [q_proj, k_proj, v_proj], lora_rank: {RANK}, lora_alpha: {2 * RANK}}}
dataset: {{train_file: {folder}/train.jsonl, eval_file: {folder}/eval.jsonl, evaluation: public, max_length: 192}}
privacy: {{noise_multiplier: {SIGMA}, sampling_rate: {BATCH / ROWS}, l2_norm_clip: {CLIP}}}
batch_size: {BATCH}
physical_batch_size: 16
max_steps: {STEPS}
eval_every_n_grad_steps: {EVERY}
learning_rate: {RATE}
lr_scheduler: {{name: constant}}
saving_dir: {folder}/run
""")


def train(folder, seed):
    import peft
    from opacus import GradSampleModule
    from opacus.optimizers import DPOptimizer
    torch.manual_seed(seed)
    draw = random.Random(seed)
    rows, others = (encoded([json.loads(line)["text"] for line in (folder / f"{n}.jsonl").open()])
                    for n in ("train", "eval"))
    model = transformers.GPT2LMHeadModel.from_pretrained(folder / "model", attn_implementation="eager")
    model = peft.PeftModel.from_pretrained(model, folder / "adapter", is_trainable=True).train()
    wrapped = GradSampleModule(model)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = DPOptimizer(torch.optim.AdamW(trained, lr=RATE, weight_decay=0), noise_multiplier=SIGMA,
                            max_grad_norm=CLIP, expected_batch_size=BATCH)
    print("before", round(held_out(model, others), 4), flush=True)
    seconds = 0
    for step in range(1, STEPS + 1):
        begun = time.monotonic()
        batch = [r for r in rows if draw.random() < BATCH / ROWS]
        optimizer.zero_grad()
        losses(wrapped, batch).mean().backward()
        optimizer.step()
        seconds += time.monotonic() - begun
        if step % EVERY == 0:
            print(step, round(held_out(model, others), 4), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{seconds / STEPS:.2f} s a step, peak {peak:.0f} MB")


if __name__ == "__main__":
    torch.set_num_threads(1)
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    else:
        train(Path(sys.argv[2]), int(sys.argv[3]))

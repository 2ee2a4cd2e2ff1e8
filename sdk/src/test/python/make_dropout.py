"""Makes src/test/resources/golden/dropout.json: PEFT's losses and gradients with dropout.

    python make_dropout.py        # from any folder

Needs torch, transformers and peft. What is dropped is worked out here anew, in whole numbers of
Python, from the description in Dropout.java: a number of each row from seed, step and tokens, one of
each layer and the head from that, and SplitMix64 from there, four elements a draw. Modules of PEFT
are given these masks instead of their own; gradients are autograd's. "draws" are mean and standard
deviation of the loss over many draws of torch's own dropout.
"""

import json
from pathlib import Path

import peft
import torch
import transformers

ROOT = Path(__file__).resolve().parents[1] / "resources" / "golden"
MODULES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
GOLDEN = 0x9E3779B97F4A7C15
ALL = (1 << 64) - 1
RATE, SEED, STEP, DRAWS = 0.3, 7, 4, 4000


def mix(z):
    z &= ALL
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & ALL
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & ALL
    return z ^ (z >> 31)


def row_number(ids):
    number = mix(mix(SEED) + GOLDEN * (STEP + 1))
    for i in ids:
        number = mix(number + GOLDEN * (i + 1))
    return number


class Drop(torch.nn.Module):
    """Multiplies by what is kept of a row; positions may be numbered anew."""

    def __init__(self, layer, module):
        super().__init__()
        self.layer, self.module, self.row, self.order = layer, module, 0, None

    def forward(self, x):
        below = round(RATE * 65536)
        wide = (x.shape[2] + 3) // 4
        own = mix(self.row + GOLDEN * (self.layer + 1))
        kept = torch.ones(x.shape[1:])
        for t in range(x.shape[1]):
            at = t if self.order is None else self.order.get(t)
            if at is None:
                continue
            for i in range(x.shape[2]):
                draw = mix(own + GOLDEN * (at * wide + i // 4 + 1 + (self.module << 40)))
                lane = (draw >> (16 * (i % 4))) & 0xFFFF
                signed = lane - 65536 if lane >= 32768 else lane
                kept[t, i] = 0.0 if signed < below - 32768 else 1 / (1 - below / 65536)
        return x * kept


def loss_of(model, ids, mask):
    table = model(torch.tensor([ids]), use_cache=False).logits[0].log_softmax(-1)
    return torch.stack([-table[i, ids[i + 1]] for i in range(len(ids) - 1) if mask[i + 1]]).mean()


def case(name):
    folder = ROOT / name
    given = json.loads((folder / "golden.json").read_text())["lora"]["examples"]
    base = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager")
    layers = base.config.num_hidden_layers
    model = peft.PeftModel.from_pretrained(base, folder / "adapter", is_trainable=True).eval()
    drops = []
    for path, module in model.named_modules():
        if isinstance(module, peft.tuners.lora.LoraLayer):
            last = path.split(".")[-1]
            head = last == "lm_head"
            layer = layers if head else int(path.split("layers.")[1].split(".")[0])
            drop = Drop(layer, 0 if head else MODULES.index(last))
            module.lora_dropout["default"] = drop
            drops.append((drop, head))
    examples = []
    for e in given:
        ids, mask = e["input_ids"], e["loss_mask"]
        answers = [i for i in range(len(ids) - 1) if mask[i + 1]]
        for drop, head in drops:
            drop.row = row_number(ids)
            drop.order = {t: k for k, t in enumerate(answers)} if head else None
        model.zero_grad()
        loss = loss_of(model, ids, mask)
        loss.backward()
        norms = {n.removeprefix("base_model.model.").replace(".default", ""): p.grad.double().norm().item()
                 for n, p in model.named_parameters() if p.requires_grad}
        examples.append(dict(input_ids=ids, loss_mask=mask, loss=loss.item(), grad_norms=norms))
    for path, module in model.named_modules():
        if isinstance(module, peft.tuners.lora.LoraLayer):
            module.lora_dropout["default"] = torch.nn.Dropout(RATE)
    model.train()
    torch.manual_seed(1)
    with torch.no_grad():
        found = torch.stack([loss_of(model, given[0]["input_ids"], given[0]["loss_mask"]) for _ in range(DRAWS)])
    draws = dict(count=DRAWS, mean=found.mean().item(), deviation=found.std().item())
    return dict(examples=examples, draws=draws)


def main():
    torch.set_num_threads(1)
    result = dict(provenance=dict(torch=torch.__version__, transformers=transformers.__version__,
                                  peft=peft.__version__), rate=RATE, seed=SEED, step=STEP)
    for name in ["mistral-tiny", "mistral-adapter-patterns"]:
        result[name] = case(name)
    (ROOT / "dropout.json").write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()

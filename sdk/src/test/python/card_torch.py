"""For card.py: what CardBenchmark does, by transformers and peft. Decoding is asked for first: peft changes the model."""

import json
import os
import sys
import time

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import torch
import torch.nn.functional as F
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

spec = json.loads(sys.argv[1])
device = spec["device"]
torch.manual_seed(0)
how = {} if device == "cpu" else {"device_map": device}
base = AutoModelForCausalLM.from_pretrained(spec["folder"], dtype=torch.bfloat16, attn_implementation="sdpa", **how)
adapted = None


def training(work):
    """A step of AdamW on peft's adapter in fp32, the base in bf16; by torch's autocast, as Trainer does with bf16."""
    global adapted
    if adapted is None:
        modules = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        base.config.use_cache = False
        adapted = get_peft_model(base, LoraConfig(r=16, lora_alpha=32, target_modules=modules))
        for p in adapted.parameters():
            if p.requires_grad:
                p.data = p.data.float()
        adapted.train()
    ids = torch.tensor(work["ids"], device=device)
    optimizer = torch.optim.AdamW([p for p in adapted.parameters() if p.requires_grad], lr=1e-4)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.split(":")[0], torch.bfloat16):
            logits = adapted(input_ids=ids).logits[:, :-1].float()
            loss = F.cross_entropy(logits.reshape(-1, logits.size(-1)), ids[:, 1:].reshape(-1))
        loss.backward()
        optimizer.step()

    return step


def decoding(work):
    prompt = torch.tensor(work["ids"], device=device)
    base.eval()
    how = dict(max_new_tokens=work["new_tokens"], min_new_tokens=work["new_tokens"], do_sample=False, use_cache=True,
               pad_token_id=0, attention_mask=torch.ones_like(prompt))
    return lambda: base.generate(prompt, **how)


print("ready", flush=True)
for line in sys.stdin:
    work = json.loads(line)
    round = training(work) if work["do"] == "train" else decoding(work)
    for _ in range(work["rounds"]):
        start = time.perf_counter()
        round()
        if device != "cpu":
            torch.cuda.synchronize()
        print(f"{time.perf_counter() - start:.6f}", end=" ")
    print(flush=True)

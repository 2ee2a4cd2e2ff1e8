"""One training or decoding step for each line on standard input: the Python side of benchmark.py.

Takes one JSON argument. `method`: lora (transformers + peft, no privacy), opacus (hooks), ghost (Opacus' fast
gradient clipping), full (all weights, no privacy), decode.
"""

import json
import sys
import time

import os

os.environ.setdefault("TQDM_DISABLE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import torch
import torch.nn.functional as F
from transformers import AutoModelForCausalLM

spec = json.loads(sys.argv[1])
torch.set_num_threads(spec["threads"])
torch.manual_seed(0)
dtype = {"FLOAT32": torch.float32, "BFLOAT16": torch.bfloat16}[spec["compute"]]
device = spec.get("device", "cpu")
how = dict(dtype=dtype, attn_implementation="sdpa")
if device != "cpu":
    how["device_map"] = device
if spec.get("quantization") == "NF4":
    from transformers import BitsAndBytesConfig

    how["quantization_config"] = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype)
model = AutoModelForCausalLM.from_pretrained(spec["folder"], **how)
model.config.use_cache = False
ids = torch.tensor(spec.get("ids", [[0]]), device=device)
method = spec["method"]


def lora():
    from peft import LoraConfig, get_peft_model

    modules = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    rank = spec["rank"]
    adapted = get_peft_model(model, LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=modules))
    for name, p in adapted.named_parameters():
        if p.requires_grad:
            p.data = p.data.float() if method == "lora" else p.data.to(dtype)
    return adapted


def loss_of(net):
    logits = net(input_ids=ids).logits[:, :-1].float()
    return F.cross_entropy(logits.reshape(-1, logits.size(-1)), ids[:, 1:].reshape(-1))


def plain(net):
    optimizer = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=1e-4)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss_of(net).backward()
        optimizer.step()

    return step


def private(net, ghost):
    from opacus.grad_sample import GradSampleModule, GradSampleModuleFastGradientClipping
    from opacus.optimizers import DPOptimizer, DPOptimizerFastGradientClipping
    from opacus.utils.fast_gradient_clipping_utils import DPLossFastGradientClipping

    optimizer = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=1e-4)
    kind = dict(noise_multiplier=1.0, max_grad_norm=1.0, expected_batch_size=len(ids))
    if not ghost:
        wrapped = GradSampleModule(net, batch_first=True, loss_reduction="mean")
        optimizer = DPOptimizer(optimizer, **kind)

        def step():
            optimizer.zero_grad(set_to_none=True)
            logits = wrapped(input_ids=ids).logits[:, :-1].float()
            each = F.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none").mean(1)
            each.mean().backward()
            optimizer.step()

        return step
    wrapped = GradSampleModuleFastGradientClipping(
        net, batch_first=True, max_grad_norm=1.0, use_ghost_clipping=True, loss_reduction="mean"
    )
    optimizer = DPOptimizerFastGradientClipping(optimizer, **kind)
    criterion = DPLossFastGradientClipping(wrapped, optimizer, torch.nn.CrossEntropyLoss(reduction="mean"))

    def step():
        optimizer.zero_grad(set_to_none=True)
        logits = wrapped(input_ids=ids).logits[:, :-1].float()
        shape = (len(ids), logits.size(1), logits.size(-1))
        loss = criterion(logits.reshape(-1, logits.size(-1)), ids[:, 1:].reshape(-1), shape=shape)
        loss.backward()
        optimizer.step()

    return step


def decode():
    model.config.use_cache = True
    prompt = torch.tensor(spec["prompts"], device=device)

    @torch.inference_mode()
    def step():
        past = None
        token = prompt
        for _ in range(spec["new_tokens"]):
            out = model(input_ids=token, past_key_values=past, use_cache=True, logits_to_keep=1)
            past = out.past_key_values
            token = out.logits[:, -1].argmax(-1, keepdim=True)

    return step


if method == "decode":
    model.eval()
    run = decode()
elif method == "full":
    model.train()
    run = plain(model)
elif method == "lora":
    run = plain(lora())
    model.train()
else:
    net = lora()
    net.train()
    run = private(net, method == "ghost")
print("ready", flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    run()
    if device != "cpu":
        torch.cuda.synchronize()
    print(f"{time.perf_counter() - start:.6f}", flush=True)

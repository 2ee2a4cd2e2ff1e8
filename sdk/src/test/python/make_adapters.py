"""Makes src/test/resources/adapters: folders of PEFT with more than A and B, and PEFT's own logits.

    python make_adapters.py        # from any folder

Needs torch, transformers and peft. Each adapter belongs to a checkpoint of the folder golden beside
it; what it trains is random. expected.json has the base, token ids and the logits after each prompt,
in fp32 with eager attention. Of DoRA it has the gradients of each trained tensor for one example too;
PEFT detaches the norm, as the paper does (Liu et al. 2024, section 4.3).
"""

import json
import math
import shutil
from pathlib import Path

import peft
import torch
import transformers

RESOURCES = Path(__file__).resolve().parents[1] / "resources"
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

CASES = {
    "dora": ("qwen2-tiny", dict(target_modules=ALL, use_dora=True, rank_pattern={"k_proj": 3})),
    "dora-head": ("llama-bf16-shards", dict(target_modules=["q_proj", "lm_head"], use_dora=True, use_rslora=True)),
    "biases": ("llama-biases", dict(target_modules=["q_proj", "down_proj"], bias="all")),
    "biases-lora-only": ("qwen2-tiny", dict(target_modules=["v_proj", "o_proj"], bias="lora_only")),
    "saved": ("llama-bf16-shards", dict(target_modules=["q_proj"], modules_to_save=["embed_tokens", "lm_head"])),
    "saved-tied": ("llama-rope-llama3", dict(target_modules=["q_proj"], modules_to_save=["embed_tokens"])),
    "saved-projection": ("llama-bf16-shards", dict(target_modules=["q_proj"], modules_to_save=["v_proj"])),
}


def gradients(model, given):
    ids, mask = given["input_ids"], given["loss_mask"]
    table = model(torch.tensor([ids]), use_cache=False).logits[0].log_softmax(-1)
    loss = torch.stack([-table[i, ids[i + 1]] for i in range(len(ids) - 1) if mask[i + 1]]).mean()
    loss.backward()
    norms = {n.removeprefix("base_model.model.").replace(".default", ""): p.grad.double().norm().item()
             for n, p in model.named_parameters() if p.requires_grad}
    return dict(input_ids=ids, loss_mask=mask, loss=loss.item(), grad_norms=norms)


def make(name, base, options):
    folder = RESOURCES / "adapters" / name
    shutil.rmtree(folder, ignore_errors=True)
    generator = torch.Generator().manual_seed(5)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        RESOURCES / "golden" / base, dtype=torch.float32, attn_implementation="eager")
    model = peft.get_peft_model(model, peft.LoraConfig(r=4, lora_alpha=8, task_type="CAUSAL_LM", **options)).eval()
    with torch.no_grad():
        for path, p in model.named_parameters():
            if p.requires_grad:
                noise = torch.randn(p.shape, generator=generator)
                if "lora_B" in path:
                    p.copy_(0.2 * noise)
                elif "lora_A" in path:
                    p.copy_(noise / math.sqrt(p.shape[1]))
                elif "magnitude" in path:
                    p.mul_(1 + 0.3 * noise)
                else:
                    p.add_(0.3 * p.std() * noise)
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    config = json.loads((folder / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = None
    config["target_modules"] = sorted(config["target_modules"])
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2))
    given = json.loads((RESOURCES / "golden" / base / "golden.json").read_text())
    # As a reader of the folder has it: what is saved in the base's type is read back.
    again = transformers.AutoModelForCausalLM.from_pretrained(
        RESOURCES / "golden" / base, dtype=torch.float32, attn_implementation="eager")
    model = peft.PeftModel.from_pretrained(again, folder, is_trainable=True).eval()
    with torch.no_grad():
        logits = [model(torch.tensor([ids]), use_cache=False).logits[0, -1].tolist() for ids in given["input_ids"]]
    expected = dict(base=base, input_ids=given["input_ids"], logits_last=logits,
                    provenance=dict(torch=torch.__version__, transformers=transformers.__version__, peft=peft.__version__))
    if options.get("use_dora"):
        expected["example"] = gradients(model, given["lora"]["examples"][0])
    (folder / "expected.json").write_text(json.dumps(expected))


if __name__ == "__main__":
    torch.set_num_threads(1)
    for case, (base, options) in CASES.items():
        make(case, base, options)
        print(case)

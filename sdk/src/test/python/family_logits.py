"""Prints what Python transformers computes for each model folder in a folder.

    python family_logits.py FOLDER 1,2,3 [ADAPTERS]

fp32, eager attention, no cache. Prints one JSON object: folder name -> logits after the last token; those of PEFT folders in
ADAPTERS on the base that they name, too.
"""

import json
import sys
from pathlib import Path

import torch
import transformers


def main(folder, ids, adapters=None):
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    ids = torch.tensor([[int(i) for i in ids.split(",")]])
    found = {}
    for model_folder in sorted(Path(folder).iterdir()):
        config = transformers.AutoConfig.from_pretrained(model_folder)
        multimodal = hasattr(config, "vision_config")
        library = transformers.AutoModelForImageTextToText if multimodal else transformers.AutoModelForCausalLM
        model = library.from_pretrained(model_folder, dtype=torch.float32, attn_implementation="eager").eval()
        with torch.no_grad():
            found[model_folder.name] = model(ids, use_cache=False).logits[0, -1].tolist()
    if adapters:
        import peft  # models alone are read without
    for adapter in sorted(Path(adapters).iterdir()) if adapters else []:
        base = json.loads((adapter / "adapter_config.json").read_text())["base_model_name_or_path"]
        model = transformers.AutoModelForCausalLM.from_pretrained(
            base, dtype=torch.float32, attn_implementation="eager").eval()
        with torch.no_grad():
            found[adapter.name] = peft.PeftModel.from_pretrained(model, adapter)(ids, use_cache=False).logits[0, -1].tolist()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Prints what Python transformers and PEFT compute for a model and an adapter.

    python peft_logits.py MODEL_FOLDER ADAPTER_FOLDER 1,2,3 [SAVE_FOLDER]

ADAPTER_FOLDER may be "-" for the bare model. With SAVE_FOLDER, PEFT saves the adapter that it loaded there. fp32, eager attention, no cache. Prints one JSON object:
{"logprobs": [log p of each next token], "logits_last": [logits after the last token]}.
"""

import json
import sys

import peft
import torch
import transformers


def main(model_folder, adapter_folder, ids, save_folder=None):
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    model = transformers.AutoModelForCausalLM.from_pretrained(
        model_folder, dtype=torch.float32, attn_implementation="eager")
    if adapter_folder != "-":
        model = peft.PeftModel.from_pretrained(model, adapter_folder)
    if save_folder is not None:
        model.save_pretrained(save_folder)
    model.eval()
    ids = [int(i) for i in ids.split(",")]
    with torch.no_grad():
        logits = model(torch.tensor([ids]), use_cache=False).logits[0]
    table = logits.log_softmax(-1)
    json.dump({"logprobs": [table[i, ids[i + 1]].item() for i in range(len(ids) - 1)],
               "logits_last": logits[-1].tolist()}, sys.stdout)
    print()


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    main(*sys.argv[1:])

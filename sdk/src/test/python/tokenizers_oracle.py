"""Makes the tokenizer folders and expected.json of resources/dev/reticent/text/tokenizers with transformers 5.23.

byte-level: a byte-level BPE like Llama 3's and Qwen's; metaspace: a SentencePiece-style BPE with byte fallback like
Llama 2's and Mistral's; no-processor: the same with no post-processor (add_eos_token has no effect then); config-tokens: one whose chat tokens are declared in
tokenizer_config.json alone. Run by hand: python tokenizers_oracle.py
"""
import json
import pathlib
import shutil

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

FOLDER = pathlib.Path(__file__).parent.parent / "resources/dev/reticent/text/tokenizers"
SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"]
CORPUS = ["The quick brown fox jumps over the lazy dog. ", "How do I list the tables of a catalog? ",
          "naïve café 差分隐私 private data; numbers 123 456. ", "Delta tables keep old versions. "] * 20
TEXTS = ["", " ", "Hello", " leading and trailing ", "How do I list the tables?", "差分隐私 😀 naïve",
         "two  spaces\n\nand\ttabs", "<s>[INST] hi [/INST] yes</s>", "<|im_start|>user\nhi<|im_end|>", "emoji 👩‍👩‍👧 flag 🇫🇷", "don't, it's 12345"]


def named(**more):
    return {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>",
            "tokenizer_class": "PreTrainedTokenizerFast", **more}


def train(tokenizer, alphabet):
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=600, special_tokens=SPECIAL + alphabet[0], initial_alphabet=alphabet[1]))


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    train(tokenizer, ([], pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return tokenizer


def metaspace():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first", split=False)
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(content=" ", left=1)])
    small = [c for c in CORPUS if c.isascii()]
    tokenizer.train_from_iterator([s for s in small for _ in range(3)], trainers.BpeTrainer(
        vocab_size=500, special_tokens=SPECIAL + [f"<0x{b:02X}>" for b in range(256)]))
    data = json.loads(tokenizer.to_str())
    data["added_tokens"] = [t for t in data["added_tokens"] if t["content"] in SPECIAL]
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return tokenizer


def save(name, tokenizer, config):
    folder = FOLDER / name
    folder.mkdir(parents=True)
    data = json.loads(tokenizer.to_str())
    (folder / "tokenizer.json").write_text(json.dumps(data, ensure_ascii=False))
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    save("byte-level", byte_level(), named())
    save("metaspace", metaspace(), named())
    bare = metaspace()
    bare.post_processor = None
    save("no-processor", bare, named(add_bos_token=True, add_eos_token=True))
    size = byte_level().get_vocab_size()
    flags = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}
    extra = {str(size + i): {"content": c, **flags} for i, c in enumerate(["<|im_start|>", "<|im_end|>"])}
    save("config-tokens", byte_level(), {**named(add_bos_token=False), "eos_token": "<|im_end|>", "added_tokens_decoder": extra})
    cases = []
    for folder in sorted(p for p in FOLDER.iterdir() if p.is_dir()):
        tokenizer = AutoTokenizer.from_pretrained(folder)
        for text in TEXTS:
            ids = tokenizer(text)["input_ids"]
            cases.append({"folder": folder.name, "text": text, "ids": ids,
                          "plain_ids": tokenizer(text, add_special_tokens=False)["input_ids"],
                          "decoded": tokenizer.decode(ids, clean_up_tokenization_spaces=False),
                          "skipped": tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False), "size": len(tokenizer)})
    (FOLDER / "expected.json").write_text(json.dumps(cases, ensure_ascii=False, indent=0) + "\n")


main()

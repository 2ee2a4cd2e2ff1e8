"""Makes the tiny tokenizers of src/test/resources/tokenizers and what their own libraries make of odd texts.

    python make_tokenizers.py [FILE ...]     # needs sentencepiece and mistral-common

Without files: trains models of SentencePiece, and a tekken.json, on texts made here, and writes each with `golden.json`, the
ids of each text. With files (a tokenizer.model or a tekken.json): writes golden.json for each into a folder beside it.
"""

import base64
import json
import random
import shutil
import sys
from collections import Counter
from pathlib import Path

import regex
import sentencepiece
from mistral_common.tokens.tokenizers.tekken import Tekkenizer

ROOT = Path(__file__).resolve().parents[1] / "resources" / "tokenizers"
WORDS = ("the of and to in a is that was he for it with as his on be at by had not are but from or have an they which one you were "
         "all her she there would their we him been has when who will no more if out so up said what its about than into them can "
         "only other time new some could these two may first then do any like my now over such our man me even most made after also "
         "naïve café für über señor œuvre Ångström пример слово 世界 日本語 データ プライバシー नमस्ते مرحبا שלום 12 345 2026 3.14 x=1; {} () [] => "
         "don't I'm we've \"quoted\" (aside) --- ... ?! https://example.org/a?b=c").split()
ALPHABET = list("abcdefgh the  \n\t.,'-_/0123456789AZ") + list("éßñøЖд世界日本語ア한글ﬁ①Ⅳ　\u00a0\u200b\u0301\ufeff\u2028👍🏽👩‍👩‍👧🇫🇷\u0000\u007f\x85")
FIXED = ["", " ", "  ", "   ", "\n", "\n\n", " \n ", "a", " a", "a ", "  a  b   c    ", "▁", "▁▁a", "a▁b", "<0x41>", "<0x0A>x", "\t\tif x:\n\t\t\treturn",
         "    def f(x):\n        return x", "Hello, world!", "HELLO world", "ÀÉÎ", "e\u0301", "ﬁne", "①②", "Ⅳ", "full　width　blank", "no\u00a0break",
         "zero\u200bwidth", "👍🏽👩‍👩‍👧", "日本語のデータ", "مرحبا بالعالم", "\u202eabc", "\ufeffbom", "\x00nul", "aaaaaaaaaaaaaaaa", "ababababab", " " * 40, "\n" * 9,
         "1234567890", "3.14159e-10", "\ud7ff\ue000", "𝔘𝔫𝔦", "a" + "\u0301" * 5, "<a><b>", "<a> <b>x<a>", "x<unk>y".replace("<unk>", "<un>")]


def texts():
    """Odd texts, the same each time."""
    made = random.Random(7)
    found = list(FIXED)
    for _ in range(90):
        found.append("".join(made.choice(ALPHABET) for _ in range(made.randrange(1, 24))))
    for _ in range(70):
        found.append((" " * made.randrange(1, 4)).join(made.choice(WORDS) for _ in range(made.randrange(1, 12))))
    for _ in range(40):
        found.append("".join(chr(made.choice([made.randrange(0x20, 0x250), made.randrange(0x370, 0x2fff),
                                              made.randrange(0x3000, 0xd7ff), made.randrange(0x1f300, 0x1faff)]))
                             for _ in range(made.randrange(1, 12))))
    for _ in range(30):
        found.append("".join(made.choice(["a", "b", "aa", " ", "  ", "ab", "\n"]) for _ in range(made.randrange(2, 30))))
    return found


def corpus():
    made = random.Random(3)
    return [" ".join(made.choice(WORDS) for _ in range(made.randrange(3, 20))) for _ in range(1500)]


SENTENCEPIECE = {
    "bpe-prefix": dict(model_type="bpe", vocab_size=700, byte_fallback=True, normalization_rule_name="identity",
                       remove_extra_whitespaces=False),
    "bpe-users": dict(model_type="bpe", vocab_size=700, byte_fallback=True, normalization_rule_name="identity",
                      remove_extra_whitespaces=False, add_dummy_prefix=False,
                      user_defined_symbols=["▁▁", "▁▁▁", "▁▁▁▁", "\n", "\n\n", "<a>"]),
    "bpe-trimmed": dict(model_type="bpe", vocab_size=500, normalization_rule_name="identity"),
    "unigram": dict(model_type="unigram", vocab_size=350, normalization_rule_name="identity", remove_extra_whitespaces=False),
}


def write(folder, ids):
    golden = [dict(text=text, ids=ids(text)) for text in texts()]
    (folder / "golden.json").write_text(json.dumps(golden, ensure_ascii=True))
    print(f"{folder.name}: {len(golden)} texts, {sum(f.stat().st_size for f in folder.iterdir()) // 1024} KiB")


def sentence_piece(name, options):
    folder = ROOT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus()), model_prefix=str(folder / "tokenizer"), hard_vocab_limit=False, minloglevel=2,
        num_threads=1, **options)
    (folder / "tokenizer.vocab").unlink()
    write(folder, sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model")).encode)


def merged(words, count):
    """Byte pairs, most frequent first."""
    ranks = {bytes([b]): b for b in range(256)}
    words = Counter(tuple(bytes([b]) for b in w.encode()) for w in words)
    while len(ranks) < 256 + count:
        pairs = Counter()
        for word, n in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += n
        (left, right), _ = max(pairs.items(), key=lambda item: (item[1], item[0]))
        ranks[left + right] = len(ranks)
        fresh = Counter()
        for word, n in words.items():
            out, i = [], 0
            while i < len(word):
                both = word[i:i + 2] == (left, right)
                out.append(left + right if both else word[i])
                i += 2 if both else 1
            fresh[tuple(out)] += n
        words = fresh
    return ranks


PATTERN = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|"
           r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|"
           r"\s*[\r\n]+|\s+(?!\S)|\s+")


def tekken(name):
    folder = ROOT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lines = corpus() + ["    x\n\n  y   z      w"] * 60
    ranks = merged([w for line in lines for w in regex.findall(PATTERN, line)], 300)
    special = ["<unk>", "<s>", "</s>", "[INST]", "[/INST]", "<pad>"]
    (folder / "tekken.json").write_text(json.dumps(dict(
        config=dict(pattern=PATTERN, num_vocab_tokens=len(ranks), default_vocab_size=len(ranks) + 10 - 20,
                    default_num_special_tokens=10, version="v11"),
        vocab=[dict(rank=rank, token_bytes=base64.b64encode(token).decode(), token_str=None) for token, rank in ranks.items()],
        special_tokens=[dict(rank=i, token_str=token, is_control=True) for i, token in enumerate(special)])))
    model = Tekkenizer.from_file(folder / "tekken.json")
    write(folder, lambda text: model.encode(text, bos=False, eos=False))


def of_file(file):
    folder = Path(file).parent
    if file.endswith(".json"):
        model = Tekkenizer.from_file(file)
        write(folder, lambda text: model.encode(text, bos=False, eos=False))
    else:
        write(folder, sentencepiece.SentencePieceProcessor(model_file=file).encode)


if __name__ == "__main__":
    for given in sys.argv[1:]:
        of_file(given)
    if not sys.argv[1:]:
        for one, settings in SENTENCEPIECE.items():
            sentence_piece(one, settings)
        tekken("tekken")

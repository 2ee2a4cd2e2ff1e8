"""What MaskTimes.java measures, with llguidance and the same vocabulary.

    pip install llguidance==VERSION numpy
    python mask_times_llguidance.py jsonschemabench/maskbench/data EVERY FIRST VOCABULARY
"""

import json
import random
import sys
import time
from pathlib import Path

import llguidance.numpy
import numpy
from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper

ANSWERS, TOKENS, END = 2, 60, 0
tokens = [bytes.fromhex(line) for line in Path(sys.argv[4]).read_text().split()]
numbers = {token: i for i, token in enumerate(tokens) if i != END}


class Bytes:
    """A tokenizer that knows the vocabulary and spells with single bytes."""

    eos_token_id = END
    bos_token_id = None
    special_token_ids = [END]

    def __init__(self):
        self.tokens = [b"\xff</s>" if i == END else token for i, token in enumerate(tokens)]

    def __call__(self, text):
        return [numbers[bytes([b])] for b in text]


tokenizer = LLTokenizer(TokenizerWrapper(Bytes()))
mask = llguidance.numpy.allocate_token_bitmask(1, tokenizer.vocab_size)
compiled, first, every = [], [], []


def micros(start):
    return (time.perf_counter_ns() - start) * 1e-3


def drawn():
    ids = numpy.flatnonzero(numpy.unpackbits(mask.view(numpy.uint8), bitorder="little"))
    chosen = random.choice(ids)
    for _ in range(20):
        if len(tokens[chosen]) <= 6:
            break
        chosen = random.choice(ids)
    return int(chosen)


for file in sorted(Path(sys.argv[1]).glob("*.json"))[int(sys.argv[3]) :: int(sys.argv[2])]:
    random.seed(1)
    start = time.perf_counter_ns()
    try:
        grammar = LLMatcher.grammar_from_json_schema(json.loads(file.read_text())["schema"])
        matcher = LLMatcher(tokenizer, grammar, log_level=0)
        if matcher.is_error():
            continue
    except ValueError:
        continue
    compiled.append(micros(start))
    for answer in range(ANSWERS):
        matcher.reset()
        for i in range(TOKENS):
            start = time.perf_counter_ns()
            llguidance.numpy.fill_next_token_bitmask(matcher, mask, 0)
            spent = micros(start)
            if matcher.is_error() or not mask.any():
                break
            token = drawn()
            start = time.perf_counter_ns()
            matcher.consume_token(token)
            spent += micros(start)
            every.append(spent)
            if i == 0 and answer == 0:
                first.append(spent)
            if token == END or matcher.is_stopped():
                break

for what, times in (("compiled", compiled), ("first mask", first), ("every mask", every)):
    times.sort()
    n = len(times)
    print(
        f"{what:10} of {n:6}, us: mean {sum(times) / n:.0f}, p50 {times[n // 2]:.0f},"
        f" p95 {times[n * 95 // 100]:.0f}, p99 {times[n * 99 // 100]:.0f}, most {times[-1]:.0f}"
    )

"""How llguidance fares with the schemas that MaskBench.java counts, for the table in
docs/structured-output.md; one token a byte on both sides, members in the order of each instance.

    pip install llguidance==VERSION
    python maskbench_llguidance.py jsonschemabench/maskbench/data EVERY FIRST
"""

import json
import sys
from pathlib import Path

import llguidance
from llguidance import LLMatcher, LLTokenizer

every, first = int(sys.argv[2]), int(sys.argv[3])
tokenizer = LLTokenizer("byte")
schemas = compiled = valid = rejected = invalid = accepted = 0


def fits(grammar, value):
    """Whether a value is taken to its end."""
    matcher = LLMatcher(tokenizer, grammar, log_level=0)
    tokens = tokenizer.tokenize_str(json.dumps(value, ensure_ascii=False))
    return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()


for file in sorted(Path(sys.argv[1]).glob("*.json"))[first::every]:
    bench = json.loads(file.read_text())
    schemas += 1
    try:
        grammar = LLMatcher.grammar_from_json_schema(bench["schema"])
        if LLMatcher(tokenizer, grammar, log_level=0).is_error():
            continue
    except ValueError:
        continue
    compiled += 1
    for test in bench["tests"]:
        taken = fits(grammar, test["data"])
        if test["valid"]:
            valid, rejected = valid + 1, rejected + (not taken)
        else:
            invalid, accepted = invalid + 1, accepted + taken
print(f"llguidance {llguidance.__version__}: {compiled} of {schemas} schemas are compiled;")
print(f"{accepted} of {invalid} invalid instances accepted, {rejected} of {valid} valid rejected")

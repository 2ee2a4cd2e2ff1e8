"""Gathers chat templates that others publish, and the conversations on which they are compared.

    python public_templates.py OUT FOLDER...          # templates, each once, as OUT/DIGEST.jinja
    python public_templates.py --named OUT FOLDER...  # those in files of their own, as OUT/NAME.jinja
    python public_templates.py --conversations FILE   # variables of a rendering, one JSON object a line

FOLDER is a checkout or a git directory, such as of huggingface/trl, axolotl-ai-cloud/axolotl,
unslothai/unsloth, huggingface/huggingface.js, chujiezheng/chat_templates or llama.cpp. Taken are files
*.jinja, the templates in JSON, and long texts in Python and TypeScript that loop over messages.
PublicTemplatesTest compares them with -Dreticent.jinja.folder=OUT, and leaves OUT/counts.tsv.
"""

import ast
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

LARGEST = 3_000_000


def files(folder):
    folder = Path(folder)
    listed = subprocess.run(["git", "-C", folder, "ls-tree", "-r", "--name-only", "HEAD"], capture_output=True)
    if listed.returncode == 0:
        for name in listed.stdout.decode().splitlines():
            if wanted(name):
                yield name, subprocess.run(["git", "-C", folder, "show", f"HEAD:{name}"], capture_output=True).stdout
    else:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and wanted(str(path)):
                yield str(path), path.read_bytes()


def wanted(name):
    name = name.lower()
    return name.endswith((".jinja", ".jinja2", ".j2", "tokenizer_config.json")) or (
        name.endswith((".json", ".py", ".ts", ".js")) and ("template" in name or "jinja" in name))


def texts(name, text):
    if name.endswith(".json"):
        yield from inside(json.loads(text))
    elif name.endswith(".py"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    elif name.endswith((".ts", ".js")):
        for found in re.finditer(r'"(?:[^"\\\n]|\\.){80,}"', text):
            yield json.loads(found.group(0))
    else:
        yield text


def inside(value):
    if isinstance(value, dict):
        for key, own in value.items():
            if key in ("chat_template", "template") and isinstance(own, str):
                yield own
            yield from inside(own)
    elif isinstance(value, list):
        for own in value:
            yield from inside(own)


def gather(out, folders):
    Path(out).mkdir(parents=True, exist_ok=True)
    found = set()
    for folder in folders:
        for name, content in files(folder):
            try:
                for text in texts(name, content.decode("utf-8")) if len(content) <= LARGEST else ():
                    if "message" in text and ("{%" in text or "{{" in text):
                        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
                        found.add(digest)
                        (Path(out) / f"{digest}.jinja").write_bytes(text.encode())
            except (ValueError, SyntaxError):
                print(f"left out: {folder} {name}", file=sys.stderr)
    print(f"{len(found)} templates")


def named(out, folders):
    Path(out).mkdir(parents=True, exist_ok=True)
    for folder in folders:
        for name, content in files(folder):
            if Path(name).suffix == ".jinja" and b"message" in content:
                (Path(out) / Path(name).name).write_bytes(content)


def said(role, content, **more):
    return {"role": role, "content": content} | more


CALL = {"id": "call123ab", "type": "function", "function": {"name": "weather", "arguments": {"place": "Paris", "days": 2}}}
TEXT_CALL = {"id": "call123ab", "type": "function", "function": {"name": "weather", "arguments": '{"place": "Paris"}'}}
TOOL = {"type": "function", "function": {"name": "weather", "description": "The weather.\nOf a place.", "parameters": {
    "type": "object", "properties": {"place": {"type": "string", "description": "Where, e.g. “Köln”"},
                                     "days": {"type": "integer", "enum": [1, 2]}, "tags": {"type": "array", "items": {"type": "string"}}},
    "required": ["place"]}}}
SHAPES = [
    [said("user", "Hi")],
    [said("system", "Be brief."), said("user", "Hi")],
    [said("system", " \u3000Be brief.\n"), said("user", "\u00a0 Hi \u2003"), said("assistant", " Yes \n")],
    [said("user", "a"), said("assistant", "b"), said("user", "c"), said("assistant", "d"), said("user", "e")],
    [said("system", ""), said("user", "差分隐私 😀 naïve \\n \"q\" 'p' <b>&amp; {{ x }} {% y %}")],
    [said("user", "2+2?"), said("assistant", "<think>\nfour\n</think>\n\n4"), said("user", "3+3?")],
    [said("user", "2+2?"), said("assistant", "4", reasoning_content="two and two"), said("user", "more")],
    [said("user", "a"), said("user", "b")],
    [said("assistant", "I begin"), said("user", "b")],
    [said("user", ""), said("assistant", "")],
    [said("user", "a"), said("critic", "b")],
    [said("developer", "Be brief."), said("user", "a")],
    [said("user", "a\tb\u0001\u2028c\r\nd")],
    [said("user", [{"type": "text", "text": "one"}, {"type": "text", "text": " two"}])],
    [said("user", "Weather?"), said("assistant", None, tool_calls=[CALL]), said("tool", "sunny", name="weather", tool_call_id="call123ab"), said("assistant", "Sunny.")],
    [said("user", "Weather?"), said("assistant", "", tool_calls=[TEXT_CALL, TEXT_CALL]), said("tool", '{"t": 20}', name="weather", tool_call_id="call123ab")],
    [said("system", "s"), said("system", "t"), said("user", "u")],
    [],
]


def conversations(path):
    common = {"documents": None, "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    with open(path, "w", encoding="utf-8") as out:
        for messages in SHAPES:
            for prompt in (False, True):
                print(json.dumps(dict(messages=messages, tools=None, add_generation_prompt=prompt, **common)), file=out)
        for messages in SHAPES[:2] + SHAPES[14:16]:
            print(json.dumps(dict(messages=messages, tools=[TOOL, TOOL], add_generation_prompt=True, **common)), file=out)
            print(json.dumps(dict(messages=messages, tools=None, add_generation_prompt=True, enable_thinking=False, **common)), file=out)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    if sys.argv[1] == "--conversations":
        conversations(sys.argv[2])
    elif sys.argv[1] == "--named":
        named(sys.argv[2], sys.argv[3:])
    else:
        gather(sys.argv[1], sys.argv[2:])

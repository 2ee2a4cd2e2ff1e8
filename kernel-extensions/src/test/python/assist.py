"""Tab, Shift-Tab and a mistake in a real kernel.

    python assist.py KERNEL

KERNEL is the name of a kernelspec that JUPYTER_PATH leads to. Prints "name: value" for each fact, values as JSON.
"""

import json
import re
import sys

from jupyter_client.manager import start_new_kernel

ANSI = re.compile(r"\x1b\[[0-9;]*m")
manager, client = start_new_kernel(kernel_name=sys.argv[1], startup_timeout=60)


def fact(name, value):
    print(f"{name}: {json.dumps(value)}")


def complete(code):
    content = client.complete(code, len(code), reply=True, timeout=60)["content"]
    return [code[:content["cursor_start"]] + word + code[content["cursor_end"]:] for word in content["matches"]]


def run(code):
    """What a cell shows: its texts, and the lines of its error."""
    texts, error = [], []

    def hook(message):
        content = message["content"]
        if message["msg_type"] in ("display_data", "execute_result", "update_display_data"):
            texts.append(content["data"]["text/plain"])
        elif message["msg_type"] == "error":
            error.extend(ANSI.sub("", "\n".join(content["traceback"])).splitlines())

    client.execute_interactive(code, timeout=240, output_hook=hook)
    return texts, error


try:
    fact("name before the first cell", complete("%%fine"))
    fact("magics", run("%lsmagic")[0])
    fact("name", complete("%%fine"))
    fact("key", complete("%%finetune\nlora: {lora_ra"))
    fact("java", complete("System.curr"))
    content = client.inspect("%%finetune\nepochs: 3", 13, reply=True, timeout=60)["content"]
    fact("help", content["data"]["text/plain"] if content["found"] else "")
    fact("help in a cell", run("%reticent help lora.lora_rank")[0])
    fact("mistake", run("%%finetune\nlroa: {}\nprivacy: {enabled: false}"))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)

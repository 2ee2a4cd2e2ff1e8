"""Runs cells one after another in one kernel and prints what they show.

    python cells.py FOLDER KERNEL CELLS.json

FOLDER is where the cells run, KERNEL the name of a kernelspec that JUPYTER_PATH leads to, CELLS.json a list of the
cells' texts. Prints "[cell] type: text" for each output, and exits with 1 at the first cell that fails.
"""

import json
import pathlib
import re
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ANSI = re.compile(r"\x1b\[[0-9;]*m")
folder, kernel, source = sys.argv[1:4]
cells = [nbformat.v4.new_code_cell(text) for text in json.loads(pathlib.Path(source).read_text(encoding="utf-8"))]
notebook = nbformat.v4.new_notebook(cells=cells)
client = NotebookClient(notebook, kernel_name=kernel, timeout=600, startup_timeout=60,
                        resources={"metadata": {"path": folder}})
status = 0
try:
    client.execute()
except CellExecutionError:
    status = 1
for number, cell in enumerate(notebook.cells, 1):
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            print(f"[{number}] {output.name}: {output.text.rstrip()}")
        elif output.output_type == "error":
            print(f"[{number}] error: " + ANSI.sub("", "\n".join(output.traceback)))
        else:
            for kind, content in output.data.items():
                print(f"[{number}] {kind}: {content}")
sys.exit(status)

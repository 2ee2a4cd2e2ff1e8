"""Runs notebooks top to bottom in the kernel "reticent" and says what went wrong, cell by cell.

    python run_notebooks.py [--write] FOLDER NOTEBOOK.ipynb...

Two notebooks run at a time, each in a kernel of its own. FOLDER is where the cells run. With --write, which asks for
an empty FOLDER since earlier runs in it would show in the outputs, the outputs are stored in the notebooks; without it
they are compared with those stored, by the kinds of output of each cell, since noise makes no two runs the same.
Exit code 1 when a cell fails, a kernel dies, or the kinds differ.
"""

import pathlib
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

ANSI = re.compile(r"\x1b\[[0-9;]*m")
arguments = [word for word in sys.argv[1:] if word != "--write"]
write = "--write" in sys.argv
folder, notebooks = pathlib.Path(arguments[0]), arguments[1:]
if write and (folder / "runs").exists():
    sys.exit(f"{folder} holds earlier runs, which the outputs would tell of: name an empty folder")


def kinds(cell):
    found = []
    for output in cell.get("outputs", []):
        kind = output.output_type
        if kind in ("display_data", "execute_result"):
            kind += " " + ",".join(sorted(output.data))
        if not found or found[-1] != kind or kind != "stream":
            found.append(kind)
    return found


def run(path):
    notebook = nbformat.read(path, as_version=4)
    stored = [kinds(cell) for cell in notebook.cells]
    start = time.time()
    for attempt in range(3):
        client = NotebookClient(
            notebook, kernel_name="reticent", timeout=600, startup_timeout=60, coalesce_streams=True,
            resources={"metadata": {"path": str(folder)}})
        try:
            client.execute()
            break
        except CellExecutionError:
            for number, cell in enumerate(notebook.cells):
                for output in cell.get("outputs", []):
                    if output.output_type == "error":
                        print(f"{path}, cell {number}:\n{cell.source}")
                        print(ANSI.sub("", "\n".join(output.traceback)))
            return False
        except DeadKernelError as error:
            print(f"{path}: the kernel died: {error}")
            return False
        except RuntimeError as error:
            print(f"{path}: the kernel did not start, attempt {attempt + 1}: {error}")
    else:
        return False
    print(f"ran {pathlib.Path(path).name} in {time.time() - start:.0f} s")
    if write:
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)
        notebook.metadata.pop("widgets", None)
        text = nbformat.writes(notebook).replace(str(folder.resolve()) + "/", "")
        pathlib.Path(path).write_text(text + "\n")
        return True
    good = True
    for number, (cell, before) in enumerate(zip(notebook.cells, stored)):
        if kinds(cell) != before:
            print(f"{path}, cell {number} gave {kinds(cell)}, stored are {before}; write the outputs anew")
            good = False
    return good


with ThreadPoolExecutor(2) as pool:
    sys.exit(0 if all(list(pool.map(run, notebooks))) else 1)

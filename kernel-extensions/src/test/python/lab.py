"""Drives JupyterLab in a headless Chromium: the progress bar moves, Stop works, TensorBoard appears inline.

    python lab.py FOLDER PICTURES

FOLDER is where the notebook and its runs go, PICTURES where screenshots go. JUPYTER_PATH must lead to the kernel
"reticent". Prints a fact a line and exits with 1 when something is not as it should be.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.request

import nbformat
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

folder, pictures = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
pictures.mkdir(parents=True, exist_ok=True)

FINETUNE = """%%finetune
foundation_model_name: reticent-tiny
sample_type: instruct
lora: {lora_attn_modules: [q_proj, v_proj], lora_rank: 8}
dataset: {max_length: 64, held_out_fraction: 0.002, evaluation: public}
privacy: {target_epsilon: 3, delta: 1e-5, loss_curve: 0.1}
l2_norm_clip: 1.0
physical_batch_size: 32
batch_size: 64
max_steps: 40
learning_rate: 1e-2
saving_dir: runs/lab"""
CELLS = [
    "%reticent status",
    FINETUNE,
    'Reticent.show(finetuned.lossChart());\nReticent.show(finetuned.epsilonChart());',
    '%tensorboard runs/lab/tensorboard "train/loss|epsilon$"',
]
notebook = nbformat.v4.new_notebook(
    cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS],
    metadata={"kernelspec": {"name": "reticent", "display_name": "Java (Reticent)", "language": "java"}})
nbformat.write(notebook, folder / "lab.ipynb")

settings = folder / "lab-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
settings.parent.mkdir(parents=True)
settings.write_text('{"fetchNews": "false", "checkForUpdates": false}')
environment = dict(os.environ, JUPYTER_CONFIG_DIR=str(folder / "jupyter-config"),
                   JUPYTER_RUNTIME_DIR=str(folder / "jupyter-runtime"),
                   JUPYTERLAB_SETTINGS_DIR=str(folder / "lab-settings"),
                   JUPYTERLAB_WORKSPACES_DIR=str(folder / "lab-workspaces"))
server = subprocess.Popen(
    [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", "--port=0",
     "--IdentityProvider.token=", "--ServerApp.password=", "--expose-app-in-browser",
     "--ServerApp.root_dir=" + str(folder), "--ServerApp.disable_check_xsrf=True",
     "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"],
    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(folder / "lab.log", "w"), env=environment)
driver = None
address = ""


def wait(what, condition, seconds=600.0):
    end = time.time() + seconds
    while time.time() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    shot("failed")
    raise SystemExit(f"not after {seconds:.0f} s: {what}\n{outputs()}")


def shot(name):
    driver.save_screenshot(str(pictures / f"{name}.png"))


def js(code, *values):
    return driver.execute_script(code, *values)


def outputs():
    return js("return [...document.querySelectorAll('.jp-OutputArea')].map(x => x.innerText).join('\\n----\\n')")


def progress():
    """Step, ε's text and the bar's value of the fine-tuning cell."""
    text = js("return [...document.querySelectorAll('.reticent-progress')].map(x => x.innerText).join('\\n')") or ""
    bar = js("const b = document.querySelector('.reticent-progress progress'); return b ? b.value : -1")
    step = re.search(r"step (\d+) of (\d+)", text)
    return (int(step.group(1)) if step else 0), bar, text


def select(cell):
    js("""const nb = jupyterapp.shell.currentWidget.content; nb.activeCellIndex = arguments[0];
          nb.deselectAll(); nb.scrollToCell(nb.activeCell)""", cell)


def run_cell(cell):
    select(cell)
    js("jupyterapp.commands.execute('notebook:run-cell')")


def prompt(cell):
    return js("return document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')[arguments[0]].innerText", cell)


def kernel_ready():
    """Connected, and not busy; it says "unknown" before its first message."""
    kernel = "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel"
    state = js(f"return [{kernel}?.connectionStatus, {kernel}?.status, !!{kernel}?.info]")
    return state[0] == "connected" and state[1] in ("idle", "unknown")


try:
    for _ in range(600):
        found = re.search(r"http://[^ ]*?:(\d+)/", (folder / "lab.log").read_text())
        if found:
            address = f"http://127.0.0.1:{found.group(1)}/"
            break
        time.sleep(0.1)
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1100,820",
                 "--hide-scrollbars", "--user-data-dir=" + str(folder / "chrome")):
        options.add_argument(word)
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_window_size(1100, 820)
    driver.get(address + "lab/tree/lab.ipynb?reset")
    wait("the kernel is ready", kernel_ready)
    time.sleep(1)
    js("""jupyterapp.commands.execute('application:set-mode', {mode: 'single-document'});
          if (!document.querySelector('.jp-SideBar')?.hidden && jupyterapp.shell.leftCollapsed === false)
            jupyterapp.shell.collapseLeft()""")
    run_cell(0)
    wait("the extension answers in the first cell", lambda: "JVM" in outputs())
    print("first cell: the extension is there")

    run_cell(1)
    wait("the bar is there", lambda: progress()[0] >= 3)
    first = progress()
    wait("the bar has moved", lambda: progress()[0] >= first[0] + 3 and progress()[1] > first[1])
    second = progress()
    select(1)
    time.sleep(0.3)
    shot("notebook-running")
    print(f"bar moved: step {first[0]} to {second[0]}, value {first[1]} to {second[1]}")

    js("jupyterapp.commands.execute('notebook:interrupt-kernel')")
    wait("the cell says that it stops", lambda: "agree" in progress()[2])
    wait("the cell has returned", lambda: prompt(1) != "[*]:")
    wait("the run has stopped", lambda: progress()[2].startswith("stopped"))
    assert "Evaluation interrupted" in outputs() and "Base64" not in outputs(), outputs()
    stopped = progress()
    time.sleep(2)
    assert progress() == stopped, "steps went on after Stop"
    assert stopped[0] < 40, stopped
    charged = (folder / "runs/lab/ledger.jsonl").read_text().count('"kind":"step"')
    saved = sorted(path.name for path in (folder / "runs/lab/checkpoints").glob("step-*"))
    print(f"stopped at step {stopped[0]}: {stopped[2]!r}; steps charged {charged}; checkpoints {saved}")
    assert saved and int(re.sub(r"\D", "", saved[-1])) == stopped[0], "the checkpoint is of another step"
    assert charged == stopped[0], "the ledger has a line for each step"
    select(1)
    time.sleep(0.3)
    shot("notebook-stopped")

    run_cell(1)
    wait("the run is resumed", lambda: "resuming after step" in outputs() or progress()[0] > stopped[0])
    wait("the run is finished", lambda: progress()[2].startswith("finished"))
    print(f"resumed and finished: {progress()[2]!r}")
    assert progress()[0] == 40
    charged = (folder / "runs/lab/ledger.jsonl").read_text().count('"kind":"step"')
    assert charged == 40, f"{charged} steps charged by a resumed run of 40 steps"
    select(1)
    time.sleep(0.3)
    shot("notebook-finished")

    driver.set_window_size(1100, 880)
    run_cell(2)
    charts = "return document.querySelectorAll('.jp-CodeCell')[arguments[0]].querySelectorAll('.jp-RenderedSVG').length"
    assert js(charts, 1) == 1, "the run's live chart"
    wait("the charts are shown", lambda: js(charts, 2) == 2)
    select(2)
    time.sleep(0.5)
    js("document.querySelectorAll('.jp-CodeCell')[2].scrollIntoView({block: 'start'})")
    time.sleep(0.5)
    shot("notebook-charts")

    js("jupyterapp.commands.execute('docmanager:save')")
    # JupyterLab saves by the clock, too: what counts is that the charts' own cell is in the file.
    wait("the notebook is saved", lambda: (folder / "lab.ipynb").read_text().count('"image/png"') == 3)
    # As a colleague gets it: Jupyter trusts what it has run itself, so the copy differs by a letter.
    (folder / "copy.ipynb").write_text(
        (folder / "lab.ipynb").read_text().replace('"%reticent status"', '"%reticent status "', 1))
    js("jupyterapp.commands.execute('docmanager:open', {path: 'copy.ipynb', kernel: {shouldStart: false}})")
    pictures_shown = """const copy = [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden)')].pop();
                        return [copy.querySelectorAll('.jp-RenderedImage img').length,
                                copy.querySelectorAll('.jp-RenderedSVG').length]"""
    wait("a notebook that is not trusted shows its charts as PNG", lambda: js(pictures_shown) == [3, 0], 60)
    js("""const copy = [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden)')].pop();
          copy.querySelectorAll('.jp-CodeCell')[1].scrollIntoView({block: 'start'})""")
    time.sleep(0.5)
    shot("notebook-untrusted")
    print("untrusted: charts are there")
    js("jupyterapp.commands.execute('docmanager:open', {path: 'lab.ipynb'})")
    wait("the notebook is in front again", kernel_ready)

    driver.set_window_size(1400, 900)
    run_cell(3)
    wait("TensorBoard's frame is there", lambda: js("return document.querySelectorAll('.jp-OutputArea iframe').length"))
    select(3)
    js("document.querySelector('.jp-OutputArea iframe').scrollIntoView()")
    driver.switch_to.frame(driver.find_element("css selector", ".jp-OutputArea iframe"))
    # Its cards lie in shadow trees, which innerText does not enter.
    deep = """function all(root) {
                let text = '';
                for (const node of root.querySelectorAll('*')) {
                  if (node.tagName.toLowerCase() === 'tf-scalar-card') text += ' ' + node.tag;
                  if (node.shadowRoot) text += all(node.shadowRoot);
                }
                return text;
              }
              return all(document)"""
    wait("TensorBoard shows loss and ε", lambda: "privacy/epsilon" in js(deep) and "train/loss" in js(deep))
    text = js(deep)
    driver.switch_to.default_content()
    time.sleep(3)
    shot("notebook-tensorboard")
    print("TensorBoard inline:", "epsilon" in text, "loss" in text)
    assert "epsilon" in text and "loss" in text
finally:
    if driver:
        driver.quit()
    # The server ends its kernels only when it is asked to.
    if address:
        kernels = json.loads(urllib.request.urlopen(address + "api/kernels", timeout=20).read())
        for kernel in kernels:
            urllib.request.urlopen(
                urllib.request.Request(address + "api/kernels/" + kernel["id"], method="DELETE"), timeout=20)
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()

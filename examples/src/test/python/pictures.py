"""Takes docs/images anew, from one quickstart: what its reader sees in reports, MLflow, TensorBoard, Jupyter and the browser.

    python pictures.py CLONE OUT [PICTURE…]

CLONE is a checkout in which README's first commands have run: `./reticent quickstart`, then `./reticent finetune
configs/quickstart-non-private.yaml` and `./reticent evaluate configs/evaluate.yaml`. PICTURE is one of report, mlflow,
tensorboard, serving, notebook; all unless named. Needs Chromium, selenium, mlflow, tensorboard and jupyterlab. Whoever takes
them opens each, and corrects the figures that pages say beside them.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

clone, out = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
out.mkdir(parents=True, exist_ok=True)
work = pathlib.Path(tempfile.mkdtemp(prefix="pictures"))
started = []


def run(*words, **more):
    subprocess.run([str(word) for word in words], cwd=clone, check=True, **more)


def start(words, says=None, url=None):
    """A program in the background; the address that it says, or once the given one answers."""
    log = open(work / f"{len(started)}.log", "w+")
    started.append(subprocess.Popen([str(word) for word in words], cwd=clone, stdout=log, stderr=subprocess.STDOUT,
                                    start_new_session=True))
    for _ in range(1200):
        found = says and re.search(says, pathlib.Path(log.name).read_text())
        if found:
            return found.group(0)
        if url:
            try:
                urllib.request.urlopen(url, timeout=5).close()
                return url
            except OSError:
                pass
        time.sleep(0.25)
    sys.exit(pathlib.Path(log.name).read_text())


def browser(width, height):
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--enable-unsafe-swiftshader"):
        options.add_argument(word)
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome")
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    # The window's inner size is the picture's.
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
    return driver


def report():
    """The page down to the end of its first table, and the chart by itself."""
    shutil.copy(clone / "runs/evaluation/grades.png", out / "grades.png")
    driver = browser(1100, 1260)
    driver.get((clone / "runs/evaluation/report.html").as_uri())
    end = driver.execute_script("return document.querySelector('table').getBoundingClientRect().bottom")
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": 1100, "height": int(end) + 24, "deviceScaleFactor": 1, "mobile": False})
    driver.save_screenshot(str(out / "evaluation-report.png"))
    driver.quit()


def mlflow():
    """The same answers, graded again and logged to a real server."""
    uri = "http://127.0.0.1:5765"
    start([sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", "5765", "--workers", "1",
           "--backend-store-uri", f"sqlite:///{work}/mlflow.db", "--artifacts-destination", work / "artifacts"], url=uri + "/health")
    answers = [f"{side}.predictions=runs/evaluation/{side}/predictions.jsonl" for side in ("base", "non_dp", "dp")]
    run("./reticent", "evaluate", "configs/evaluate.yaml", *answers, "~base.foundation_model_name", "~non_dp.checkpoint_path",
        "~dp.checkpoint_path", "dataset.evaluation=public", "held_out_loss=false", "tensorboard=false", f"mlflow.tracking_uri={uri}",
        "mlflow.experiment=quickstart", f"saving_dir={work}/evaluation", "cache_dir=runs/evaluation/verdicts")
    driver = browser(1458, 377)
    driver.get(uri + "/#/experiments/1/evaluation-runs")
    wait(driver, "eval_non")
    without_assistant(driver)
    driver.save_screenshot(str(out / "mlflow-runs.png"))
    driver.quit()
    search = urllib.request.Request(uri + "/api/2.0/mlflow/runs/search", b'{"experiment_ids": ["1"]}',
                                    {"Content-Type": "application/json"})
    runs = json.load(urllib.request.urlopen(search))["runs"]
    dp = next(run["info"]["run_id"] for run in runs if run["info"]["run_name"] == "eval_dp")
    driver = browser(1458, 754)
    driver.get(f"{uri}/#/experiments/1/runs/{dp}/artifacts/eval_results_table.json")
    wait(driver, "tarn diff")
    without_assistant(driver)
    driver.save_screenshot(str(out / "mlflow-table.png"))
    driver.quit()


def without_assistant(driver):
    """MLflow opens it beside the page; its buttons are: again, settings, close."""
    for button in driver.find_elements(By.XPATH, "//*[text()='MLflow Assistant']/following::button[3]"):
        button.click()
        time.sleep(2)


def wait(driver, text, seconds=90):
    for _ in range(seconds * 2):
        if text in driver.find_element(By.TAG_NAME, "body").text:
            time.sleep(2)
            return
        time.sleep(0.5)
    driver.save_screenshot(str(work / "failed.png"))
    sys.exit(f"{text!r} does not appear; see {work}/failed.png")


def tensorboard():
    uri = start([sys.executable, "-m", "tensorboard.main", "--logdir", "runs/quickstart/tensorboard", "--host", "127.0.0.1",
                 "--port", "0"], says=r"http://[^ ]+")
    for page, name, width, height in (("timeseries", "tensorboard", 1400, 900), ("hparams", "tensorboard-hparams", 2150, 560)):
        driver = browser(width, height)
        driver.get(f"{uri}#{page}")
        time.sleep(20)
        driver.save_screenshot(str(out / f"{name}.png"))
        driver.quit()


def serving():
    uri = start(["./reticent", "serve", "configs/serve.yaml", "serving.port=0"], says=r"http://[^ ,]+")
    run(sys.executable, clone / "server/src/test/python/page.py", uri, out / "serving.png",
        "How do I delete table /sales/orders in zone harbor?", out / "serving-narrow.png", stdout=subprocess.DEVNULL)


def notebook():
    run("./reticent", "kernel", "install", "--jupyter-dir", work / "jupyter")
    (work / "lab").mkdir()
    run(sys.executable, clone / "kernel-extensions/src/test/python/lab.py", work / "lab", work / "lab-pictures",
        env=dict(os.environ, JUPYTER_PATH=str(work / "jupyter"), RETICENT_PYTHON=sys.executable))
    for name in ("notebook-running", "notebook-untrusted", "notebook-tensorboard"):
        shutil.copy(work / "lab-pictures" / f"{name}.png", out)


PICTURES = {"report": report, "mlflow": mlflow, "tensorboard": tensorboard, "serving": serving, "notebook": notebook}
try:
    for wanted in sys.argv[3:] or PICTURES:
        print(wanted, flush=True)
        PICTURES[wanted]()
finally:
    for process in started:
        process.terminate()
        process.wait(30)

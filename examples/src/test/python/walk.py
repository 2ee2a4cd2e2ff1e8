"""Walks the path of README and docs/ as five newcomers: types their commands, word for word and in order, in a fresh clone.

    python examples/src/test/python/walk.py [--repository FOLDER | --empty-repository] [--brief] [--in CLONE] [USER | PART…]

Users are terminal, officer, java, notebook and databricks; each has parts, mostly a page each, which --list names. All are
walked unless some are named. The clone is of what is committed here, in a folder of its own under the system's temporary
one, with a copy of this machine's Maven repository, of another one, or with an empty one, which Maven then fills from where
its settings say. --in goes on in a clone of an earlier walk, whose quickstart stands, and --from with a part and all after
it. With --brief runs take a few steps: what they are good for is not seen then, but whether the path holds. A command that
takes longer than --minutes has failed, and the walk goes on. The notebook's user needs nbclient in the Python that runs
this. Takes some forty minutes on two cores, most of it the builds, the training and the audit; no test, as those try the same
things one by one.

Every line that looks like a command is typed, or stands in LEFT_OUT with the reason. Exit code 1 when one of them
does not do what its page says.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parents[4]
COMMAND = re.compile(r"(\w+=\S+ )?(\./reticent|mvn|cp|curl|export|python3?|docker|spark-submit|java|git|llama-quantize) .*", re.S)

# What a reader has in mind where a page says a name of theirs.
STAND_INS = {
    "README.md": {"my-rows.csv": "rows.csv"},
    "docs/export.md": {"runs/my-run": "runs/my", "my-config.yaml": "my.yaml", "merged --dtype": "merged-fp32 --dtype"},
    "docs/notebooks.md": {"--jupyter-dir DIR": "--jupyter-dir jupyter"},
    "docs/privacy.md": {"RUN": "runs/quickstart", "audit CONFIG.yaml": "audit my.yaml saving_dir=runs/audited --canaries 60",
                        "tune CONFIG.yaml": "tune configs/quickstart.yaml saving_dir=runs/tuned --mean-runs 2"},
    "docs/spark.md": {"config.yaml": "my.yaml saving_dir=runs/spark"},
}

LEFT_OUT = {
    "README.md": {"mvn verify": "takes as long by itself as all of this"},
    "docs/evaluation.md": {"export OPENAI": "a key", "./reticent evaluate configs/evaluate.yaml judge.provider=openai judge.model=gpt-4 judge.max": "a key"},
    "docs/export.md": {"./reticent merge some/peft": "a folder of somebody's", "python convert": "llama.cpp", "llama-quantize": "llama.cpp"},
    "docs/gpu.md": {"python3 -m venv": "a card", "export PYTORCH": "a card", "docker": "a card", "RETICENT_LIBTORCH": "a download"},
    "docs/serving.md": {"curl http://127.0.0.1:8080/v1/load": "an admin's key", "curl http://127.0.0.1:8080/v1/unload": "an admin's key",
                        "java -cp $CP": "a measurement"},
    "docs/spark.md": {"spark-submit": "a cluster"},
}

# The model, data and folder that own-data.md asks its reader to change.
OWN = {"open_mistral_7b": "reticent-tiny", "models_root: models\n": "", "load_in_4bit: true": "load_in_4bit: false",
       "data_dir: data": "train_file: rows.csv", "[cuda:0]": "[cpu]", "dtype: bf16": "dtype: fp32", "delta: 1e-5": "delta: 1e-3",
       "physical_batch_size: 1": "physical_batch_size: 16", "gradient_accumulation_steps: 2048": "gradient_accumulation_steps: 4",
       "max_length: 1024": "max_length: 128", "runs/mistral-7b-qlora-dp": "runs/my", "epochs: 25": "epochs: 2"}


def commands(page):
    """The commands of a page's blocks of code, continued lines joined, as they stand there."""
    text = re.sub(r" \\\n\s+", " ", (clone / page).read_text())
    for line in re.findall(r"(?m)^ {4}(\S.*)$", text):
        if COMMAND.fullmatch(line):
            yield re.sub(r"\s+#\s.*", "", line)


def to_type(page):
    """What of them is typed, a reader's own names put in."""
    left = dict(LEFT_OUT.get(page, {}))
    used = set()
    for line in commands(page):
        reason = next((prefix for prefix in left if line.startswith(prefix)), None)
        if reason:
            used.add(reason)
            note(page, line, f"left out: {left[reason]}")
            continue
        for name, stand_in in STAND_INS.get(page, {}).items():
            line = line.replace(name, stand_in)
        yield re.sub(r" \[--[^]]*\]", "", line)  # what may be left out
    for prefix in left.keys() - used:
        failed(page, prefix, "is left out here but is not on the page")


def note(page, line, result):
    print(f"{page:20} {line[:100]:100} {result}", flush=True)


def failed(page, line, why):
    failures.append(f"{page}: {line}")
    note(page, line, "FAILED")
    print(re.sub(r"(?m)^", "    | ", why.strip()[-3000:]), flush=True)


def type_in(page, line, folder=None, expected=(0,)):
    """Types a line into a shell and waits for its end."""
    if asked.brief and re.match(r"\./reticent (finetune|audit|tune) .*yaml", line):
        line += " max_steps=3"
    start = time.time()
    with open(clone.parent / "typed.log", "a+") as log:
        log.write(f"$ {line}\n")
        log.flush()
        at = log.tell()
        typed = subprocess.Popen(["bash", "-c", line], cwd=folder or clone, env=environment, stdin=subprocess.DEVNULL,
                                 stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            code = typed.wait(timeout=asked.minutes * 60)
        except subprocess.TimeoutExpired:
            os.killpg(typed.pid, signal.SIGKILL)
            code = f"none: it took more than {asked.minutes:g} minutes"
        log.seek(at)
        printed = log.read()
    if code in expected:
        note(page, line, f"{time.time() - start:.0f} s")
    else:
        failed(page, line, f"exit code {code}\n{printed}")
    return printed


def serving(page, line):
    """A server is asked as docs/serving.md says, and stopped with Ctrl-C."""
    start = time.time()
    # What a shell starts in its background ignores Ctrl-C, and hands that on; the walk may be there, its server is not.
    server = subprocess.Popen(["bash", "-c", "exec " + line], cwd=clone, env=environment, start_new_session=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    try:
        while time.time() < start + 300 and server.poll() is None:
            try:
                urllib.request.urlopen("http://127.0.0.1:8080/health", timeout=5).close()
                break
            except OSError:
                time.sleep(1)
        for question in to_type("docs/serving.md"):
            answer = type_in("docs/serving.md", question.replace("curl ", "curl -sS --fail-with-body ", 1))
            if '"content"' not in answer:
                failed("docs/serving.md", question, answer)
    finally:
        os.killpg(server.pid, signal.SIGINT)
    printed, _ = server.communicate(timeout=60)
    if server.returncode in (0, 130):
        note(page, line, f"{time.time() - start:.0f} s")
    else:
        failed(page, line, f"exit code {server.returncode}\n{printed}")


def rows(path):
    """A file as a spreadsheet would write it."""
    lines = ["id,question,answer"]
    lines += [f'{i},"How do I open door {i}, please?","turn handle {i % 7}, then push"' for i in range(200)]
    path.write_text("\n".join(lines) + "\n")


def block(page, begins):
    """The block in fences whose first line begins so."""
    return next(b for b in re.findall(r"(?s)```\w*\n(.*?)```", (clone / page).read_text()) if b.startswith(begins))


def quickstart():
    first, *_ = to_type("README.md")
    (clone.parent / "quickstart.txt").write_text(type_in("README.md", first))


def next_steps():
    """What quickstart names at its end is what people type next."""
    printed = (clone.parent / "quickstart.txt").read_text()
    lines = re.findall(r"(?m)^ +(\./reticent .*?)(?: {2,}.*)?$", printed)
    if not lines:
        failed("quickstart's end", "Next:", printed)
    for line in lines:
        (serving if " serve " in line else type_in)("quickstart's end", line)


def configs():
    for config in sorted((clone / "configs").glob("*.yaml")):
        line = config.read_text().splitlines()[0].lstrip("# ")
        if "mistral" in line:
            note("configs", line, "left out: a model of 14 GB")
        elif " serve " not in line and " evaluate " not in line and not line.endswith("/quickstart.yaml"):
            type_in("configs", line)


def readme():
    _, *then = to_type("README.md")
    for line in then:
        if line.startswith("./reticent audit"):
            # Not the folder of the run that is there, and fewer canaries.
            line += " --canaries 60 saving_dir=runs/audit"
        (serving if " serve " in line else type_in)("README.md", line)


def own_data():
    for line in to_type("docs/own-data.md"):
        type_in("docs/own-data.md", line)
        if line.startswith("cp "):
            my_yaml()


def my_yaml():
    """The config as its reader leaves it, who has changed model, data and folder."""
    text = (clone / "configs/mistral-7b-qlora-dp.yaml").read_text()
    for before, after in OWN.items():
        if before not in text:
            failed("docs/own-data.md", "cp", f"{before!r} is not in the file")
        text = text.replace(before, after)
    (clone / "my.yaml").write_text(text)


def page(name):
    """A page whose lines are typed as they stand."""

    def typed():
        if not (clone / "my.yaml").exists():
            my_yaml()
        for line in to_type(f"docs/{name}.md"):
            type_in(f"docs/{name}.md", line)

    return typed


def merged():
    """What export.md's reader does in Python."""
    page("export")()
    lines = "\n".join(re.findall(r"(?m)^ {4}((?:from transformers|model =|tokenizer =).*)$", (clone / "docs/export.md").read_text()))
    type_in("docs/export.md", f"{sys.executable} -c '{lines}'")


def hand_over():
    keys = re.findall(r"`(openssl [^`]*)`", (clone / "docs/privacy.md").read_text())
    if len(keys) != 2:
        failed("docs/privacy.md", "openssl", str(keys))
    for line in keys:
        type_in("docs/privacy.md", line)
    type_in("docs/privacy.md", "./reticent privacy pack runs/quickstart handed-over --private-key key.pem")
    type_in("docs/privacy.md", "./reticent privacy verify handed-over --public-key public.pem")
    printed = type_in("docs/privacy.md", "ls handed-over")
    if "local" in printed.split():
        failed("docs/privacy.md", "privacy pack", "local/ left the run")


def install():
    type_in("README.md", "mvn -q install -DskipTests -Dspotless.check.skip")


def projects():
    for name in ("maven-project", "gradle-project", "jbang"):
        shutil.copytree(clone / "examples/src" / name, clone.parent / name, dirs_exist_ok=True)
    printed = type_in("examples", "mvn -q compile exec:exec", clone.parent / "maven-project")
    if "bytes of answer" not in printed:
        failed("examples", "maven-project", printed)
    # Gradle looks for its own mavenLocal() where Maven's settings of the user's home say.
    type_in("examples", f"gradle -q --no-daemon -Dmaven.repo.local={repository} run", clone.parent / "gradle-project")


def in_java():
    imports = "\n".join(f"import dev.reticent.{name}.*;" for name in ("config", "recipe", "run", "settings")) + "\n"
    for name, begins in (("README.md", "var config"), ("docs/java.md", "Config config")):
        snippet = block(name, begins).replace("runs/mine", "runs/" + name.rpartition("/")[2].removesuffix(".md"))
        (clone / "Snippet.java").write_text(
            imports + "import java.nio.file.*; import java.util.*;\n"
            "class Snippet { public static void main(String[] a) throws Exception {\n" + snippet + "}}\n")
        printed = type_in(name, 'java -Dai.djl.offline=true -cp "$(cat target/launcher/classpath)" Snippet.java')
        if "ε" not in printed:
            failed(name, begins, printed)


def kernel():
    for line in to_type("docs/notebooks.md"):
        type_in("docs/notebooks.md", line)


def cell():
    cell = block("README.md", "%%finetune").replace("runs/mine", "runs/cell")
    if asked.brief:
        cell += "max_steps: 3\n"
    (clone / "cell.py").write_text(
        "import nbformat, nbclient\n"
        f"cells = [nbformat.v4.new_code_cell(text) for text in {[cell, 'finetuned']!r}]\n"
        "book = nbformat.v4.new_notebook(cells=cells)\n"
        "nbclient.NotebookClient(book, kernel_name='reticent', timeout=1800).execute()\n"
        "print(book.cells[1].outputs[0]['data']['text/plain'])\n")
    printed = type_in("README.md", f"{sys.executable} cell.py")
    if "ε" not in printed:
        failed("README.md", "%%finetune", printed)


def databricks():
    jar = clone / "kernel-extensions/notebook/target/reticent-notebook-0.1.0.jar"
    if not jar.exists():
        type_in("docs/databricks.md", "mvn -q package -DskipTests -Dspotless.check.skip")
    # What its Scala cells call, as a program with that one jar; a test compiles the cells themselves.
    (clone / "Cell.java").write_text(
        "import dev.reticent.config.*; import dev.reticent.kernel.*; import java.nio.file.*; import java.util.*;\n"
        "class Cell { public static void main(String[] a) throws Exception {\n"
        '  var config = Config.read(Path.of("configs/quickstart.yaml"));\n'
        "  System.out.println(Reticent.html(Reticent.plan(config, 9000)));\n}}\n")
    printed = type_in("docs/databricks.md", f"java -Dai.djl.offline=true -cp {jar} Cell.java")
    if "<table" not in printed:
        failed("docs/databricks.md", "Reticent.html", printed)
    note("docs/databricks.md", "%sh …, %tensorboard …", "left out: Databricks")


# Each user's parts, in the order in which they are walked.
USERS = {
    "terminal": {
        "quickstart": quickstart, "next": next_steps, "configs": configs, "readme": readme, "own-data": own_data,
        "choosing": page("choosing"), "evaluation": page("evaluation"), "export": merged, "gpu": page("gpu"), "spark": page("spark")},
    "officer": {"privacy": page("privacy"), "accounting": page("accounting"), "hand-over": hand_over},
    "java": {"install": install, "projects": projects, "in-java": in_java},
    "notebook": {"kernel": kernel, "cell": cell},
    "databricks": {"one-jar": databricks},
}
PARTS = {name: part for parts in USERS.values() for name, part in parts.items()}
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--repository", type=pathlib.Path)
parser.add_argument("--empty-repository", action="store_true")
parser.add_argument("--brief", action="store_true")
parser.add_argument("--in", dest="clone", type=pathlib.Path)
parser.add_argument("--from", dest="first", choices=PARTS, metavar="PART")
parser.add_argument("--minutes", type=float, default=45)
parser.add_argument("--list", action="store_true")
parser.add_argument("parts", nargs="*", metavar="USER | PART", choices=[*USERS, *PARTS, []])
asked = parser.parse_args()
if asked.list:
    print("\n".join(f"{user}: {' '.join(parts)}" for user, parts in USERS.items()))
    sys.exit()

clone = asked.clone or pathlib.Path(tempfile.mkdtemp(prefix="walk")) / "reticent"
clone = clone.resolve()
failures = []
repository = clone.parent / "repository"
environment = dict(os.environ, MAVEN_OPTS=f"-Dmaven.repo.local={repository}", JUPYTER_DATA_DIR=str(clone.parent / "jupyter"),
                   RETICENT_PYTHON=sys.executable)
if not clone.exists():
    subprocess.run(["git", "clone", "-q", str(HERE), str(clone)], check=True)
    repository.mkdir(exist_ok=True)
    filled = asked.repository or pathlib.Path.home() / ".m2/repository"
    if filled.is_dir() and not asked.empty_repository:
        # Not what was installed of this project, which the walk has to make itself.
        shutil.copytree(filled, repository, dirs_exist_ok=True,
                        ignore=lambda folder, names: ["reticent"] if folder.endswith("/dev") else [])
rows(clone / "rows.csv")
print(f"in {clone}, all output in {clone.parent / 'typed.log'}", flush=True)
wanted = [part for name in asked.parts for part in USERS.get(name, [name])] or [*PARTS]
if asked.first:
    wanted = [*PARTS][[*PARTS].index(asked.first):]
for name in wanted:
    print(f"== {name}", flush=True)
    PARTS[name]()
print(f"{len(failures)} failed" + "".join(f"\n  {failure}" for failure in failures))
sys.exit(1 if failures else 0)

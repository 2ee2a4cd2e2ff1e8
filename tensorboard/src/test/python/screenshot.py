"""Takes a picture of a log folder in the real TensorBoard with a headless Chromium.

    python screenshot.py LOGDIR OUT.png [page: scalars|timeseries|custom_scalars|text|hparams|...] [tags]

Tags, a regular expression, are what the scalars page shows first.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

logdir, out = sys.argv[1:3]
page = sys.argv[3] if len(sys.argv) > 3 else "scalars"
query = "&_smoothingWeight=0&tagFilter=" + urllib.parse.quote(sys.argv[4]) if len(sys.argv) > 4 else ""
browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if browser is None:
    sys.exit("screenshot.py: no Chromium found; install one, for example with apt-get install chromium")
server = subprocess.Popen(
    [sys.executable, "-m", "tensorboard.main", "--logdir", logdir, "--host", "127.0.0.1", "--port", "0"],
    stderr=subprocess.PIPE, text=True)
try:
    for line in server.stderr:
        found = re.search(r"http://[^ ]+", line)
        if found:
            break
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--enable-unsafe-swiftshader", "--hide-scrollbars",
             "--user-data-dir=" + profile, "--window-size=1400,900", "--virtual-time-budget=20000",
             "--timeout=60000", "--screenshot=" + out, found.group(0) + "#" + page + query],
            check=True, timeout=120, stderr=subprocess.DEVNULL)
finally:
    server.terminate()
    server.wait()

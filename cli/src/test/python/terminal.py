"""Takes a picture of what commands print on a terminal, colours and all, with a headless Chromium.

    python terminal.py OUT.png 'COMMAND' ['COMMAND'…]
"""

import html
import os
import pty
import re
import shutil
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

COLOURS = {1: "font-weight:600", 2: "opacity:.55", 9: "text-decoration:line-through", 31: "color:#c4383a", 32: "color:#1a7f37"}


def printed(command):
    """The output on a terminal of 110 columns; a line that was written over shows as it was at last."""
    text = bytearray()

    def read(source):
        data = os.read(source, 65536)
        text.extend(data)
        return data

    os.environ.update(COLUMNS="110", TERM="xterm-256color")
    if pty.spawn(["bash", "-c", command], read) != 0:
        sys.exit(text.decode(errors="replace"))
    lines = text.decode().replace("\r\n", "\n").split("\n")
    return "\n".join(re.sub(r"\x1b\[\d*[A-JL-Zf-l]", "", line.split("\r")[-1]) for line in lines).strip("\n")


def spans(text):
    open_spans, out = 0, []
    for part in re.split(r"(\x1b\[[\d;]*m)", text):
        style = re.fullmatch(r"\x1b\[([\d;]*)m", part)
        if style is None:
            out.append(html.escape(part))
            continue
        codes = [int(code or 0) for code in style.group(1).split(";")]
        if 0 in codes:
            out.append("</span>" * open_spans)
            open_spans = 0
        else:
            out.append(f'<span style="{";".join(COLOURS.get(code, "") for code in codes)}">')
            open_spans += 1
    return "".join(out)


out, *commands = sys.argv[1:]
shown = "\n\n".join(f"$ {command}\n{printed(command)}" for command in commands)
browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if browser is None:
    sys.exit("terminal.py: no Chromium found; install one, for example with apt-get install chromium")
with tempfile.TemporaryDirectory() as folder:
    page = os.path.join(folder, "page.html")
    with open(page, "w", encoding="utf-8") as file:
        file.write('<meta charset="utf-8"><body style="margin:0;background:#fff;color:#1f2328">'
                   '<pre style="margin:0;padding:16px;font:14px/20px DejaVu Sans Mono,monospace;white-space:pre-wrap;width:936px">'
                   f"{spans(shown)}</pre>")
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--window-size=1000,1400",
                 "--user-data-dir=" + folder + "/profile"):
        options.add_argument(word)
    options.binary_location = browser
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        driver.get("file://" + page)
        driver.find_element("tag name", "pre").screenshot(out)
    finally:
        driver.quit()

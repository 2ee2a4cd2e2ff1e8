"""Uses the sampling server's page as a person would, in headless Chromium, and tells what was there.

    python page.py URL OUT.png PROMPT [NARROW.png]

Needs selenium, Chromium and its chromedriver. Prints one JSON object.
"""

import json
import shutil
import sys
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

url, out, prompt = sys.argv[1:4]

# What the texts were like while they grew, kept by the page itself.
WATCH = """
window.lengths = [[], []];
document.querySelectorAll(".text").forEach((text, i) =>
  new MutationObserver(() => window.lengths[i].push(text.textContent.length))
    .observe(text, {childList: true, characterData: true, subtree: true}));
"""

options = webdriver.ChromeOptions()
options.binary_location = shutil.which("chromium") or shutil.which("google-chrome")
for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars",
                 "--window-size=1280,860", "--force-device-scale-factor=2"]:
    options.add_argument(argument)
options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
try:
    driver.get(url)
    wait = WebDriverWait(driver, 60)
    wait.until(lambda d: "ready" in d.find_element(By.ID, "state").text)
    selects = driver.find_elements(By.CSS_SELECTOR, ".answer select")
    driver.execute_script(WATCH)
    box = driver.find_element(By.ID, "prompt")

    def ask(text):
        box.clear()
        driver.execute_script("arguments[0].value = arguments[1]", box, text)
        driver.find_element(By.ID, "send").click()
        time.sleep(0.1)
        wait.until(lambda d: not d.find_elements(By.CSS_SELECTOR, ".busy"))

    ask(prompt)
    driver.save_screenshot(out)
    seen = {
        "state": driver.find_element(By.ID, "state").text,
        "models": [select.get_property("value") for select in selects],
        "badges": [badge.text for badge in driver.find_elements(By.CSS_SELECTOR, ".badge")],
        "texts": [text.get_property("textContent") for text in driver.find_elements(By.CSS_SELECTOR, ".text")],
        "footers": [foot.text for foot in driver.find_elements(By.CSS_SELECTOR, ".answer footer")],
        "lengths": driver.execute_script("return window.lengths.map(l => [...new Set(l)])"),
        "elsewhere": [name for name in driver.execute_script(
            "return performance.getEntriesByType('resource').map(e => e.name)")
            if not name.startswith((url, "data:"))],
        "complaints": [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"],
    }
    def settle(element, value):
        driver.execute_script(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))",
            element, value)

    def by_id(name):
        return driver.find_element(By.ID, name)

    def left(kind):
        return driver.find_element(By.CSS_SELECTOR, "#left " + kind)

    seen["most"] = by_id("max_tokens").get_property("max")

    # A second turn with a system prompt and every setting, as the page sends it.
    driver.execute_script("""
      window.sent = [];
      const real = window.fetch;
      window.fetch = (url, init) => { window.sent.push(JSON.parse(init.body)); return real(url, init); };
    """)
    by_id("more").find_element(By.TAG_NAME, "summary").click()
    settle(by_id("system"), "Be short.")
    for name, value in {"min_p": "0.1", "repetition_penalty": "1.1", "frequency_penalty": "0.5",
                        "presence_penalty": "-0.5", "top_k": "7", "seed": "3", "stops": "END|###",
                        "max_tokens": "16"}.items():
        settle(by_id(name), value)
    ask("And then?")
    seen["sent"] = driver.execute_script("return window.sent[0]")
    seen["turns"] = [turn.text for turn in driver.find_elements(By.CSS_SELECTOR, "#left .turns li")]

    # JSON by a schema.
    settle(by_id("stops"), "")
    settle(by_id("form"), "json_schema")
    settle(by_id("schema"), '{"enum": ["A", "B"]}')
    by_id("anew").click()
    ask("A or B?")
    seen["json"] = left(".text").text
    seen["copyable"] = left(".copy").is_enabled()
    settle(by_id("schema"), "{")
    ask("A or B?")
    seen["badSchema"] = left(".problem").text
    settle(by_id("form"), "text")

    # What has come stays when an error follows, and when the stream breaks off.
    tails = {"failed": 'event: error\ndata: {"error": {"message": "It failed."}}\n\n', "dropped": ""}
    for name, tail in tails.items():
        driver.execute_script("""
          const events = arguments[0];
          window.fetch = async () => new Response(events, {headers: {"Content-Type": "text/event-stream"}});
        """, 'data: {"choices": [{"delta": {"content": "Half an"}}]}\n\n' + tail)
        ask("x")
        seen[name] = [left(".text").text, left(".problem").text]
    driver.get(url)
    wait.until(lambda d: "ready" in d.find_element(By.ID, "state").text)
    box = driver.find_element(By.ID, "prompt")

    # A telephone: nothing is wider than it.
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True})
    ask(prompt)
    by_id("more").find_element(By.TAG_NAME, "summary").click()
    seen["wider"] = driver.execute_script("""
      return [...document.querySelectorAll("body *")]
        .filter(e => e.getBoundingClientRect().right > 390.5 || e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === "visible" && e.clientWidth > 0)
        .map(e => e.tagName + "#" + e.id + "." + e.className)""")
    seen["page"] = driver.execute_script("return document.documentElement.scrollWidth")
    if len(sys.argv) > 4:
        by_id("more").find_element(By.TAG_NAME, "summary").click()
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                               {"width": 390, "height": 1500, "deviceScaleFactor": 2, "mobile": True})
        driver.save_screenshot(sys.argv[4])
    ask("word " * 3000)
    seen["refused"] = left(".problem").text
    print(json.dumps(seen))
finally:
    driver.quit()

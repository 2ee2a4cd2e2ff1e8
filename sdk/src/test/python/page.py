"""Uses the sampling server's page as a person would, in headless Chromium, and tells what was there.

    python page.py URL OUT.png PROMPT [answer tokens]

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
    ask("word " * 3000)
    seen["refused"] = driver.find_element(By.CSS_SELECTOR, "#left .text").text
    print(json.dumps(seen))
finally:
    driver.quit()

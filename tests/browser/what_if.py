"""Looks at a what-if page in a browser, as a reader would, and checks settings by simulation.

Usage: what_if.py FOLDER CRACKDOWN [SETTINGS to simulate, 3 by default] [LANGUAGE, en by default]

FOLDER is that of `crackdown optimise --lang LANGUAGE`. Ends with a line `N passed, N failed`; fails if anything failed.
"""

import csv
import json
import math
import pathlib
import random
import re
import subprocess
import sys
import tempfile

from playwright.sync_api import sync_playwright

folder, crackdown = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
simulated = int(sys.argv[3]) if len(sys.argv) > 3 else 3
language = sys.argv[4] if len(sys.argv) > 4 else "en"
passed, failed = [], []


def check(name, good, detail=""):
    """Notes whether something holds."""
    (passed if good else failed).append(name)
    if not good:
        print(f"FAILED: {name} {detail}")


def term(places, point):
    """A term of a surface, written anew: the page must agree."""
    line = [math.sqrt(3) * (2 * point[place] - 1) for place in places]
    if len(places) == 2 and places[0] == places[1]:
        return math.sqrt(5) * (line[0] ** 2 - 1) / 2
    return math.prod(line)


def surface(answer, point):
    return sum(weight * term(places, point) for places, weight in zip(answer["terms"], answer["weights"]))


def effects(out):
    with open(out / "effects.csv", encoding="utf-8") as file:
        return {row["measure"]: float(row["effect"]) for row in csv.DictReader(file) if row["effect"]}


with sync_playwright() as play:
    browser = play.chromium.launch(executable_path="/usr/bin/chromium")
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    complaints, requests = [], []
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    address = f"file://{folder}/what_if.html"
    page.goto(address)
    data = json.loads(page.text_content("#data"))
    levers, objective = data["levers"], data["answers"][0]["name"]
    check("a slider for each lever", page.locator(".lever input").count() == len(levers))
    # All of them: an effect may stand at its floor, which is all that there is.
    values = lambda: [row.get_attribute("data-value") for row in page.locator("#answers tbody tr").all()]
    before = values()
    slider = page.locator(".lever input").first
    moved = 0.9 if float(slider.input_value()) < 0.5 else 0.1
    slider.evaluate(f"(it) => {{ it.value = {moved}; it.dispatchEvent(new Event('input')); }}")
    after = values()
    check("a slider moves figures", before != after, f"{before} {after}")
    check("the link holds the setting", page.url.split("#")[1].startswith(f"{moved},"), page.url)
    word = "emulated" if language == "en" else "эмуляция"
    check("every effect says emulated", all(
        word in text for text in page.locator("#answers tbody tr td:nth-child(4)").all_inner_texts()))
    check("the page says its language", page.get_attribute("html", "lang") == language)
    if language != "en":
        # The title of the study, the policy file and commands are the same in every language.
        words = [line for line in page.inner_text("main").split("\n") if line != page.inner_text("h1")
                 and re.search(r"\b[a-z]{3,} [a-z]{3,}\b", line) and not re.match(r"\s*(crackdown|[(){}/]|[a-z_]+:)", line)]
        check("no English is left", not words, words)
        check("no decimal point", not re.search(r"\d\.\d", page.inner_text("#answers tbody")), page.inner_text("#answers tbody"))
    for width in (1400, 390):
        page.set_viewport_size({"width": width, "height": 900})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        check(f"{width}: the page is not wider than the window", over <= 0, over)
    for row, answer in zip(page.locator("#answers tbody tr").all(), data["answers"]):
        grey = "untrusted" in (row.get_attribute("class") or "")
        check(f"{answer['name']} is grey where it is not trusted", grey or answer["explained"] >= 0.5)
    chance = random.Random(5)
    inside = 0
    for number in range(10):
        point = [round(chance.random(), 2) for _ in levers]
        page.goto("about:blank")
        page.goto(f"{address}#{','.join(map(str, point))}")
        for answer in data["answers"]:
            shown = float(page.get_attribute(f"tr[data-measure={answer['name']}]", "data-value"))
            wanted = max(surface(answer, point), -answer["baseline"])
            check(f"{answer['name']} is the surface", math.isclose(shown, wanted, rel_tol=1e-9, abs_tol=1e-6), f"{shown} {wanted}")
        text = page.inner_text("#policy")
        path = folder / f"what_if_trial_{number}.ron"
        path.write_text(text, encoding="utf-8")
        try:
            told = subprocess.run([crackdown, "check", path], capture_output=True, text=True)
            check("the written policy passes check", told.returncode == 0, told.stdout + told.stderr + text)
            if number < simulated:
                with tempfile.TemporaryDirectory() as place:
                    out = pathlib.Path(place) / "mix"
                    subprocess.run(
                        [crackdown, "compare", folder / "scenarios" / f"{data['baseline']}.ron", path, "--window", "..".join(data["window"]),
                         "--replications", "20", "--seed", "77", "--no-figures", "--quiet", "--out", out, "--runs", pathlib.Path(place) / "runs"],
                        check=True)
                    found = effects(out)[objective]
                row = page.locator(f"tr[data-measure={objective}]")
                low, high = (float(row.get_attribute(f"data-{end}")) for end in ("low", "high"))
                inside += low <= found <= high
                print(f"{objective}: emulated {float(row.get_attribute('data-value')):.3e} [{low:.3e}, {high:.3e}], simulated {found:.3e}")
        finally:
            path.unlink()
    check("simulated effects lie inside the intervals", inside >= math.floor(0.9 * simulated), f"{inside} of {simulated}")
    with page.expect_download() as download:
        page.click("#write")
    check("the button writes the policy file", download.value.suggested_filename == "mix.ron")
    check("nothing is asked of the network", all(url.startswith(("file:", "data:", "blob:", "about:")) for url in requests), requests)
    check("the browser complains of nothing", not complaints, complaints)
    if len(sys.argv) > 5:
        page.screenshot(path=sys.argv[5], full_page=True)
    browser.close()

print(f"{inside} of {simulated} simulated effects inside; {len(passed)} passed, {len(failed)} failed")
sys.exit(bool(failed))

"""Looks at the page of a comparison in a browser, as a reader would.

Usage: check.py REPORT.html [FOLDER for screenshots [BRIEF.html…]]

Ends with a line `N passed, N failed`; fails if anything failed.
"""

import base64
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zlib

from playwright.sync_api import sync_playwright

BROWSER = "/usr/bin/chromium"
CHARTS = [
    "effects", "moved", "displacement_account", "tradeoff", "turnover_by_policy", "cumulative_effect", "measures",
]
# Bytes of the page at most.
MOST_BYTES = 1_500_000
# A4 at 96 dots an inch, less the margins that page.css sets.
PAPER = {"width": round((210 - 26) / 25.4 * 96), "height": round((297 - 28) / 25.4 * 96)}
OPTION = "(name) => echarts.getInstanceByDom(document.getElementById('chart-' + name)).getOption()"

passed, failed = [], []


def check(name, good, detail=""):
    """Notes whether something holds."""
    (passed if good else failed).append(name)
    if not good:
        print(f"FAILED: {name} {detail}")


class Page:
    """A page in a browser, with what it complained about and asked for."""

    def __init__(self, browser, address, **options):
        self.context = browser.new_context(viewport={"width": 1200, "height": 900}, **options)
        self.page = self.context.new_page()
        self.complaints, self.requests = [], []
        self.page.on("console", lambda message: message.type in ("error", "warning") and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(address)

    def ready(self):
        """Waits until all charts are drawn."""
        self.page.wait_for_selector("html[data-ready=yes]", state="attached", timeout=20000)
        self.opened()
        return self.page

    def opened(self):
        """Opens what is folded, and waits until it is drawn."""
        self.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        self.page.wait_for_timeout(500)

    def quiet(self, name, address):
        """Checks that nothing was complained about, and that nothing was asked of anybody."""
        check(f"{name}: the console is silent", not self.complaints, self.complaints)
        others = [url for url in self.requests if not url.startswith("data:") and url != address]
        check(f"{name}: no request", not others, others)


def embedded(page):
    """The data that the charts read."""
    return unpacked(page.eval_on_selector("#charts", "element => element.textContent"))


def unpacked(text):
    """Data as the page holds them: JSON, packed by zlib, in base64."""
    return json.loads(zlib.decompress(base64.b64decode(text)))


def series_names(page, chart):
    return {series["name"] for series in page.evaluate(OPTION, chart)["series"]}


def check_charts(page):
    """Every chart has the title and the series of its figure, and nothing of it is empty."""
    for figure in embedded(page):
        chart, names = figure["name"], [series["name"] for series in figure["series"]]
        option = page.evaluate(OPTION, chart)
        check(f"{chart}: legend", option["legend"][0].get("data", []) == names, option["legend"])
        check(f"{chart}: a finding as title", page.inner_text(f"#figure-{chart} .finding") == figure["title"].replace("\u00a0", " ") or len(figure["title"]) > 20)
        shown = {series["name"] for series in figure["series"] if series["shown"]}
        used = {names[mark["series"]] for mark in figure["panels"][0]["marks"] if mark.get("series") is not None}
        drawn = series_names(page, chart)
        check(f"{chart}: series", shown & used <= drawn, f"{shown & used - drawn} missing from {drawn}")
        marks = page.eval_on_selector(f"#chart-{chart} svg", "svg => svg.querySelectorAll('path, circle, rect, line, polyline').length")
        check(f"{chart}: something is drawn", marks > 8, f"{marks} shapes")
        texts = page.eval_on_selector(f"#chart-{chart} svg", "svg => svg.textContent")
        check(f"{chart}: no number that is none", not re.search(r"NaN|undefined|Infinity|null", texts), texts[:200])
    lines = [series for series in page.evaluate(OPTION, "turnover_by_policy")["series"] if series.get("lineStyle", {}).get("width") == 2]
    check("turnover_by_policy: the baseline is grey", lines[0]["itemStyle"]["color"] == "#666666")


def clipped(page, chart):
    """Texts of a chart that leave it."""
    return page.evaluate(
        """(name) => {
          const svg = document.querySelector(`#chart-${name} svg`), frame = svg.getBoundingClientRect();
          return [...svg.querySelectorAll('text')].filter((text) => {
            const box = text.getBoundingClientRect();
            return box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
          }).map((text) => text.textContent);
        }""",
        chart,
    )


def overlapping(page, chart):
    """Pairs of texts of a chart that lie on each other."""
    return page.evaluate(
        """(name) => {
          const texts = [...document.querySelectorAll(`#chart-${name} svg text`)].map((text) => [text.textContent, text.getBoundingClientRect()])
            .filter(([words, box]) => words.trim() && box.width > 0);
          const found = [];
          texts.forEach(([first, a], index) => texts.slice(index + 1).forEach(([second, b]) => {
            const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (across > 2 && down > 5) found.push([first, second]);
          }));
          return found;
        }""",
        chart,
    )


def check_layout(page, name):
    """No text is cut or lies on another, and the page is no wider than the window."""
    for chart in CHARTS:
        # Intervals of few draws are wider than the chart leaves room for: their labels may reach over its edge.
        cut = [text for text in clipped(page, chart) if not text.startswith("[")]
        check(f"{name}, {chart}: no text is cut", not cut, cut)
        check(f"{name}, {chart}: no text on another", not overlapping(page, chart), overlapping(page, chart)[:3])
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    check(f"{name}: nothing is wider than the window", wide[0] <= wide[1], wide)


def check_legend(page):
    """A click on a name hides its lines, another shows them again."""
    drawn = "() => document.querySelectorAll('#chart-cumulative_effect svg path').length"
    button = page.locator("#figure-cumulative_effect .legend button[aria-pressed=true]").nth(1)
    name, before = button.inner_text(), page.evaluate(drawn)
    # By keyboard: a legend is no place for mice only.
    button = page.locator("#figure-cumulative_effect .legend button", has_text=name).first
    button.focus()
    page.keyboard.press("Enter")
    selected = page.evaluate(OPTION, "cumulative_effect")["legend"][0]["selected"]
    check("legend: a click hides", selected[name] is False and page.evaluate(drawn) < before, f"{selected}, {before}")
    check("legend: it says so", button.get_attribute("aria-pressed") == "false")
    button.click()
    selected = page.evaluate(OPTION, "cumulative_effect")["legend"][0]["selected"]
    check("legend: another click shows", selected[name] is True and page.evaluate(drawn) == before)


def places(page, chart):
    """Where to point at a chart: at its points, else across it in a grid. In parts of its width and height."""
    points = page.evaluate(
        """(name) => {
          const chart = echarts.getInstanceByDom(document.getElementById('chart-' + name));
          const points = chart.getOption().series.filter((series) => series.type === 'custom' && !series.silent).flatMap((series) => series.data).slice(0, 40);
          return points.map((point) => chart.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, point.value))
            .map(([x, y]) => [x / chart.getWidth(), y / chart.getHeight()]);
        }""",
        chart,
    )
    return points + [(column / 40, row / 40) for row in range(3, 38) for column in range(4, 38, 2)]


def check_tooltips(page):
    """Hovering over a chart tells numbers."""
    for chart in CHARTS:
        place = page.locator(f"#chart-{chart}")
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        shown = ""
        for across, down in places(page, chart):
            page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
            tips = page.locator(f"#chart-{chart} .tip").all()
            shown = next((tip.inner_text() for tip in tips if tip.is_visible()), "")
            if re.search(r"\d", shown):
                break
        check(f"{chart}: hovering tells a number", re.search(r"\d", shown), shown)
        check(f"{chart}: a true minus sign", not re.search(r"(^|[\s\[])-\d", shown), shown)
        page.mouse.move(1, 1)


def check_choices(page):
    """A choice changes what is drawn and its title."""
    for chart in ("turnover_by_policy", "effects", "moved", "tradeoff"):
        select = page.locator(f"#figure-{chart} select")
        drawn = f"() => document.querySelector('#chart-{chart} svg').innerHTML"
        before = page.evaluate(drawn), page.inner_text(f"#figure-{chart} .shown")
        select.select_option(index=1)
        after = page.evaluate(drawn), page.inner_text(f"#figure-{chart} .shown")
        check(f"{chart}: a choice changes what is drawn", before[0] != after[0])
        check(f"{chart}: a choice changes the sentence", before[1] != after[1], after[1])
        select.select_option(index=0)


def column(table, number):
    """What a column of a table sorts by."""
    cells = table.locator(f"tbody tr > :nth-child({number + 1})").all()
    return [cell.get_attribute("data-value") for cell in cells]


def check_tables(page):
    """A click on a head sorts by number, a second one the other way round."""
    table = page.locator("#answer table").first
    for number in (1, 4):
        head = table.locator("thead th").nth(number)
        before = column(table, number)
        known = sorted(float(value) for value in before if value is not None)
        orders = []
        for state in ("ascending", "descending"):
            head.locator("button").focus()
            page.keyboard.press("Enter")
            orders.append(column(table, number))
            values = [float(value) for value in orders[-1] if value is not None]
            wanted = known if state == "ascending" else known[::-1]
            check(f"table, column {number}: {state}", values == wanted, values)
            check(f"table, column {number}: says {state}", head.get_attribute("aria-sort") == state)
            missing = [place for place, value in enumerate(orders[-1]) if value is None]
            check(f"table, column {number}: nothing stands last", missing == list(range(len(values), len(orders[-1]))))
        check(f"table, column {number}: the order changes", len(set(known)) < 2 or orders[0] != orders[1], orders)
    text = table.locator("thead th").first
    text.locator("button").click()
    names = table.locator("tbody tr > th").all_inner_texts()
    check("table: sorts by name", names == sorted(names, key=str.casefold), names)
    others = table.locator("thead th[aria-sort=none]").count()
    check("table: one column is sorted", others == table.locator("thead th").count() - 1)


LUMINANCE = """
  const part = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const rgb = (text) => text.match(/[\\d.]+/g).slice(0, 4).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
"""


def check_access(page, name):
    """What everybody needs who cannot see well or has no mouse: the rules of WCAG that a program can look up."""
    faint = page.evaluate(
        "() => {" + LUMINANCE + """
          return [...document.querySelectorAll('body *')].filter((element) => {
            const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
            if (!own || element.closest('svg, script, .skip') || !element.getClientRects().length) return false;
            const [a, b] = [luminance(rgb(getComputedStyle(element).color)), luminance(ground(element))].sort((x, y) => y - x);
            return (a + 0.05) / (b + 0.05) < 4.5;
          }).map((element) => element.textContent.trim().slice(0, 40)).slice(0, 5);
        }"""
    )
    check(f"{name}: text stands out 4.5 to 1", not faint, faint)
    bare = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter((element) => {
          const style = getComputedStyle(element);
          const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY) &&
            (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
          return scrolls && element.tabIndex < 0;
        }).map((element) => element.className).slice(0, 5)"""
    )
    check(f"{name}: what scrolls can be reached by keyboard", not bare, bare)
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button, select, a, [role=img], [role=region], [role=group]')]
          .filter((element) => element.getClientRects().length && !(element.getAttribute('aria-label') || element.textContent || '').trim()
            && !element.labels?.length)
          .map((element) => element.outerHTML.slice(0, 60)).slice(0, 5)"""
    )
    check(f"{name}: every control and picture has a name", not unnamed, unnamed)
    twice = page.evaluate(
        """() => { const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id); return ids.filter((id, at) => ids.indexOf(id) !== at); }"""
    )
    check(f"{name}: no id twice", not twice, twice)
    anchors = page.evaluate(
        """() => [...document.querySelectorAll('a[href^="#"]')].map((link) => link.hash.slice(1)).filter((id) => !document.getElementById(id))"""
    )
    check(f"{name}: every link leads somewhere", not anchors, anchors)
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map((head) => Number(head.tagName[1]))")
    steps = [(a, b) for a, b in zip(levels, levels[1:]) if b > a + 1]
    check(f"{name}: heads leave out no level", levels.count(1) == 1 and not steps, steps)
    check(f"{name}: it says its language", page.get_attribute("html", "lang") == "en")


def check_first_screen(browser, address, folder):
    """Before anybody scrolls: the answer, with a number."""
    for width, height in ((1400, 900), (390, 844)):
        look = Page(browser, address)
        look.page.set_viewport_size({"width": width, "height": height})
        look.page.wait_for_selector("html[data-ready=yes]", state="attached", timeout=20000)
        look.page.screenshot(path=folder / f"first{width}.png")
        box = look.page.locator("h1").bounding_box()
        check(f"{width}: the answer is on the first screen", box["y"] + box["height"] <= height, box)
        row = look.page.locator("table tbody tr").first.bounding_box()
        number = re.search(r"\d", look.page.inner_text("h1")) or row["y"] <= height - 20
        check(f"{width}: a number stands on the first screen", number, row)
        look.page.keyboard.press("Tab")
        check(f"{width}: the first stop is the way to the results", look.page.evaluate("document.activeElement.className") == "skip")
        look.context.close()


def check_brief(browser, brief, folder):
    """The brief: two pages, nothing smaller than 7 pt, no program."""
    look = Page(browser, brief.as_uri())
    page = look.page
    page.wait_for_timeout(300)
    check(f"{brief.name}: no program", page.locator("script").count() == 0)
    document = folder / "brief.pdf"
    page.pdf(path=str(document), format="A4", prefer_css_page_size=True)
    told = subprocess.run(["pdfinfo", document], check=True, capture_output=True, text=True).stdout
    pages = int(re.search(r"Pages:\s+(\d+)", told).group(1))
    check(f"{brief.name}: two pages", pages == 2, pages)
    subprocess.run(["pdftoppm", "-r", "90", "-png", document, folder / "brief"], check=True)
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    check_small(page, brief.name)
    look.quiet(brief.name, brief.as_uri())


def check_small(page, name):
    """No text on paper is smaller than 7 pt."""
    small = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter((element) => {
          const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
          if (!own || !element.getClientRects().length || element.closest('script')) return false;
          const svg = element.closest('svg');
          const zoom = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
          return parseFloat(getComputedStyle(element).fontSize) * zoom < 7 / 0.75 - 0.05;
        }).map((element) => [element.textContent.trim().slice(0, 30), getComputedStyle(element).fontSize]).slice(0, 5)"""
    )
    check(f"{name}: no text below 7 pt", not small, small)


def check_still(page):
    """Without scripts: still figures, no empty panels, all tables."""
    check("without scripts: no chart's place", page.locator(".interactive:visible").count() == 0)
    stills = page.locator(".still svg").all()
    check("without scripts: there are still figures", len(stills) > 0)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for number, still in enumerate(stills):
        box = still.bounding_box()
        check(f"without scripts: figure {number} is seen", box and box["height"] > 100, box)
    for number, figure in enumerate(page.locator("figure:visible").all()):
        check(f"without scripts: panel {number} is not empty", figure.locator("svg").count() > 0)
    rows = page.locator("#answer table").first.locator("tbody tr").count()
    check("without scripts: the table is there", rows > 0 and page.locator("#answer table").first.is_visible())
    check("without scripts: heads are no buttons", page.locator("thead button").count() == 0)


def check_print(page, folder):
    """On paper: still figures whole on their pages, nothing wider than the paper, no controls."""
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    page.wait_for_timeout(300)
    check("print: no controls", page.locator("select:visible, .legend button:visible, nav:visible, .chart:visible").count() == 0)
    stills = page.locator(".still svg:visible").count()
    check("print: all still figures", stills == page.locator(".still svg").count() and stills > 0, stills)
    for number, figure in enumerate(page.locator("figure:visible").all()):
        box = figure.bounding_box()
        check(f"print: figure {number} fits on a page", box["height"] <= PAPER["height"], box)
        kept = figure.evaluate("element => getComputedStyle(element).breakInside")
        check(f"print: figure {number} is not cut", kept == "avoid", kept)
    check_small(page, "print")
    wide = page.evaluate(
        """(width) => [...document.querySelectorAll('body *')].filter((element) => {
          const box = element.getBoundingClientRect();
          return box.width > 0 && box.right > width + 2 && !element.closest('.track, svg');
        }).map((element) => `${element.tagName} ${element.textContent.slice(0, 40)}`).slice(0, 5)""",
        PAPER["width"],
    )
    check("print: nothing is wider than the paper", not wide, wide)
    document = folder / "page.pdf"
    page.pdf(path=str(document), format="A4", prefer_css_page_size=True)
    subprocess.run(["pdftoppm", "-r", "60", "-png", document, folder / "paper"], check=True)
    pages = sorted(folder.glob("paper*.png"))
    check("print: a sane number of pages", 3 <= len(pages) <= 40, len(pages))
    empty = [path.name for path in pages[:-1] if path.stat().st_size < 2500]
    check("print: no empty page", not empty, empty)


def check_hostile(browser, report, folder):
    """A title that is a program stays text, in legends, charts and tooltips."""
    text = report.read_text(encoding="utf-8")
    start = text.index('id="charts">') + len('id="charts">')
    end = text.index("</script>", start)
    data = unpacked(text[start:end])
    figure = next(figure for figure in data if figure["name"] == "cumulative_effect")
    figure["series"][1]["name"] += " <img src=x onerror=alert(1)>{a|b}"
    changed = base64.b64encode(zlib.compress(json.dumps(data).encode())).decode()
    hostile = folder / "hostile.html"
    hostile.write_text(text[:start] + changed + text[end:], encoding="utf-8")
    look = Page(browser, hostile.as_uri())
    page = look.ready()
    place = page.locator("#chart-cumulative_effect")
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.5 * box["height"])
    page.wait_for_timeout(200)
    check("hostile: the tooltip shows the title as text", "<img src=x" in page.inner_text("#chart-cumulative_effect .tip"))
    check("hostile: nothing became an element", page.locator("img").count() == 0)
    look.quiet("hostile", hostile.as_uri())


def main():
    report = pathlib.Path(sys.argv[1]).resolve()
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    address = report.as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        check("the page is small enough", report.stat().st_size < MOST_BYTES, report.stat().st_size)
        check_first_screen(browser, address, folder)
        for brief in sys.argv[3:]:
            check_brief(browser, pathlib.Path(brief).resolve(), folder)
        light = Page(browser, address)
        page = light.ready()
        page.screenshot(path=folder / "light.png", full_page=True)
        check_charts(page)
        check_layout(page, "light")
        check_access(page, "light")
        check_legend(page)
        check_choices(page)
        check_tables(page)
        check_tooltips(page)
        check_print(page, folder)
        light.quiet("light", address)
        dark = Page(browser, address, color_scheme="dark")
        dark.ready().screenshot(path=folder / "dark.png", full_page=True)
        paper, ink = (dark.page.evaluate(f"getComputedStyle(document.body).{of}") for of in ("backgroundColor", "color"))
        check("dark: the page is dark", paper != "rgb(255, 255, 255)" and paper != ink, (paper, ink))
        check_access(dark.page, "dark")
        dark.page.emulate_media(color_scheme="light")
        dark.page.wait_for_timeout(300)
        dark.quiet("dark", address)
        narrow = Page(browser, address)
        narrow.page.set_viewport_size({"width": 400, "height": 800})
        page = narrow.ready()
        page.screenshot(path=folder / "narrow.png", full_page=True)
        check_layout(page, "narrow")
        narrow.quiet("narrow", address)
        still = Page(browser, address, java_script_enabled=False)
        still.page.screenshot(path=folder / "still.png", full_page=True)
        check_still(still.page)
        still.quiet("without scripts", address)
        check_hostile(browser, report, folder)
        browser.close()
    print(f"{len(passed)} passed, {len(failed)} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

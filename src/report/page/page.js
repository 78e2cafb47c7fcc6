// Charts in place of still figures, and tables that sort. Reads the embedded data, asks nobody.

(() => {
  const root = document.documentElement;

  /** Colours and type of the page, so that charts follow it into the dark. */
  function lookOf(width) {
    const style = getComputedStyle(root);
    const names = ["ink", "secondary", "grid", "paper", "raised", "better", "worse"];
    return { width, font: "Inter, sans-serif", ...Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) };
  }

  function element(kind, parent, properties = {}) {
    const made = Object.assign(document.createElement(kind), properties);
    parent.append(made);
    return made;
  }

  /** A figure with one of its panels as a chart, a choice of panels and a legend. */
  class Live {
    constructor(place, figure) {
      this.place = place;
      this.figure = figure;
      this.panel = figure.panels[0];
      this.selected = Object.fromEntries(figure.series.map(({ name, shown }) => [name, shown]));
      place.classList.add("live");
      place.querySelector(".interactive").hidden = false;
      this.chart = echarts.init(place.querySelector(".chart"), null, { renderer: "svg" });
      if (figure.panels.length > 1) this.addChoice(place.querySelector(".controls"));
      if (figure.series.length > 0) this.addLegend(place.querySelector(".legend"));
      this.draw();
      new ResizeObserver(() => this.resized()).observe(this.chart.getDom());
    }

    addChoice(controls) {
      const box = element("label", controls, { textContent: this.figure.choice });
      const select = element("select", box);
      this.figure.panels.forEach((panel, value) => element("option", select, { value, textContent: panel.title }));
      select.addEventListener("change", () => {
        this.panel = this.figure.panels[select.value];
        this.draw();
      });
    }

    addLegend(legend) {
      const look = lookOf(0);
      this.figure.series.forEach(({ name, colour, dashed }, index) => {
        const textContent = this.figure.legend === "numbers" ? `${index + 1}. ${name}` : name;
        const button = element("button", legend, { type: "button", textContent });
        button.style.setProperty("--own", look[colour] ?? colour);
        button.classList.toggle("dashed", dashed);
        button.setAttribute("aria-pressed", String(this.selected[name]));
        button.addEventListener("click", () => {
          this.selected[name] = !this.selected[name];
          button.setAttribute("aria-pressed", String(this.selected[name]));
          this.draw();
        });
      });
    }

    draw() {
      const dom = this.chart.getDom();
      const { title, finding, empty } = this.panel;
      // Numbers keep their units at the end of a line.
      const tied = (finding || title).replace(⟦/ (?=%|bn\b)|(?<=KZT) /g⟧, "\u00a0");
      this.place.querySelector(".shown").textContent = this.figure.panels.length > 1 ? tied : "";
      dom.setAttribute("aria-label", tied);
      let made = chart(this.figure, this.panel, lookOf(dom.clientWidth), { ...this.selected });
      dom.style.minWidth = `${made.minimum}px`;
      made = chart(this.figure, this.panel, lookOf(dom.clientWidth), { ...this.selected });
      this.width = dom.clientWidth;
      dom.style.height = `${empty ? 60 : Math.round(made.height)}px`;
      this.chart.resize();
      const style = { text: empty, fill: lookOf(0).secondary, font: "14px Inter, sans-serif" };
      this.chart.setOption(empty ? { graphic: { type: "text", left: "center", top: "middle", style } } : made.option, { notMerge: true });
    }

    resized() {
      const width = this.chart.getDom().clientWidth;
      if (width > 0 && width !== this.width) this.draw();
    }
  }

  /** What a cell sorts by; nothing for a cell without a value. */
  function keyOf(row, column, numeric) {
    const cell = row.cells[column];
    if (!numeric) return cell.textContent.trim();
    return cell.dataset.value === undefined ? null : Number(cell.dataset.value);
  }

  function sortBy(table, head, column) {
    const numeric = head.dataset.sort === "number";
    const direction = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    const body = table.tBodies[0];
    const compare = (a, b) => {
      const [first, second] = [keyOf(a, column, numeric), keyOf(b, column, numeric)];
      if (first === null || second === null) return (first === null) - (second === null);
      return direction * (numeric ? first - second : first.localeCompare(second, "⟦en##sort⟧"));
    };
    body.append(...[...body.rows].sort(compare));
    for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
  }

  function makeSortable(table) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => sortBy(table, head, column));
    });
  }

  /** What lies packed in the page (base64), a third of its size: the charts' library and what they show. */
  async function unpacked(id, format) {
    const packed = Uint8Array.from(atob(document.getElementById(id).textContent), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream(format))).text();
  }

  async function library() {
    element("script", document.head, { textContent: await unpacked("echarts", "gzip") });
  }

  async function start() {
    const data = JSON.parse(await unpacked("charts", "deflate"));
    const live = data.map((figure) => new Live(document.getElementById(`figure-${figure.name}`), figure));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => live.forEach((figure) => figure.draw()));
    root.dataset.ready = "yes";
  }

  root.classList.add("live");
  for (const table of document.querySelectorAll("table:has(thead)")) makeSortable(table);
  // Text is measured when a chart is drawn: the type must be there.
  Promise.all([library(), document.fonts.load("400 12px Inter"), document.fonts.load("600 12px Inter")]).then(start, start);
})();

// Charts in place of still figures, and tables that sort. Reads the embedded data, asks nobody.

(() => {
  const root = document.documentElement;

  /** Colours and type of the page, so that charts follow it into the dark. */
  function lookOf(width) {
    const style = getComputedStyle(root);
    const of = (name) => style.getPropertyValue(name).trim();
    return {
      width, ink: of("--ink"), secondary: of("--secondary"), grid: of("--grid"), paper: of("--paper"), raised: of("--raised"),
      better: of("--better"), worse: of("--worse"), muted: "#8f8f8f", font: "Inter, sans-serif",
    };
  }

  /** Names of scenarios, made different where two have the same title: charts tell series apart by them. */
  function nameArms(arms) {
    for (const [index, arm] of arms.entries()) {
      const same = arms.filter((other) => other.title === arm.title).length > 1;
      arm.name = same ? `${arm.title} (${index})` : arm.title;
    }
  }

  function element(kind, parent, properties = {}) {
    const made = Object.assign(document.createElement(kind), properties);
    parent.append(made);
    return made;
  }

  /** One chart with its choices and legend. */
  class Panel {
    constructor(figure, spec, data) {
      this.figure = figure;
      this.spec = spec;
      this.data = data;
      this.choice = {};
      this.selected = {};
      if (spec.legend === "arms") for (const arm of data.arms) this.selected[arm.name] = arm.shown;
      figure.hidden = false;
      figure.classList.add("live");
      figure.querySelector(".interactive").hidden = false;
      this.place = figure.querySelector(".chart");
      if (spec.minimum) this.place.style.minWidth = `${spec.minimum(data)}px`;
      this.addChoices(figure.querySelector(".controls"));
      this.chart = echarts.init(this.place, null, { renderer: "svg" });
      this.draw();
      if (spec.legend) this.addLegend(figure.querySelector(".legend"));
      new ResizeObserver(() => this.resized()).observe(this.place);
    }

    addChoices(controls) {
      for (const [key, { label, from }] of Object.entries(this.spec.choose ?? {})) {
        this.choice[key] = 0;
        const box = element("label", controls, { textContent: label });
        const select = element("select", box);
        from(this.data).forEach((text, value) => element("option", select, { value, textContent: text }));
        select.addEventListener("change", () => {
          this.choice[key] = Number(select.value);
          this.draw();
        });
      }
    }

    addLegend(legend) {
      const arms = this.data.arms.map((arm) => [arm.name, arm.colour, arm.dashed]);
      for (const [name, colour, dashed] of this.spec.legend === "own" ? this.entries : arms) {
        const button = element("button", legend, { type: "button", textContent: name });
        button.style.setProperty("--own", colour);
        button.classList.toggle("dashed", Boolean(dashed));
        button.setAttribute("aria-pressed", String(this.selected[name] !== false));
        button.addEventListener("click", () => {
          this.selected[name] = this.selected[name] === false;
          button.setAttribute("aria-pressed", String(this.selected[name]));
          this.draw();
        });
      }
    }

    draw() {
      const look = lookOf(this.place.clientWidth);
      const { title, option, height, legend, empty } = this.spec.make(this.data, this.choice, look, { ...this.selected });
      this.width = look.width;
      this.entries = legend ?? [];
      this.figure.querySelector(".finding").textContent = title.replace(/ (?=%|bn\b)|(?<=KZT) /g, "\u00a0");
      this.place.setAttribute("aria-label", title);
      this.place.style.height = `${empty ? 60 : height}px`;
      this.chart.resize();
      const note = { graphic: { type: "text", left: "center", top: "middle", style: { text: empty, fill: look.secondary, font: `14px ${look.font}` } } };
      this.chart.setOption(empty ? note : option, { notMerge: true });
    }

    resized() {
      if (this.place.clientWidth > 0 && this.place.clientWidth !== this.width) this.draw();
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
      return direction * (numeric ? first - second : first.localeCompare(second, "en"));
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

  function start() {
    const data = JSON.parse(document.getElementById("data").textContent);
    nameArms(data.arms);
    const panels = [...document.querySelectorAll("figure[data-figure]")]
      .filter((figure) => figure.dataset.figure in CHARTS)
      .map((figure) => new Panel(figure, CHARTS[figure.dataset.figure], data));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => panels.forEach((panel) => panel.draw()));
    root.dataset.ready = "yes";
  }

  root.classList.add("live");
  for (const table of document.querySelectorAll("table:has(thead)")) makeSortable(table);
  // Text is measured when a chart is drawn: the type must be there.
  Promise.all([document.fonts.load("400 12px Inter"), document.fonts.load("600 12px Inter")]).then(start, start);
})();

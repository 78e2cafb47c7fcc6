"use strict";
// Adds terms of surfaces up; what a term is stands in study/stats/emulator.rs.
const data = JSON.parse(document.getElementById("data").textContent);
const at = data.levers.map(() => 0);
const TRUSTED = Number(document.body.dataset.trusted);

const term = (places, point) => {
  const linear = (place) => Math.sqrt(3) * (2 * point[place] - 1);
  if (places.length === 0) return 1;
  if (places.length === 1) return linear(places[0]);
  if (places[0] === places[1]) {
    const x = 2 * point[places[0]] - 1;
    return Math.sqrt(5) * (3 * x * x - 1) / 2;
  }
  return linear(places[0]) * linear(places[1]);
};

// What a surface expects at a point, its error, and whether the point lies within the design.
const emulated = (answer, point) => {
  const line = answer.terms.map((places) => term(places, point));
  const value = line.reduce((sum, x, number) => sum + x * answer.weights[number], 0);
  let leverage = 0;
  for (const row of answer.factor) {
    const x = row.reduce((sum, part, number) => sum + part * line[number], 0);
    leverage += x * x;
  }
  const error = Math.sqrt(answer.variance * (1 + leverage) + answer.chance);
  const floor = (effect) => (answer.baseline >= 0 ? Math.max(effect, -answer.baseline) : effect);
  return {
    value: floor(value), low: floor(value - 1.96 * error), high: floor(value + 1.96 * error),
    inside: leverage <= answer.reach * 1.0001,
  };
};

const said = (value) => String(value).replace(".", "⟦.##decimal⟧");
const short = (value) => {
  const size = Math.abs(value);
  for (const [unit, name] of [[1e12, "⟦ tn⟧"], [1e9, "⟦ bn⟧"], [1e6, "⟦ m⟧"], [1e3, "⟦ k⟧"]]) {
    if (size >= unit) return `${said(Number((size / unit).toPrecision(3)))}${name}`;
  }
  return said(Number(size.toPrecision(3)));
};
const sign = (value) => (value < 0 ? "−" : value > 0 ? "+" : "");
const amount = (value, unit, signed) =>
  `${signed ? sign(value) : value < 0 ? "−" : ""}${unit === "KZT" ? `⟦KZT ${short(value)}⟧` : unit === "share" ? `${short(100 * value)} %` : `${short(value)} ${unit}`}`;
const percent = (value, baseline) => {
  const part = 100 * value / Math.abs(baseline);
  return `${sign(part)}${said(Math.abs(part).toFixed(Math.abs(part) < 10 ? 1 : 0))}`;
};

// The value of a lever, with no more digits than anybody could order.
const leverValue = (number) => {
  const [low, high] = data.levers[number].ends || [0, 1];
  const value = low + at[number] * (high - low);
  const cut = Number(value.toPrecision(3));
  return cut >= low && cut <= high ? cut : value;
};

const cell = (row, text, head, title) => {
  const made = document.createElement(head ? "th" : "td");
  made.textContent = text;
  if (head) made.scope = "row";
  if (title) made.title = title;
  row.append(made);
  return made;
};

const show = () => {
  const body = document.querySelector("#answers tbody");
  body.replaceChildren();
  const outside = [];
  for (const answer of data.answers) {
    const found = emulated(answer, at);
    const row = document.createElement("tr");
    row.dataset.measure = answer.name;
    row.dataset.value = found.value;
    row.dataset.low = found.low;
    row.dataset.high = found.high;
    if (!found.inside) outside.push(answer.title);
    if (answer.explained < TRUSTED || !found.inside) row.className = "untrusted";
    cell(row, answer.title, true, answer.name);
    cell(row, amount(answer.baseline, answer.unit, false));
    const relative = answer.baseline === 0 ? "–" :
      `${percent(found.value, answer.baseline)} % [${percent(found.low, answer.baseline)}⟦, ##ends⟧${percent(found.high, answer.baseline)}]`;
    cell(row, relative);
    cell(row, `${amount(found.value, answer.unit, true)} [${amount(found.low, answer.unit, true)}⟦, ##ends⟧${amount(found.high, answer.unit, true)}] ⟦emulated⟧`);
    const limit = cell(row, answer.limit === null ? "" : amount(answer.limit, answer.unit, true));
    if (answer.limit !== null && found.value > answer.limit) limit.className = "over";
    cell(row, said(answer.explained.toFixed(2)));
    body.append(row);
  }
  document.getElementById("outside").textContent =
    outside.length ? `⟦Further out than the runs: ${outside.join(", ")}.⟧` : "";
  data.levers.forEach((_, number) => {
    const box = document.querySelectorAll(".lever")[number];
    box.querySelector("input").value = at[number];
    box.querySelector("b").textContent = said(leverValue(number));
  });
  nearest();
  history.replaceState(null, "", `#${at.map((value) => Number(value.toFixed(3))).join(",")}`);
  document.getElementById("policy").textContent = policy() ?? "";
  document.getElementById("command").textContent =
    `crackdown check mix.ron\ncrackdown compare scenarios/${data.baseline}.ron mix.ron --window ${data.window[0]}..${data.window[1]} --replications 20 --seed ${data.fresh_seed} --out mix`;
};

const nearest = () => {
  const shown = data.answers.slice(0, 4);
  const head = document.createElement("tr");
  for (const text of ["⟦Distance⟧", ...data.levers.map((lever) => lever.path), ...shown.map((answer) => `⟦${answer.title} (simulated)⟧`)]) {
    const made = document.createElement("th");
    made.scope = "col";
    made.textContent = text;
    head.append(made);
  }
  document.querySelector("#nearest thead").replaceChildren(head);
  const far = (point) => Math.hypot(...point.map((value, number) => value - at[number])) / Math.sqrt(at.length);
  const order = data.points.map((point, number) => [far(point), number]).sort((a, b) => a[0] - b[0]);
  const rows = order.slice(0, 3).map(([distance, number]) => {
    const row = document.createElement("tr");
    cell(row, said(distance.toFixed(2)), true);
    data.points[number].forEach((value, lever) => {
      const [low, high] = data.levers[lever].ends || [0, 1];
      cell(row, said(Number((low + value * (high - low)).toPrecision(3))));
    });
    for (const answer of shown) cell(row, amount(answer.runs[number], answer.unit, true));
    return row;
  });
  document.querySelector("#nearest tbody").replaceChildren(...rows);
};

// The policy file of a setting; nothing where a lever cannot be written here.
const policy = () => {
  const cannot = data.levers.filter((lever) => lever.parts === null).map((lever) => lever.path);
  document.getElementById("cannot").textContent =
    cannot.length ? `⟦This page cannot write ${cannot.join(", ")}: put the values into a policy file by hand.⟧` : "";
  document.getElementById("write").disabled = cannot.length > 0;
  if (cannot.length) return null;
  const tree = new Map();
  const put = (path, text) => {
    const names = path.split(".");
    const leaf = names.pop();
    let place = tree;
    for (const name of names) {
      if (!place.has(name)) place.set(name, new Map());
      place = place.get(name);
    }
    place.set(leaf, text);
  };
  const written = (place, indent) => [...place].map(([name, inside]) => (inside instanceof Map ?
    `${indent}${name}: (\n${written(inside, `${indent}    `)}${indent}),\n` : `${indent}${name}: ${inside},\n`)).join("");
  data.levers.forEach((lever, number) => {
    const [low, high] = lever.ends || [0, 1];
    const strength = lever.path.startsWith("strength.");
    const value = leverValue(number);
    const share = strength ? value : (value - low) / (high - low);
    if (strength && share === 0) return;
    for (const [path, steps] of lever.parts) {
      const between = (from, to) => {
        if (!strength) return String(value);
        if (from === to || share === 1) return to;
        const [a, b] = [Number(from), Number(to)];
        if (from === "" || to === "" || Number.isNaN(a) || Number.isNaN(b)) return to;
        const whole = !/[.e]/.test(from) && !/[.e]/.test(to);
        const mixed = a + share * (b - a);
        return String(whole ? Math.round(mixed) : Number(mixed.toPrecision(12)));
      };
      const texts = steps.map(([date, from, to]) => [date, between(from, to)]);
      put(path, texts.length === 1 && texts[0][0] === null ? texts[0][1] :
        `{${texts.map(([date, text]) => `"${date}": ${text}`).join(", ")}}`);
    }
  });
  return `// ⟦Written by the what-if page: its numbers are emulated until this policy is simulated.⟧\n(\n    extends: "scenarios/${data.baseline}.ron",\n    name: "mix",\n    title: "⟦A mix from the what-if page⟧",\n    policy: (\n${written(tree, "        ")}    ),\n)\n`;
};

const set = (values) => {
  values.forEach((value, number) => { if (Number.isFinite(value)) at[number] = Math.min(1, Math.max(0, value)); });
  show();
};

const fromLink = () => {
  const values = location.hash.slice(1).split(",").map(Number);
  if (location.hash.length > 1 && values.length === at.length) { set(values); return true; }
  return false;
};

data.levers.forEach((lever, number) => {
  const box = document.createElement("div");
  box.className = "lever";
  const label = document.createElement("label");
  label.append(lever.path, document.createElement("b"));
  const input = document.createElement("input");
  Object.assign(input, { type: "range", min: 0, max: 1, step: 0.01, disabled: lever.ends === null });
  input.addEventListener("input", () => { at[number] = Number(input.value); show(); });
  label.append(input);
  const words = document.createElement("small");
  words.textContent = lever.words;
  box.append(label, words);
  document.getElementById("levers").append(box);
});
for (const button of document.querySelectorAll("[data-set]")) {
  button.addEventListener("click", () => {
    const to = button.dataset.set;
    set(data.levers.map((lever) => (to === "best" ? lever.best : Number(to))));
  });
}
document.getElementById("write").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([policy()], { type: "text/plain" }));
  link.download = "mix.ron";
  link.click();
  URL.revokeObjectURL(link.href);
});
document.getElementById("copy").addEventListener("click", () => navigator.clipboard?.writeText(location.href));
window.addEventListener("hashchange", fromLink);
if (!fromLink()) set(data.levers.map((lever) => lever.best));

"use strict";
// Any panel of any figure as an option of Apache ECharts: knows axes and marks, no figure by its name, and touches
// nothing of the page. All words and colours come with the figure.

/** Bands of more series than this hide each other. */
const BANDS = 3;
const MONTHS = ⟦["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]⟧;

/** A number with three digits that matter and a true minus sign. */
function number(value, signed = false) {
  const size = Math.abs(value);
  const digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.0995 ? 2 : 3;
  const text = size.toLocaleString("⟦en-US⟧", { maximumFractionDigits: digits });
  return (text === "0" ? "" : value < 0 ? "−" : signed ? "+" : "") + text;
}

/** Text as HTML: titles come from files of strangers, and tooltips are HTML. */
function escaped(text) {
  const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return String(text).replace(/[&<>"']/g, (letter) => entities[letter]);
}

/** A tooltip: a heading and rows of name, value and colour. */
function tip(heading, rows) {
  const row = ([name, value, colour]) => {
    const swatch = colour ? `<i style="background:${escaped(colour)}"></i>` : "";
    return `<tr><td>${swatch}${escaped(name)}</td><td>${escaped(value)}</td></tr>`;
  };
  return `<div class="tip"><b>${escaped(heading)}</b><table>${rows.map(row).join("")}</table></div>`;
}

/** The month that ends with or holds a day. */
function month(origin, day) {
  const date = new Date(Date.parse(`${origin}T00:00:00Z`) + Math.floor(day - 0.5) * 86400000);
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** A panel: `look` has colours, type and width of the place, `selected` what of the series is shown. */
function chart(figure, panel, look, selected) {
  const narrow = look.width < 620;
  const colour = (name) => look[name] ?? name;
  const nameOf = ({ series }) => (series === undefined ? "" : figure.series[series].name);
  const textWidth = (text, size = 12, weight = 400) => echarts.format.getTextRect(text, `${weight} ${size}px ${look.font}`).width;
  const all = panel.marks.map((mark, index) => ({ ...mark, index })).filter((mark) => selected[nameOf(mark)] !== false);
  const banded = new Set(all.filter(({ mark, series }) => mark === "band" && series > 0).map(({ series }) => series));
  const crowded = (mark) => mark.mark === "band" && mark.series > 0 && banded.size > BANDS;
  // With several lines the tooltip tells where they end.
  const spare = (mark) => mark.mark === "label" && mark.series !== undefined;
  const marks = all.filter((mark) => !crowded(mark) && !spare(mark));
  const lines = marks.filter(({ mark }) => mark === "line");
  const days = panel.x.origin !== "" && lines.length > 0;
  const outside = marks.filter(({ mark }) => mark === "label");

  function axis({ range: [from, to], ticks, title, kind }, extra) {
    const tick = new Map(ticks.map((own) => [own.at, own]));
    const customValues = ticks.map(({ at }) => at);
    const wide = (words) => textWidth(words) > 0.92 * (extra.label.width ?? Infinity);
    const below = (words) => (words && wide(words) ? words.replace(/\s\[/, "\n[") : words);
    const text = (at) => [tick.get(at)?.label, below(tick.get(at)?.below)].filter(Boolean).join("\n");
    return {
      type: "value", min: Math.min(from, to), max: Math.max(from, to), inverse: from > to,
      name: title, nameTextStyle: { color: look.secondary },
      axisLine: { show: kind === "ticks", onZero: false, lineStyle: { color: look.secondary } },
      axisTick: { show: kind === "ticks", customValues, lineStyle: { color: look.secondary } },
      splitLine: { show: false },
      axisLabel: { show: kind !== "bare", customValues, formatter: text, hideOverlap: true, margin: 12, color: look.secondary, ...extra.label },
      ...extra.axis,
    };
  }

  // Lines of the grid stand where the ticks of the figure are.
  function grid(api) {
    const ends = (upright, at) => (upright ? [[at, panel.y.range[0]], [at, panel.y.range[1]]] : [[panel.x.range[0], at], [panel.x.range[1], at]]);
    const line = (upright) => ({ at }) => stroke(ends(upright, at).map((place) => api.coord(place)), at === 0 ? look.secondary : look.grid, 1);
    return [[panel.x, true], [panel.y, false]].filter(([own]) => own.kind === "grid").flatMap(([own, upright]) => own.ticks.map(line(upright)));
  }

  const stroke = ([[x1, y1], [x2, y2]], colourOf, lineWidth) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: colourOf, lineWidth } });

  function whisker(api, [x, y], own, interval) {
    const [low, high] = [interval.low, interval.high].map((end) => api.coord(interval.upright ? [x, end] : [end, y]));
    const fill = colour(interval.colour ?? own);
    if (!interval.ends) return [stroke([low, high], fill, interval.width)];
    return [low, high].map(([across, down]) => stroke([[across, down - 7], [across, down + 7]], fill, interval.width));
  }

  function ribbon(api, { from, to, height }) {
    const [[x0, y0], [x1, y1]] = [api.coord(from), api.coord(to)];
    const thick = Math.max(1, Math.abs(api.size([0, height])[1]));
    const middle = (x0 + x1) / 2;
    return `M${x0},${y0}C${middle},${y0} ${middle},${y1} ${x1},${y1}L${x1},${y1 + thick}C${middle},${y1 + thick} ${middle},${y0 + thick} ${x0},${y0 + thick}Z`;
  }

  /** A label of a stream's end: beside it, or within the chart where there is no room beside it. */
  function label(api, { at, text, below, side, colour: own }) {
    const [x, y] = api.coord(at);
    const right = (side === "right") !== narrow;
    const wide = narrow && at[0] > 0.5 ? x - 12 : narrow ? x + 12 : x + (right ? 6 : -6);
    const common = { align: right ? "left" : "right", stroke: look.paper, lineWidth: 2, x: wide };
    const words = narrow ? text.replace(/(.{10,16}?) /g, "$1\n") : text;
    return { type: "group", children: [
      { type: "text", style: { ...common, text: words, y: y - 1, verticalAlign: "bottom", fill: colour(own), font: `600 ${narrow ? 11 : 12}px ${look.font}`, lineHeight: 14 } },
      { type: "text", style: { ...common, text: below, y: y + 1, verticalAlign: "top", fill: look.secondary, font: `11px ${look.font}` } },
    ] };
  }

  /** White or ink in a bar, as it is dark or light. */
  function inkOn(fill, opacity) {
    if (!/^#/.test(fill) || opacity < 0.6) return look.ink;
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(fill.slice(at, at + 2), 16));
    return 0.299 * red + 0.587 * green + 0.114 * blue < 120 ? "#fff" : "#222";
  }

  function shape(api, mark) {
    const fill = colour(mark.colour);
    switch (mark.mark) {
      case "band": {
        const points = [...mark.points.map(([x, , high]) => api.coord([x, high])), ...mark.points.map(([x, low]) => api.coord([x, low])).reverse()];
        return { type: "polygon", shape: { points }, style: { fill, opacity: mark.opacity } };
      }
      case "dot": {
        const [cx, cy] = api.coord(mark.at);
        const r = mark.radius * 1.2;
        const style = mark.form === "hollow" ? { fill: look.paper, stroke: fill, lineWidth: 2 } : { fill };
        const diamond = { type: "polygon", shape: { points: [[cx, cy - r], [cx + r, cy], [cx, cy + r], [cx - r, cy]] }, style };
        const dot = { none: [], diamond: [diamond] }[mark.form] ?? [{ type: "circle", shape: { cx, cy, r }, style }];
        return { type: "group", children: [...mark.intervals.flatMap((interval) => whisker(api, mark.at, mark.colour, interval)), ...dot] };
      }
      case "bar": {
        const [[x0, y0], [x1, y1]] = [api.coord(mark.from), api.coord(mark.to)];
        const width = Math.abs(x1 - x0);
        const text = textWidth(mark.text, 11, 600) + 4 <= width ? mark.text : "";
        return {
          type: "rect", shape: { x: Math.min(x0, x1), y: Math.min(y0, y1), width, height: Math.abs(y1 - y0) }, style: { fill, opacity: mark.opacity },
          textContent: { type: "text", style: { text, fill: mark.pale ? look.secondary : inkOn(fill, mark.opacity), font: `${mark.pale ? 400 : 600} 11px ${look.font}` } },
          textConfig: { position: "inside" },
        };
      }
      case "ribbon": return { type: "path", shape: { pathData: ribbon(api, mark) }, style: { fill, opacity: 0.38 } };
      case "label": return label(api, mark);
      case "rule": return stroke(panel.y.range.map((end) => api.coord([mark.at, end])), look.secondary, 1);
      default: return null;
    }
  }

  /** Names beside dots: each at the first place near its dot where it covers no other name and no dot. */
  function names(dots, parameters, api) {
    const frame = parameters.coordSys;
    const at = dots.map((dot) => api.coord(dot.at));
    const taken = at.map(([x, y]) => ({ left: x - 8, right: x + 8, top: y - 8, bottom: y + 8 }));
    const free = (box) =>
      box.left >= frame.x && box.right <= frame.x + frame.width && box.top >= frame.y && box.bottom <= frame.y + frame.height &&
      taken.every((other) => box.left >= other.right || box.right <= other.left || box.top >= other.bottom || box.bottom <= other.top);
    const steps = [-1, 1, 0, ...Array.from({ length: 14 }, (_, step) => (step % 2 ? 1 : -1) * (2 + Math.floor(step / 2)))];
    return dots.flatMap((dot, index) => {
      const [x, y] = at[index];
      // On a small screen the number, as on paper; what is no series has the head of its tooltip.
      const words = narrow ? dot.label : nameOf(dot) || dot.tip?.head || dot.label;
      const width = Math.min(240, textWidth(words)) + 4;
      const places = steps.flatMap((step) => [1, -1].map((side) => {
        const [from, middle] = [x + side * ([12, 7][Math.abs(step)] ?? 22), y + 17 * step];
        return { side, from, middle, step, left: Math.min(from, from + side * width), right: Math.max(from, from + side * width), top: middle - 8, bottom: middle + 8 };
      }));
      const place = places.find(free);
      if (!place) return [];
      taken.push(place);
      const leader = stroke([[x + 7 * place.side, y + 7 * Math.sign(place.step)], [place.from - 3 * place.side, place.middle]], look.secondary, 1);
      const style = {
        text: words, x: place.from, y: place.middle, align: place.side > 0 ? "left" : "right", verticalAlign: "middle", fill: look.ink,
        font: `12px ${look.font}`, width: 240, overflow: "truncate", stroke: look.paper, lineWidth: 3,
      };
      return [...(Math.abs(place.step) < 2 ? [] : [leader]), { type: "text", style }];
    });
  }

  const middle = ({ mark, at, from, to, points }) => (mark === "rule" ? [at, panel.y.range[0]] : at ?? (points ? points[0].slice(0, 2) : [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
  /** Marks of one kind and series as a series of the chart. */
  function custom(own, z) {
    return {
      type: "custom", name: nameOf(own[0]), z, clip: own[0].mark === "band", itemStyle: { color: colour(own[0].colour) },
      data: own.map((mark) => ({ value: middle(mark), mark: mark.index })), silent: own.every((mark) => !mark.tip), tooltip: { show: !days },
      renderItem: (parameters, api) => shape(api, own[parameters.dataIndex]),
    };
  }
  const kinds = ["rule", "band", "ribbon", "bar", "dot", "label"];
  const groups = kinds.flatMap((kind, z) => {
    const of = marks.filter(({ mark }) => mark === kind);
    return [...new Set(of.map(({ series }) => series))].map((series) => custom(of.filter((mark) => mark.series === series), z + 1));
  });
  const drawn = ({ series, points, colour: own, width }) => ({
    type: "line", name: nameOf({ series }), data: points, symbol: "circle", symbolSize: 5, showSymbol: false, z: 5, itemStyle: { color: colour(own) },
    lineStyle: { color: colour(own), width, type: figure.series[series]?.dashed ? [7, 4] : "solid" },
  });
  const named = marks.filter(({ mark, label: text }) => mark === "dot" && text);
  const still = (children) => ({ type: "custom", name: "", silent: true, tooltip: { show: false }, data: [[panel.x.range[0], panel.y.range[0]]], renderItem: (parameters, api) => ({ type: "group", children: children(parameters, api) }) });

  function overTime(points) {
    const x = points[0].value[0];
    const signed = panel.y.range[0] < 0;
    const rows = lines.flatMap((line) => {
      const point = line.points.find(([at]) => at === x);
      const band = all.find((other) => other.mark === "band" && other.series === line.series)?.points.find(([at]) => at === x);
      const ends = band ? ` [${number(band[1], signed)}, ${number(band[2], signed)}]` : "";
      return point ? [[nameOf(line) || panel.title, number(point[1], signed) + ends, colour(line.colour)]] : [];
    });
    return tip(`${month(panel.x.origin, x)} · ${panel.y.title}`, rows);
  }
  const told = ({ data }) => {
    const { tip: own, colour: swatch } = panel.marks[data?.mark] ?? {};
    return own ? tip(own.head, own.rows.map(([name, value], row) => [name, value, row === 0 ? colour(swatch) : ""])) : "";
  };

  const rows = panel.y.kind === "rows";
  const heads = panel.x.kind === "heads";
  const columns = panel.columns.flatMap(({ cells }) => cells);
  const widest = Math.max(0, ...columns.map(({ text }) => textWidth(text)));
  const beside = (side) => (narrow ? 4 : Math.max(0, ...outside.filter((own) => own.side === side).map(({ text, below }) => Math.max(textWidth(text, 12, 600), textWidth(below, 11)) + 14)));
  // No word of a row is broken.
  const longest = Math.max(0, ...panel.y.ticks.flatMap(({ label }) => (label ?? "").split(" ")).map((word) => textWidth(word)));
  const room = rows ? (narrow && !heads ? Math.max(112, Math.ceil(longest) + 18) : 210) : 0;
  const frame = rows || panel.y.kind === "bare"
    ? { left: room + beside("left"), right: Math.max(24, columns.length ? (narrow ? 96 : widest + 20) : 0, beside("right")), top: heads ? 62 : outside.length ? 24 : 8, bottom: heads ? 4 : panel.x.title || !outside.length ? 44 : 24 }
    : { left: 8, right: 24, top: 30, bottom: panel.x.title ? 36 : 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" };
  const count = panel.x.ticks.length;
  const across = heads
    ? { label: { color: look.ink, fontSize: 11, width: Math.max(60, (look.width - room - 28) / count - 8), overflow: "break", lineHeight: 14, hideOverlap: false }, axis: { position: "top" } }
    : { label: {}, axis: { nameLocation: "middle", nameGap: 30, position: "bottom" } };
  const names_ = { color: look.ink, hideOverlap: false, width: room - 10, overflow: "break", lineHeight: 14 };
  const up = rows ? { label: names_, axis: {} } : { label: {}, axis: { nameTextStyle: { color: look.secondary, align: "left" }, nameGap: 14 } };
  const numbers = { range: panel.y.range, title: "", kind: "rows", ticks: columns.map(({ at, text, below }) => ({ at, label: narrow ? text.replace(" [", "\n[") : text, below })) };
  const yAxis = [axis(panel.y, up)];
  if (columns.length) yAxis.push(axis(numbers, { label: { color: look.ink, hideOverlap: false, fontSize: narrow ? 10.5 : 12, lineHeight: 15 }, axis: { position: "right" } }));
  const scale = rows ? (heads ? 1 : 1.45) : 1.6;
  return {
    height: rows || panel.y.kind === "bare" ? (narrow && outside.length ? 1.5 : 1) * scale * panel.height + frame.top + frame.bottom : 420,
    minimum: heads ? 300 + 86 * count : 0,
    option: {
      animation: false,
      textStyle: { fontFamily: look.font, color: look.ink, fontSize: 12 },
      tooltip: {
        confine: true, trigger: days ? "axis" : "item", formatter: days ? overTime : told, axisPointer: { type: "line", snap: true },
        backgroundColor: look.raised, borderColor: look.grid, textStyle: { color: look.ink, fontFamily: look.font }, extraCssText: "max-width:24rem;white-space:normal;",
      },
      legend: { show: false, data: figure.series.map(({ name }) => name), selected },
      grid: frame,
      xAxis: axis(panel.x, across),
      yAxis,
      series: [still((parameters, api) => grid(api)), ...groups, ...lines.map(drawn), ...(named.length ? [{ ...still((parameters, api) => names(named, parameters, api)), z: 9 }] : [])],
    },
  };
}

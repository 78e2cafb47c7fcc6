// What each chart shows: a function of the data, the choices of the reader and the look of the page gives an option of
// Apache ECharts. Nothing here touches the page.

/** Bands of more policies than this hide each other. */
const BANDS = 3;

/** Lines with bands over months: `arms` with name, colour, dashed, from (first month) and values [low, middle, high]. */
function overTime(data, look, arms, selected, axis) {
  const policies = arms.filter((arm, index) => index > 0 && selected[arm.name]);
  const series = arms.flatMap((arm, index) => {
    const banded = index === 0 || policies.length <= BANDS;
    const values = (of) => arm.values.map((value, month) => (month < arm.from ? null : of(value)));
    const invisible = {
      type: "line", name: arm.name, stack: `band ${index}`, stackStrategy: "all", symbol: "none", silent: true,
      lineStyle: { opacity: 0 }, itemStyle: { color: arm.colour },
    };
    const bands = [
      { ...invisible, data: values(([low]) => low) },
      { ...invisible, data: values(([low, , high]) => high - low), areaStyle: { color: arm.colour, opacity: 0.16 } },
    ];
    const line = {
      type: "line", name: arm.name, data: values(([, middle]) => middle), symbol: "circle", symbolSize: 5, showSymbol: false,
      itemStyle: { color: arm.colour }, z: 4,
      lineStyle: { color: arm.colour, width: 2, type: arm.dashed ? [7, 4] : "solid" },
    };
    return banded ? [...bands, line] : [line];
  });
  const begins = [...new Set(arms.slice(1).filter((arm) => arm.from > 0).map((arm) => arm.from + 1))];
  // On the baseline's line: it is there whatever is chosen.
  series[2].markLine = {
    silent: true, symbol: "none", lineStyle: { color: look.secondary, type: [3, 3], width: 1 },
    label: { formatter: begins.length > 1 ? "begins" : "policies begin", color: look.secondary, fontSize: 11 },
    data: begins.filter((month) => month < data.months.length).map((month) => ({ xAxis: data.months[month] })),
  };
  const tooltip = (points) => {
    const month = points[0].dataIndex;
    const rows = arms
      .filter((arm) => selected[arm.name] && month >= arm.from)
      .map((arm) => {
        const [low, middle, high] = arm.values[month];
        return [arm.colour, arm.name, money(middle, axis.signed) + range(low, high, (bn) => money(bn, axis.signed))];
      });
    const [year, of] = data.months[month].split("-").map(Number);
    return tip(`${MONTHS[of - 1]} ${year} · ${axis.unit}`, rows);
  };
  const common = base(look);
  return {
    ...common,
    tooltip: { ...common.tooltip, trigger: "axis", formatter: tooltip },
    legend: { show: false, data: arms.map((arm) => arm.name), selected },
    grid: { left: 8, right: 24, top: 44, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: monthAxis(look, data.months),
    yAxis: valueAxis(look, { name: axis.unit, nameTextStyle: { color: look.secondary, align: "left" }, nameGap: 20 }),
    series,
  };
}

function named(data, values) {
  return data.arms.map((arm, index) => ({ ...arm, from: index === 0 ? 0 : arm.since, values: values(index) }));
}

function turnover(data, choice, look, selected) {
  const line = data.lines[choice.line];
  const arms = named(data, (index) => line.arms[index]);
  return { title: line.title, option: overTime(data, look, arms, selected, { unit: "bn KZT a month", signed: false }), height: 420 };
}

function cumulative(data, choice, look, selected) {
  const zeros = data.months.map(() => [0, 0, 0]);
  const arms = named(data, (index) => (index === 0 ? zeros : data.cumulative.policies[index - 1]));
  return { title: data.cumulative.title, option: overTime(data, look, arms, selected, { unit: "bn KZT in all", signed: true }), height: 400 };
}

// As in the still figure.
const ENTRY_COLOURS = ["#8C2D04", "#D94801", "#F16913", "#88417D", "#E69F00", "#56B4E9", "#009E73", "#444444", "#8A8A8A", "#C4C4C4"];
const REMOVED = "Removed from the target";

/** Entries in which some policy moves something. */
function movedEntries(data) {
  return data.account.entries.map((label, entry) => ({ label, entry }))
    .filter(({ entry }) => data.account.policies.some((policy) => policy.entries[entry][1] !== 0));
}

function account(data, choice, look, selected) {
  const titles = data.arms.slice(1).map((arm) => arm.name);
  const bars = movedEntries(data).map(({ label, entry }) => ({
    type: "bar", name: label, stack: "account", barMaxWidth: 26,
    itemStyle: { color: ENTRY_COLOURS[entry], borderColor: look.paper, borderWidth: 0.5 },
    data: data.account.policies.map((policy) => policy.entries[entry][1]),
    entry,
  }));
  const removed = {
    type: "scatter", name: REMOVED, symbol: "diamond", symbolSize: 15, z: 5,
    itemStyle: { color: look.ink, borderColor: look.paper, borderWidth: 1.5 },
    data: data.account.policies.map((policy, index) => [policy.removed[1], index]),
  };
  const tooltip = ({ seriesName, dataIndex, color }) => {
    const policy = data.account.policies[dataIndex];
    const entry = data.account.entries.indexOf(seriesName);
    const [low, middle, high] = entry < 0 ? policy.removed : policy.entries[entry];
    const rows = [[color, seriesName, `KZT ${money(middle, true)}`], ["", "95 % interval", range(low, high, (bn) => money(bn, true))]];
    const share = entry < 0 ? null : policy.shares[entry];
    if (share !== null) rows.push(["", "of what was removed", `${number(share)} %`]);
    return tip(titles[dataIndex], rows);
  };
  const common = base(look);
  const legend = [...bars.map((bar) => [bar.name, bar.itemStyle.color]), [REMOVED, look.ink]];
  return {
    title: data.account.title,
    legend,
    height: 90 + 46 * titles.length,
    option: {
      ...common,
      tooltip: { ...common.tooltip, trigger: "item", formatter: tooltip },
      legend: { show: false, data: legend.map(([name]) => name), selected },
      grid: { left: 8, right: 24, top: 8, bottom: 34, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: valueAxis(look, { name: "bn KZT over the window, against the baseline", nameLocation: "middle", nameGap: 30, splitNumber: look.width < 600 ? 3 : 6 }),
      yAxis: categoryAxis(look, titles, {
        inverse: true, axisLine: { onZero: true, lineStyle: { color: look.ink } },
        axisLabel: { color: look.ink, interval: 0, width: look.width < 600 ? 96 : 190, overflow: "break", lineHeight: 15 },
      }),
      series: [...bars, removed],
    },
  };
}

/** A value with its interval, with the other sign. */
const negated = (three) => three.map((bn) => -bn).reverse();

/** What fell and what rose under a policy, each as label, colour and [low, middle, high] without sign. */
function sides(data, policy) {
  const own = data.account.policies[policy];
  const items = own.entries.map((value, entry) => ({ label: data.account.entries[entry], colour: ENTRY_COLOURS[entry], value }));
  const target = { label: `Established ${data.account.target}`, colour: "#666666", value: negated(own.removed) };
  const all = [target, ...items];
  const fell = all.filter(({ value }) => value[1] < 0).map((item) => ({ ...item, value: negated(item.value) }));
  return [fell, all.filter(({ value }) => value[1] > 0)];
}

/** A name in lines of about sixteen letters. */
const folded = (text) => text.replace(/(.{10,16}?) /g, "$1\n");

function flow(data, choice, look) {
  const [fell, rose] = sides(data, choice.policy);
  const total = rose.reduce((sum, item) => sum + item.value[1], 0);
  // Ribbons thinner than this share cannot be seen and only push labels together.
  const [left, right] = [fell, rose].map((side) => side.filter((item) => item.value[1] > 0.004 * total));
  const narrow = look.width < 620;
  const node = (prefix, side) => (item) => ({
    name: prefix + item.label, item, depth: side,
    itemStyle: { color: item.colour, borderWidth: 0 },
    label: { position: narrow ? ["right", "left"][side] : ["left", "right"][side] },
  });
  const nodes = [...left.map(node("fell ", 0)), ...right.map(node("rose ", 1))];
  const shown = right.reduce((sum, item) => sum + item.value[1], 0) || 1;
  const links = left.flatMap((from) => right.map((to) => ({
    source: `fell ${from.label}`, target: `rose ${to.label}`, value: (from.value[1] * to.value[1]) / shown,
  })));
  const tooltip = ({ dataType, data: own }) => {
    if (dataType !== "node") return tip("A net change", [["", "Drawn in proportion: the account does not say who went where.", ""]]);
    const [low, middle, high] = own.item.value;
    const rows = [[own.item.colour, own.name.startsWith("fell") ? "fell by" : "rose by", `KZT ${money(middle)}`], ["", "95 % interval", range(low, high, money)]];
    return tip(own.item.label, rows);
  };
  const common = base(look);
  return {
    title: data.account.policies[choice.policy].title,
    height: Math.max(280, (narrow ? 84 : 68) * Math.max(left.length, right.length)),
    empty: nodes.length === 0 ? "Nothing moves under this policy." : "",
    option: {
      ...common,
      tooltip: { ...common.tooltip, trigger: "item", formatter: tooltip },
      series: [{
        type: "sankey", name: "Account", data: nodes, links, draggable: false, nodeWidth: 14, nodeGap: narrow ? 52 : 36, layoutIterations: 0,
        left: narrow ? 4 : 210, right: narrow ? 4 : 210, top: 24, bottom: 24,
        emphasis: { focus: "adjacency" },
        lineStyle: { color: "gradient", opacity: 0.35, curveness: 0.5 },
        label: {
          color: look.ink, fontFamily: look.font, lineHeight: 16, textBorderColor: look.paper, textBorderWidth: 2,
          formatter: ({ data: own }) => `{name|${narrow ? folded(own.item.label) : own.item.label}}\n{value|${money(own.item.value[1])}${range(own.item.value[0], own.item.value[2], money)}}`,
          rich: { name: { fontWeight: 600, fontSize: narrow ? 11 : 12 }, value: { color: look.secondary, fontSize: 11 } },
        },
      }],
    },
  };
}

function effects(data, choice, look) {
  const measure = data.measures[choice.measure];
  const titles = data.arms.slice(1).map((arm) => arm.name);
  const narrow = look.width < 620;
  const colour = ({ clear, better }) => (!clear ? look.muted : better === null ? look.ink : better ? look.better : look.worse);
  const draw = (parameters, api) => {
    const effect = measure.effects[parameters.dataIndex];
    const at = (value) => api.coord([value, parameters.dataIndex]);
    const [low, halfLow, mean, halfHigh, high] = effect.five.map((value) => at(value)[0]);
    const y = at(0)[1];
    const line = (from, to, width) => ({ type: "line", shape: { x1: from, x2: to, y1: y, y2: y }, style: { stroke: colour(effect), lineWidth: width } });
    const dot = { type: "circle", shape: { cx: mean, cy: y, r: 5.5 }, style: { fill: look.paper, stroke: colour(effect), lineWidth: 2.5 } };
    return { type: "group", children: [line(low, high, 1.6), line(halfLow, halfHigh, 5), dot] };
  };
  const tooltip = ({ dataIndex }) => {
    const effect = measure.effects[dataIndex];
    return tip(titles[dataIndex], [[colour(effect), measure.label, `${effect.text} ${effect.interval}`], ["", "in its unit", effect.amount]]);
  };
  const rows = (texts, extra) => categoryAxis(look, texts, { inverse: true, axisLine: { show: false }, ...extra });
  const common = base(look);
  return {
    title: measure.title,
    height: 80 + 44 * titles.length,
    option: {
      ...common,
      tooltip: { ...common.tooltip, trigger: "item", formatter: tooltip },
      grid: { left: narrow ? 112 : 210, right: narrow ? 92 : 190, top: 8, bottom: 48 },
      xAxis: valueAxis(look, { name: measure.unit, nameLocation: "middle", nameGap: 30, axisLine: { show: false } }),
      yAxis: [
        rows(titles, { axisLabel: { color: look.ink, interval: 0, width: narrow ? 104 : 200, overflow: "break", lineHeight: 15 } }),
        rows(measure.effects.map((effect) => `${effect.text}${narrow ? "\n" : "  "}${effect.interval}`), {
          position: "right", axisLabel: { color: look.ink, interval: 0, fontSize: narrow ? 10.5 : 12, lineHeight: 15 },
        }),
      ],
      series: [{
        type: "custom", name: measure.label, renderItem: draw, encode: { x: [0, 4], y: 5 },
        data: measure.effects.map((effect, index) => [...effect.five, index]),
        markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: look.ink, type: "solid", width: 1 }, data: [{ xAxis: 0 }] },
      }],
    },
  };
}

/** Names beside points: each at the first place near its point where it covers no other name and no point. */
function labels(points, look, parameters, api) {
  const frame = parameters.coordSys;
  const widest = look.width < 620 ? 110 : 240;
  const at = points.map((point) => api.coord([point.x[1], point.y[1]]));
  const taken = at.map(([x, y]) => ({ left: x - 8, right: x + 8, top: y - 8, bottom: y + 8 }));
  const free = (box) =>
    box.left >= frame.x && box.right <= frame.x + frame.width && box.top >= frame.y && box.bottom <= frame.y + frame.height &&
    taken.every((other) => box.left >= other.right || box.right <= other.left || box.top >= other.bottom || box.bottom <= other.top);
  const steps = [-1, 1, 0, -2, 2, -3, 3, -4, 4, -5, 5, -6, 6, -7, 7, -8, 8];
  const children = points.flatMap((point, index) => {
    const [x, y] = at[index];
    const font = `12px ${look.font}`;
    const width = Math.min(widest, echarts.format.getTextRect(point.name, font).width) + 4;
    const places = steps.flatMap((step) => [1, -1].map((side) => {
      const from = x + side * ([12, 7][Math.abs(step)] ?? 22);
      const middle = y + 17 * step;
      return { side, from, middle, step, left: Math.min(from, from + side * width), right: Math.max(from, from + side * width), top: middle - 8, bottom: middle + 8 };
    }));
    const place = places.find(free) ?? places[0];
    taken.push(place);
    const text = {
      text: point.name, x: place.from, y: place.middle, align: place.side > 0 ? "left" : "right", verticalAlign: "middle", fill: look.ink,
      font, width: widest, overflow: "truncate", stroke: look.paper, lineWidth: 3,
    };
    const line = { x1: x + 7 * place.side, y1: y + 7 * Math.sign(place.step), x2: place.from - 3 * place.side, y2: place.middle };
    const leader = { type: "line", shape: line, style: { stroke: look.secondary, lineWidth: 1 } };
    return [...(Math.abs(place.step) < 2 ? [] : [leader]), { type: "text", style: text }];
  });
  return { type: "group", children };
}

function tradeoff(data, choice, look, selected) {
  const cost = data.tradeoff[choice.cost];
  const illicit = data.measures.find((measure) => measure.key === "illicit_turnover");
  const points = data.arms.map((arm, index) => {
    const five = index === 0 ? [0, 0, 0, 0, 0] : illicit.effects[index - 1].five;
    return { ...arm, x: [five[0], five[2], five[4]], y: index === 0 ? [0, 0, 0] : cost.costs[index - 1], free: cost.undominated[index] };
  });
  const cross = (point) => (parameters, api) => {
    const at = (x, y) => api.coord([x, y]);
    const line = ([x1, y1], [x2, y2]) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: point.colour, lineWidth: 1.4 } });
    const { x: [left, x, right], y: [low, y, high] } = point;
    return { type: "group", children: [line(at(left, y), at(right, y)), line(at(x, low), at(x, high))] };
  };
  const shown = points.filter((point) => selected[point.name] !== false);
  const series = shown.flatMap((point) => [
    { type: "custom", name: point.name, silent: true, renderItem: cross(point), data: [[point.x[1], point.y[1]]], itemStyle: { color: point.colour } },
    {
      type: "scatter", name: point.name, data: [[point.x[1], point.y[1]]], symbolSize: 12, z: 4,
      itemStyle: { color: point.free ? point.colour : look.paper, borderColor: point.colour, borderWidth: 2.5 },
    },
  ]);
  series.push({ type: "custom", name: "Labels", silent: true, z: 6, data: [[0, 0]], renderItem: (parameters, api) => labels(shown, look, parameters, api) });
  series[0].markLine = {
    silent: true, symbol: "none", label: { show: false }, lineStyle: { color: look.secondary, type: "solid", width: 1 }, data: [{ xAxis: 0 }, { yAxis: 0 }],
  };
  const tooltip = ({ seriesName }) => {
    const point = points.find((own) => own.name === seriesName);
    const percent = (value) => `${number(value, true)} %`;
    const bn = (value) => money(value, true);
    return tip(point.name, [
      [point.colour, illicit.label, percent(point.x[1]) + range(point.x[0], point.x[2], percent)],
      ["", cost.label, `KZT ${bn(point.y[1])}${range(point.y[0], point.y[2], bn)}`],
      ["", point.free ? "No other scenario is as good on both." : "Another scenario is as good on both and better on one.", ""],
    ]);
  };
  const common = base(look);
  const ends = (axis) => ({ min: (value) => Math.min(value.min, ...points.map((p) => p[axis][0])), max: (value) => Math.max(value.max, ...points.map((p) => p[axis][2])) });
  const rounded = (of) => {
    const { min, max } = ends(of);
    const step = ({ min: low, max: high }) => 10 ** Math.floor(Math.log10(Math.max(high - low, 1e-9))) / 2;
    const span = (value) => ({ min: min(value), max: max(value) });
    return {
      min: (value) => Math.floor(span(value).min / step(span(value)) - 0.2) * step(span(value)),
      max: (value) => Math.ceil(span(value).max / step(span(value)) + 0.2) * step(span(value)),
    };
  };
  return {
    title: cost.title,
    height: 460,
    option: {
      ...common,
      tooltip: { ...common.tooltip, trigger: "item", formatter: tooltip },
      legend: { show: false, data: data.arms.map((arm) => arm.name), selected },
      grid: { left: 8, right: 24, top: 40, bottom: 36, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: valueAxis(look, { ...rounded("x"), name: "Illicit turnover: effect in % of the baseline", nameLocation: "middle", nameGap: 30, axisLine: { show: false, onZero: false } }),
      yAxis: valueAxis(look, { ...rounded("y"), name: `${cost.label}: effect, bn KZT`, nameTextStyle: { color: look.secondary, align: "left" }, axisLine: { show: false, onZero: false } }),
      series,
    },
  };
}

function measures(data, choice, look) {
  const titles = data.arms.slice(1).map((arm) => arm.name);
  const rows = data.measures.filter((measure) => measure.effects.some((effect) => effect.five[2] !== 0));
  const cells = rows.flatMap((measure, row) => measure.effects.map((effect, column) => ({ value: [column, row], effect, measure })));
  const tint = (effect) => {
    const depth = 0.14 + 0.56 * Math.min(1, Math.abs(effect.five[2]) / 50);
    if (effect.better === true) return `rgba(0,114,178,${depth})`;
    if (effect.better === false) return `rgba(213,94,0,${depth})`;
    return effect.clear ? look.raised : "transparent";
  };
  const draw = (parameters, api) => {
    const { effect } = cells[parameters.dataIndex];
    const [x, y] = api.coord(cells[parameters.dataIndex].value);
    const [width, height] = api.size([1, 1]);
    return {
      type: "rect",
      shape: { x: x - width / 2 + 1, y: y - height / 2 + 1, width: width - 2, height: height - 2 },
      style: { fill: tint(effect) },
      textContent: { type: "text", style: { text: effect.text, fill: effect.clear ? look.ink : look.muted, font: `${effect.clear ? 600 : 400} 11px ${look.font}` } },
      textConfig: { position: "inside" },
    };
  };
  const tooltip = ({ dataIndex }) => {
    const { effect, measure, value } = cells[dataIndex];
    return tip(`${measure.label}: ${titles[value[0]]}`, [["", "Effect", `${effect.text} ${effect.interval}`], ["", "in its unit", effect.amount], ["", measure.meaning, ""]]);
  };
  const common = base(look);
  return {
    title: data.measures_title,
    height: 70 + 23 * rows.length,
    empty: rows.length === 0 ? "No policy changes any measure." : "",
    option: {
      ...common,
      tooltip: { ...common.tooltip, trigger: "item", formatter: tooltip },
      grid: { left: 220, right: 4, top: 62, bottom: 4 },
      xAxis: categoryAxis(look, titles, {
        position: "top", axisLine: { show: false },
        axisLabel: { color: look.ink, interval: 0, width: Math.max(60, (look.width - 240) / titles.length - 8), overflow: "break", lineHeight: 14, fontSize: 11 },
      }),
      yAxis: categoryAxis(look, rows.map((measure) => measure.label), { inverse: true, axisLine: { show: false } }),
      series: [{ type: "custom", name: "Effects", renderItem: draw, data: cells }],
    },
  };
}

/** All charts by the name of the figure that they replace: how they are made and what can be chosen. */
const CHARTS = {
  turnover_by_policy: { make: turnover, choose: { line: { label: "Turnover of", from: (data) => data.lines.map((line) => line.label) } }, legend: "arms" },
  cumulative_effect: { make: cumulative, legend: "arms" },
  effects: { make: effects, choose: { measure: { label: "Measure", from: (data) => data.measures.map((measure) => measure.label) } } },
  displacement_account: { make: account, legend: "own" },
  displacement_flow: { make: flow, choose: { policy: { label: "Policy", from: (data) => data.arms.slice(1).map((arm) => arm.name) } } },
  tradeoff: { make: tradeoff, choose: { cost: { label: "Against", from: (data) => data.tradeoff.map((cost) => cost.label) } } },
  measures: { make: measures, minimum: (data) => 300 + 86 * (data.arms.length - 1) },
};

"use strict";
// What all charts share: numbers in words, tooltips, axes.

const MINUS = "−";

/** A number with three digits that matter and a true minus sign. */
function number(value, signed = false) {
  const size = Math.abs(value);
  const digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.0995 ? 2 : 3;
  const text = size.toLocaleString("en-US", { maximumFractionDigits: digits });
  const sign = text === "0" ? "" : value < 0 ? MINUS : signed ? "+" : "";
  return sign + text;
}

/** Billions of tenge as an amount. */
function money(bn, signed = false) {
  const [value, unit] = Math.abs(bn) >= 1 || bn === 0 ? [bn, "bn"] : [bn * 1000, "m"];
  return `${number(value, signed)} ${unit}`;
}

/** Text as HTML: titles come from files of strangers, and tooltips are HTML. */
function escaped(text) {
  const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return String(text).replace(/[&<>"']/g, (letter) => entities[letter]);
}

/** A tooltip: a heading and rows of colour, name, value. */
function tip(heading, rows) {
  const row = ([colour, name, value]) => {
    const swatch = colour ? `<i style="background:${escaped(colour)}"></i>` : "";
    return `<tr><td>${swatch}${escaped(name)}</td><td>${escaped(value)}</td></tr>`;
  };
  return `<div class="tip"><b>${escaped(heading)}</b><table>${rows.map(row).join("")}</table></div>`;
}

const range = (low, high, show) => (low === high ? "" : ` [${show(low)}, ${show(high)}]`);

/** What all charts have in common. */
function base(look) {
  return {
    animation: false,
    textStyle: { fontFamily: look.font, color: look.ink, fontSize: 12 },
    tooltip: {
      confine: true,
      backgroundColor: look.raised,
      borderColor: look.grid,
      textStyle: { color: look.ink, fontFamily: look.font },
      extraCssText: "max-width:24rem;white-space:normal;",
    },
  };
}

function valueAxis(look, extra = {}) {
  return {
    type: "value",
    axisLabel: { color: look.secondary, formatter: (value) => number(value) },
    splitLine: { lineStyle: { color: look.grid } },
    axisLine: { show: false },
    axisTick: { show: false },
    nameTextStyle: { color: look.secondary },
    ...extra,
  };
}

function categoryAxis(look, data, extra = {}) {
  return {
    type: "category",
    data,
    axisLabel: { color: look.ink, interval: 0 },
    axisLine: { lineStyle: { color: look.secondary } },
    axisTick: { show: false },
    splitLine: { show: false },
    ...extra,
  };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Labels of a month axis: as many as fit, each January with its year. */
function monthAxis(look, months) {
  const room = Math.max(2, Math.floor(look.width / 60));
  const step = [1, 3, 6, 12, 24, 60].find((step) => months.length / step <= room) ?? 120;
  const parts = (month) => month.split("-").map(Number);
  const labelled = (index) => {
    const [year, month] = parts(months[index]);
    return (12 * year + month - 1) % step === 0;
  };
  const text = (value, index) => {
    const [year, month] = parts(value);
    return month === 1 || index === 0 ? `${MONTHS[month - 1]}\n${year}` : MONTHS[month - 1];
  };
  return categoryAxis(look, months, {
    boundaryGap: false,
    axisLabel: { color: look.secondary, interval: labelled, formatter: text, lineHeight: 16 },
    axisTick: { show: true, interval: labelled },
  });
}

// What stands round the picture: choices, legend, the line of numbers, the table, the overview.

import { headNames, logProb } from "./view_data.js";
import { element, figures } from "./view_draw.js";

const ALL_CELLS = 2500; // the table lists every weight up to this many, else the heaviest of each row

/** Whether some word is made of several tokens, so that pieces and words differ. */
function shared(side) {
  const numbers = side.tokens.flatMap((token) => token.words);
  return new Set(numbers).size < numbers.length || side.tokens.some((token) => token.words.length > 1);
}

/** Buttons, boxes and lists for the choices that make sense for this alignment. */
export function drawTools(view) {
  const { level, mode, head, gold } = view.state;
  const held = view.tools.contains(document.activeElement) && document.activeElement.dataset.key;
  const choice = (name, key, current, entries) => {
    const group = element("div", { class: "choice", role: "group", "aria-label": name });
    for (const [value, text] of entries) {
      const pressed = { "aria-pressed": String(value === current), "data-key": `${key}-${value}` };
      const button = element("button", { type: "button", ...pressed }, text);
      button.addEventListener("click", () => view.set({ [key]: value }));
      group.append(button);
    }
    return group;
  };
  const tick = (key, current, text) => {
    const box = element("input", { type: "checkbox", "data-key": key });
    box.checked = current;
    box.addEventListener("change", () => view.set({ [key]: box.checked }));
    return element("label", {}, box, text);
  };
  view.tools.replaceChildren();
  if (view.empty) {
    view.tools.append(element("span", { class: "hint" }, "There are no tokens to align."));
    return;
  }
  view.tools.append(choice("Picture", "mode", mode, [["heat", "Heat map"], ["links", "Links"]]));
  if (view.json.level === "pieces" && (shared(view.json.source) || shared(view.json.target))) {
    view.tools.append(choice("Tokens", "level", level, [["words", "Words"], ["pieces", "Pieces"]]));
  }
  const list = (key, name, first, names) => {
    const made = element("select", { "data-key": key, "aria-label": name });
    [first, ...names].forEach((text, value) => made.append(element("option", { value }, text)));
    made.value = view.state[key];
    made.addEventListener("change", () => view.set({ [key]: Number(made.value) }));
    view.tools.append(made);
  };
  if (view.json.heads) {
    const { layers, heads } = headNames(view.json);
    if (layers) list("layer", "Layer", "as aligned", layers.map((name) => `layer ${name}`));
    if (!layers || view.state.layer) list("head", "Head", "mean of heads", heads.map((name) => `head ${name}`));
  }
  if (view.data.blocks.length) view.tools.append(tick("gold", gold, "Gold links"));
  view.tools.append(tick("boost", view.boost, "Strengthen faint weights"));
  if (held) view.tools.querySelector(`[data-key="${held}"]`)?.focus();
}

/** What colours and outlines mean. */
export function drawLegend(view) {
  view.legend.replaceChildren();
  if (view.empty) return;
  const add = (...parts) => view.legend.append(element("span", { class: "entry" }, ...parts));
  const scale = element("span", { class: "scale" });
  const stops = Array.from({ length: 17 }, (_, i) => view.color(i / 16));
  scale.style.backgroundImage = `linear-gradient(to right, ${stops.join(",")})`;
  add("weight 0", scale, "1");
  const kinds = new Set(view.state.gold ? view.data.blocks.map((block) => block.kind) : []);
  if (kinds.has("gold")) add(element("span", { class: "swatch" }), "gold");
  if (kinds.has("possible")) add(element("span", { class: "swatch possible" }), "possible");
  if (view.state.mode === "heat" && view.data.rows.some((row) => row.log_prob !== undefined)) {
    add(element("span", { class: "meter" }), "probability of the token");
  }
}

/** The numbers of the place that is pointed at: one source, or the heaviest of a row or column. */
export function say(view, at) {
  const { rows, columns, weights } = view.data;
  const name = (token) => element("bdi", { class: "token" }, token.label);
  const entry = (token, weight, kind = "entry") => {
    const bar = element("span", { class: "bar" });
    bar.style.width = `${Math.max(2, 44 * view.strength(weight))}px`;
    bar.style.background = view.colors.css(0.3 + 0.7 * view.strength(weight));
    return element("span", { class: kind }, name(token), ` ${figures(weight)}`, bar);
  };
  const line = view.readout;
  line.replaceChildren();
  if (!at) {
    line.append(element("span", { class: "hint" }, "Point at a token or a cell, or use the arrow keys."));
  } else if (at.row === null) {
    const column = weights.map((row, t) => [row[at.column], t]).filter(([weight]) => weight > 0);
    const top = column.sort((a, b) => b[0] - a[0]).slice(0, 4);
    line.append(name(columns[at.column]), " → ", ...top.map(([weight, t]) => entry(rows[t], weight)));
  } else {
    const row = rows[at.row];
    line.append(name(row));
    if (row.log_prob !== undefined) {
      line.append(element("span", { class: "hint" }, ` p ${figures(Math.exp(logProb(row)))}`));
    }
    line.append(" ← ");
    if (at.column !== null) line.append(entry(columns[at.column], weights[at.row][at.column], "entry chosen"));
    const others = view.heaviest(at.row, 5).filter(([, s]) => s !== at.column);
    const room = at.column === null ? 4 : 3;
    line.append(...others.slice(0, room).map(([weight, s]) => entry(columns[s], weight)));
  }
}

/** The same numbers as a table, made when it is opened. */
export function fillTable(view) {
  view.table.querySelector(".table-box")?.remove();
  if (!view.table.open) return;
  const { rows, columns, weights } = view.data;
  const whole = rows.length * columns.length <= ALL_CELLS;
  const heading = (scope, token) => element("th", { scope }, element("bdi", {}, token.label));
  const head = element("tr", {}, element("th", { scope: "col" }, "target"));
  if (whole) head.append(...columns.map((token) => heading("col", token)));
  else head.append(element("th", { scope: "col" }, "heaviest source tokens"));
  const body = rows.map((row, t) => {
    const line = element("tr", {}, heading("row", row));
    if (whole) {
      line.append(...weights[t].map((weight) => element("td", {}, figures(weight))));
    } else {
      const three = view.heaviest(t, 3).map(([weight, s], i) => [
        i ? ", " : "", element("bdi", {}, columns[s].label), ` ${figures(weight)}`,
      ]);
      line.append(element("td", {}, ...three.flat()));
    }
    return line;
  });
  const caption = element("caption", {}, "How much each target token (row) looked at the source tokens");
  const table = element("table", {}, caption, element("thead", {}, head), element("tbody", {}, ...body));
  const box = { class: "table-box", tabindex: "0", role: "group", "aria-label": "Weights as a table" };
  view.table.append(element("div", box, table));
}

/** The whole matrix in one small picture; a pixel shows the heaviest of the cells under it. */
export function drawMap(view) {
  const { rows, columns, weights } = view.data;
  const wide = Math.min(columns.length, Math.floor(view.width));
  const high = Math.min(rows.length, 140);
  const heaviest = new Float32Array(wide * high);
  for (let t = 0; t < rows.length; t++) {
    const base = Math.floor((t * high) / rows.length) * wide;
    for (let s = 0; s < columns.length; s++) {
      const place = view.layout.rtl ? columns.length - 1 - s : s;
      const at = base + Math.floor((place * wide) / columns.length);
      if (weights[t][s] > heaviest[at]) heaviest[at] = weights[t][s];
    }
  }
  view.map.width = wide;
  view.map.height = high;
  const context = view.map.getContext("2d");
  const image = context.createImageData(wide, high);
  heaviest.forEach((weight, at) => image.data.set([...view.colors.rgb(view.strength(weight)), 255], 4 * at));
  context.putImageData(image, 0, 0);
}

/** Where in the overview the part lies that is in sight. */
export function drawWindow(view) {
  const { layout, box, frame } = view;
  frame.style.left = `${(100 * box.left) / layout.width}%`;
  frame.style.top = `${(100 * box.top) / layout.height}%`;
  frame.style.width = `${(100 * box.width) / layout.width}%`;
  frame.style.height = `${(100 * box.height) / layout.height}%`;
}

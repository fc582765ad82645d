// The beam as a tree: a column for each step, the best of it on top. What was pruned stays to be seen. A word
// that is chosen here is forced, and the search goes on from it.

import { ask, quit, Superseded } from "./api.js";
import { choice, make, number, percent, refocus, words } from "./dom.js";
import { shape } from "/view/view_draw.js";
import { set, state, question } from "./state.js";

const [WIDE, HIGH, GAP] = [128, 46, 12];
const PRUNED = 3; // pruned candidates of a step that are shown at first
const NAMES = { kept: "went on", pruned: "pruned", finished: "finished", stopped: "search ended here" };

export class Tree {
  constructor(host, app) {
    this.app = app;
    this.told = null;
    this.bar = make("div", { class: "tree-bar controls" });
    this.box = make("div", { class: "tree-scroll", tabindex: "0", role: "group", "aria-label": "Beam tree. Arrow keys go from word to word." });
    this.note = make("p", { class: "readout-line", role: "status" });
    host.append(make("div", { class: "panel" }, this.bar, this.box, this.note, legend()));
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.size = () => this.told && this.draw();
    addEventListener("resize", this.size);
  }

  leave() {
    removeEventListener("resize", this.size);
    quit("tree");
  }

  update(keys) {
    if (keys.includes("answer")) this.fetch();
    else if (keys.includes("pruned") && this.told) this.draw();
  }

  async fetch() {
    if (!this.app.output() || this.app.error) { this.box.replaceChildren(); this.note.textContent = ""; return; }
    const asked = question();
    if (asked.way.kind === "greedy") asked.way = { ...asked.way, kind: "beam", beam: 1 };
    delete asked.way.kind;
    try {
      this.told = await ask("tree", "/api/tree", asked);
    } catch (error) {
      if (!(error instanceof Superseded)) this.box.replaceChildren(make("p", { class: "fault" }, error.message));
      return;
    }
    this.draw();
  }

  /** Which nodes are drawn, and where: columns by step, rows by total log-probability. */
  place() {
    const { nodes, chosen } = this.told;
    this.path = new Set();
    for (let node = nodes[chosen[0]]; node; node = node.parent === null ? null : nodes[node.parent]) this.path.add(node.id);
    const columns = [];
    for (const node of nodes) (columns[node.step] ||= []).push(node);
    this.at = new Map();
    let most = 0;
    columns.forEach((column, step) => {
      const order = { pruned: 1 };
      const sorted = column.sort((a, b) => (order[a.status] || 0) - (order[b.status] || 0) || b.total - a.total);
      let left = state.pruned ? 40 : PRUNED;
      const shown = sorted.filter((node) => node.status !== "pruned" || left-- > 0);
      most = Math.max(most, shown.length);
      shown.forEach((node, row) => this.at.set(node.id, { x: step * (WIDE + 34), y: row * (HIGH + GAP), row, step, node }));
    });
    return { width: columns.length * (WIDE + 34) - 34, height: most * (HIGH + GAP) - GAP };
  }

  draw() {
    const { nodes, beam } = this.told;
    const { width, height } = this.place();
    const pruned = nodes.filter((node) => node.status === "pruned").length;
    refocus(this.bar, () => this.bar.replaceChildren(
      make("p", { class: "hint" }, `Beam ${beam}: ${nodes.length - 1} candidates, ${pruned} pruned`),
      choice("Pruned candidates", [[false, "The nearest pruned"], [true, "All pruned"]], state.pruned, (value) => set({ pruned: value }))));
    const sheet = make("div", { class: "tree-sheet" });
    sheet.style.width = `${width}px`;
    sheet.style.height = `${height}px`;
    const edges = shape(sheet, "svg", { width, height, "aria-hidden": "true", class: "edges" });
    const late = [];
    for (const { x, y, node } of this.at.values()) {
      const from = node.parent === null ? null : this.at.get(node.parent);
      if (!from) continue;
      const [x1, y1, y2] = [from.x + WIDE, from.y + HIGH / 2, y + HIGH / 2];
      const kind = `edge ${this.path.has(node.id) ? "best" : node.status}`;
      const draw = () => shape(edges, "path", { d: `M${x1} ${y1}C${x1 + 20} ${y1} ${x - 20} ${y2} ${x} ${y2}`, class: kind });
      if (this.path.has(node.id)) late.push(draw); else draw();
    }
    late.forEach((one) => one());
    const first = this.at.get(0);
    for (const spot of this.at.values()) sheet.append(this.button(spot, spot === first));
    this.box.replaceChildren(sheet);
    this.say(nodes[this.told.chosen[0]]);
  }

  button({ x, y, node }, first) {
    const best = this.path.has(node.id);
    const forced = node.step > 0 && (node.token > 3 || node.token === 1);
    const text = node.step ? node.text.trim() || "␣" : "⟨start⟩";
    const made = make("button", {
      type: "button", class: `node ${best ? "best" : node.status}`, "data-id": node.id, tabindex: first ? "0" : "-1",
      onclick: () => forced && this.force(node), onfocus: () => this.say(node), onpointerenter: () => this.say(node),
    }, words(text, "node-word"), make("span", { class: "node-figure" }, node.step ? `${percent(Math.exp(node.log_prob))} · ${number(node.score, 2)}` : ""),
    make("span", { class: "heard" }, ` ${best && node.rank === 1 ? "chosen" : NAMES[node.status]}`),
    node.rank !== null && make("span", { class: "rank" }, String(node.rank)));
    made.style.left = `${x}px`;
    made.style.top = `${y}px`;
    return made;
  }

  tokens(node) {
    const said = [];
    for (let at = node; at.parent !== null; at = this.told.nodes[at.parent]) said.unshift(at);
    return said;
  }

  say(node) {
    if (!node) return;
    const text = this.tokens(node).map((one) => (one.text === "␣" ? " " : one.text.replace("⟨end⟩", " ⟨end⟩"))).join("").trim();
    const rank = node.rank ? `, result ${node.rank}` : "";
    this.note.replaceChildren(words(text || "⟨start⟩", "strong"), make("span", { class: "figure" },
      `  log p ${number(node.total)}, score ${number(node.score)}, ${NAMES[node.status]}${rank}`));
  }

  force(node) {
    set({ prefix: this.tokens(node).map((one) => one.token), choice: 0 });
  }

  key(event) {
    const held = event.target.dataset?.id;
    if (held === undefined) return;
    const here = this.at.get(Number(held));
    const { node } = here;
    const near = {
      ArrowLeft: () => this.at.get(node.parent),
      ArrowRight: () => [...this.at.values()].filter((one) => one.node.parent === node.id).sort((a, b) => a.row - b.row)[0],
      ArrowUp: () => [...this.at.values()].find((one) => one.step === here.step && one.row === here.row - 1),
      ArrowDown: () => [...this.at.values()].find((one) => one.step === here.step && one.row === here.row + 1),
    }[event.key];
    const to = near?.();
    if (!near) return;
    event.preventDefault();
    if (!to) return;
    const [old, next] = [here, to].map((spot) => this.box.querySelector(`[data-id="${spot.node.id}"]`));
    old.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  data() {
    return { name: "beam", json: this.told };
  }
}

const legend = () => make("p", { class: "tree-legend" }, ["best", "kept", "finished", "pruned"].map((kind) =>
  make("span", {}, make("i", { class: `swatch-node ${kind}` }), { best: "chosen", kept: "went on", finished: "finished", pruned: "pruned" }[kind])),
  make("span", {}, "Choose a word to force it. Numbers: probability of the word, score of the prefix."));

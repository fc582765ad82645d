// The test set: translated little by little, sorted and filtered here.

import { ask, quit, Superseded } from "./api.js";
import { make, menu, number, refocus, words } from "./dom.js";
import { set, state } from "./state.js";

const PAGE = 40;
const ORDERS = {
  number: ["as in the file", (a, b) => a.number - b.number],
  score: ["lowest score first", (a, b) => (a.score ?? -1e9) - (b.score ?? -1e9)],
  chrf: ["lowest chrF first", (a, b) => (a.chrf ?? 101) - (b.chrf ?? 101)],
  longest: ["longest first", (a, b) => b.length - a.length],
  shortest: ["shortest first", (a, b) => a.length - b.length],
  checks: ["most suspicious first", (a, b) => b.suspicion - a.suspicion || (a.score ?? -1e9) - (b.score ?? -1e9)],
};
/** The rule of an order: one of those above, or how much a check suspects. */
const ruled = (sort) => {
  const check = /^check:(.*)$/.exec(sort)?.[1];
  return check === undefined ? ORDERS[Object.hasOwn(ORDERS, sort) ? sort : "number"][1] : (a, b) => (b.suspicions[check] || 0) - (a.suspicions[check] || 0);
};
const kept = new Map(); // model → { rows, of }

export class Corpus {
  constructor(host, app) {
    this.app = app;
    this.shown = PAGE;
    this.bar = make("div", { class: "corpus-bar controls" });
    this.progress = make("p", { class: "hint", role: "status" });
    this.list = make("ol", { class: "rows" });
    host.append(make("div", { class: "panel" }, this.bar, this.progress, this.list));
    this.alive = true;
  }

  leave() { this.alive = false; quit("corpus"); }

  update(keys) {
    if (keys.includes("view") || keys.includes("model")) this.fetch();
    if (keys.some((key) => ["view", "model", "sort", "filter", "only"].includes(key))) { this.shown = PAGE; this.drawBar(); this.draw(); }
  }

  get known() {
    if (!kept.has(state.model)) kept.set(state.model, { rows: [], of: 0 });
    return kept.get(state.model);
  }

  /** Names of the checks: those that judged, and those that a link names. */
  get checks() {
    const named = [state.sort, state.only].flatMap((one) => /^check:(.*)$/.exec(one)?.[1] ?? []);
    return [...new Set([...Object.keys(this.known.rows[0]?.suspicions || {}), ...named])].sort();
  }

  async fetch() {
    const { model } = state;
    const { known } = this;
    if (!this.app.model().corpus) { this.progress.replaceChildren("There are no test pairs. Start with ", make("code", {}, "entarte explore MODEL --data test.en --data test.fr"), " to browse them."); return; }
    while (this.alive && state.model === model && (!known.of || known.rows.length < known.of)) {
      try {
        const told = await ask("corpus", "/api/corpus", { model, known: known.rows.length });
        known.rows.push(...told.rows);
        known.of = told.of;
      } catch (error) {
        if (!(error instanceof Superseded)) this.progress.textContent = error.message;
        return;
      }
      if (this.alive) this.draw();
    }
  }

  drawBar() {
    const orders = [...Object.entries(ORDERS).map(([key, [label]]) => [key, label]), ...this.checks.map((name) => [`check:${name}`, `most like ${name}`])];
    const find = make("input", { type: "search", placeholder: "Find words", "aria-label": "Find words", value: state.filter, dir: "auto", oninput: () => set({ filter: find.value }) });
    const only = [["all", "all pairs"], ["wrong", "output differs from reference"], ["exact", "output equals reference"], ["suspicious", "any sign of failure"], ...this.checks.map((name) => [`check:${name}`, `sign: ${name}`])];
    const at = document.activeElement?.selectionStart;
    refocus(this.bar, () => this.bar.replaceChildren(find,
      menu("Order", orders, state.sort, (sort) => set({ sort })),
      menu("Show", only, state.only, (value) => set({ only: value }))));
    this.named = this.checks.length;
    if (document.activeElement === find) find.setSelectionRange(at, at);
  }

  chosen() {
    const text = state.filter.toLowerCase();
    const fits = (row) => (!text || `${row.source} ${row.output} ${row.reference ?? ""}`.toLowerCase().includes(text)) && (
      state.only === "all" || (state.only === "wrong" && !row.exact) || (state.only === "exact" && row.exact)
      || (state.only === "suspicious" && row.checks.length > 0) || row.checks.some((one) => state.only === `check:${one.name}`));
    const order = ruled(state.sort);
    return this.known.rows.filter(fits).sort((a, b) => order(a, b) || a.number - b.number);
  }

  draw() {
    const { rows, of } = this.known;
    const all = this.chosen();
    if (of) this.progress.textContent = rows.length < of ? `${rows.length} of ${of} pairs translated …` : `${all.length} of ${of} pairs`;
    this.list.replaceChildren(...all.slice(0, this.shown).map((row) => make("li", {}, this.row(row))));
    if (all.length > this.shown) this.list.append(make("li", {}, make("button", { type: "button", class: "link more controls", onclick: () => { this.shown += PAGE; this.draw(); } }, `Show ${Math.min(PAGE, all.length - this.shown)} more`)));
    if (this.checks.length !== this.named) this.drawBar();
  }

  row(row) {
    const marks = row.checks.map((one) => make("span", { class: "sign", title: one.reason }, one.name));
    return make("button", { type: "button", class: "pair-row", onclick: () => set({ source: row.source, view: "translate" }) },
      make("span", { class: "figure" }, String(row.number + 1)),
      make("span", { class: "pair-text" }, words(row.source, "pair-source"), words(row.output || "(nothing)", "pair-output"),
        row.reference !== null && !row.exact ? make("span", { class: "pair-reference" }, make("span", { class: "caption" }, "reference "), words(row.reference)) : ""),
      make("span", { class: "pair-facts" }, marks, row.exact ? make("span", { class: "exact" }, "✓ as the reference") : row.chrf !== null ? make("span", { class: "figure" }, `chrF ${number(row.chrf, 0)}`) : "", make("span", { class: "figure" }, number(row.score, 2))));
  }

  data() {
    return { name: "corpus", json: this.chosen() };
  }
}

// The scores and weights of one step. A weight is drawn by its slider; the others of the step keep their
// proportions. A source piece can be hidden from every step.

import { choice, make, number, settled, words } from "./dom.js";
import { set, state } from "./state.js";

export class Weights {
  constructor(steps) {
    this.steps = steps;
    this.commit = settled(() => this.send(), 120);
    this.given = null; // weights under the hand, not yet sent
    this.dragging = false; // while it is, what is decoded shows on top, and the step is drawn afterwards
  }

  hold() {
    this.dragging = true;
    addEventListener("pointerup", () => { this.dragging = false; this.steps.draw(); }, { once: true });
  }

  draw(told, frame, step) {
    this.told = told;
    this.step = step;
    this.given = null;
    const { equations } = this.steps.app.model();
    const head = Math.min(this.steps.head, frame.weights.length - 1);
    this.alpha = [...frame.weights[head]];
    const heads = frame.weights.length > 1 ? choice("Head", frame.weights.map((_, n) => [n, `head ${n + 1}`]), head, (n) => { this.steps.head = n; this.steps.draw(); }) : null;
    const touched = state.held.some((one) => one.step === step);
    this.rows = told.source.map((token, s) => this.row(token, s, frame.scores[head][s], frame.inside[s], equations.looks));
    const top = make("div", { class: "weight head-row", "aria-hidden": "true" }, make("span", {}, ""), make("span", { class: "figure" }, "e"), make("span", {}, ""), make("span", { class: "figure" }, "α"), make("span", {}, ""));
    const back = touched ? make("button", { type: "button", class: "link", onclick: () => set({ held: state.held.filter((one) => one.step !== step), prefix: [] }) }, "Give this step its own weights back") : null;
    const hint = equations.looks
      ? make("p", { class: "remark" }, frame.weights.length > 1 ? "Drag a weight: all heads then look as you say." : "Drag a weight to look elsewhere; the others keep their proportions.")
      : make("p", { class: "remark" }, "This model says every word from the same vector, the encoder's last state. Nothing can be chosen here: that is the bottleneck.");
    return [heads, make("div", { class: "weights" }, top, this.rows), make("div", { class: "under controls" }, hint, back)];
  }

  row(token, s, score, inside, looks) {
    const hidden = state.forbidden.includes(s);
    const slider = make("input", {
      type: "range", min: 0, max: 1000, step: 1, value: Math.round(1000 * this.alpha[s]), "data-key": `weight-${s}`,
      "aria-label": `Weight of ${token.label}`, "aria-valuetext": number(this.alpha[s], 2), disabled: !looks || hidden,
      onpointerdown: () => this.hold(), oninput: () => this.drag(s, Number(slider.value) / 1000),
    });
    slider.style.setProperty("--part", `${100 * this.alpha[s]}%`);
    const eye = looks ? make("button", {
      type: "button", class: "eye", "data-key": `eye-${s}`, "aria-pressed": String(hidden), "aria-label": `Hide ${token.label} from the decoder`, title: hidden ? "Let the decoder look here" : "Hide from the decoder",
      onclick: () => set({ forbidden: hidden ? state.forbidden.filter((one) => one !== s) : [...state.forbidden, s].sort((a, b) => a - b), held: [], prefix: [] }),
    }, hidden ? "○" : "◉") : make("span");
    return make("div", { class: `weight${hidden ? " hidden-row" : ""}${inside ? "" : " outside"}` },
      words(token.label, "weight-word"), make("span", { class: "figure" }, number(score, 2)), slider, make("span", { class: "figure alpha" }, number(this.alpha[s], 3)), eye);
  }

  /** A weight is set; the others share what is left as they did before. */
  drag(s, to) {
    const rest = this.alpha.reduce((sum, weight, n) => (n === s ? sum : sum + weight), 0);
    const open = this.alpha.map((_, n) => n !== s && !state.forbidden.includes(n));
    const count = open.filter(Boolean).length;
    this.alpha = this.alpha.map((weight, n) => {
      if (n === s) return to;
      if (!open[n]) return 0;
      return rest > 1e-6 ? (weight / rest) * (1 - to) : (1 - to) / count;
    });
    this.rows.forEach((row, n) => {
      const slider = row.querySelector("input");
      if (n !== s) slider.value = Math.round(1000 * this.alpha[n]);
      slider.style.setProperty("--part", `${100 * this.alpha[n]}%`);
      slider.setAttribute("aria-valuetext", number(this.alpha[n], 2));
      row.querySelector(".alpha").textContent = number(this.alpha[n], 3);
    });
    this.given = this.alpha;
    this.commit();
  }

  /** Decode with them. What was said before this step stays, so that the step stays the same one. */
  send() {
    if (!this.given) return;
    const weights = this.given.map((weight) => Number(weight.toFixed(4)));
    if (!(weights.reduce((sum, weight) => sum + weight, 0) > 0)) return;
    const held = [...state.held.filter((one) => one.step < this.step), { step: this.step, weights }];
    set({ held, prefix: this.steps.said.tokens.slice(0, this.step), choice: 0 });
  }
}

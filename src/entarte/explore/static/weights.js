// The scores and weights of one step. A weight is drawn by its slider; the others of the step keep their
// proportions. It is changed for all heads, or for the one that is shown. A source piece can be hidden from every
// step.

import { choice, make, number, settled, some, words } from "./dom.js";
import { set, state } from "./state.js";

export class Weights {
  constructor(steps) {
    this.steps = steps;
    this.commit = settled(() => { if (!this.send() && !this.dragging) this.steps.draw(); }, 120);
    this.given = null; // weights under the hand, not yet sent
    this.dragging = false; // while it is, what is decoded shows on top, and the step is drawn afterwards
    this.base = null; // { s, alpha }: the weights before the one of s was moved
  }

  /** Whether something is under the hand: an answer that comes meanwhile must not draw over it. */
  get busy() { return this.dragging || this.given !== null; }

  /** Until the hand lets go: what it left is sent at once. A finger that turns out to scroll moved nothing. */
  hold() {
    if (this.dragging) return;
    this.dragging = true;
    const { held, prefix } = state;
    const over = new AbortController();
    const done = ({ type }) => {
      over.abort();
      this.dragging = false;
      if (type === "pointercancel") { this.put(this.drawn); this.given = this.base = null; set({ held, prefix }); }
      else if (!this.send()) this.steps.draw();
    };
    for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, done, { signal: over.signal });
  }

  draw(told, frame, step) {
    this.told = told;
    this.step = step;
    this.given = this.base = null;
    const { equations } = this.steps.app.model();
    const head = Math.min(state.stepHead, frame.weights.length - 1);
    const many = equations.layers * equations.heads > 1;
    this.place = many && state.oneHead ? { layer: told.layer, head: head + 1 } : { layer: 0, head: 0 };
    this.alpha = this.drawn = [...frame.weights[head]];
    const heads = some("Head", frame.weights.length, head, (n) => set({ stepHead: n }));
    const touched = state.held.some((one) => one.step === step);
    this.rows = told.source.map((token, s) => this.row(token, s, frame.scores[head][s], frame.inside[s], equations.looks));
    const top = make("div", { class: "weight head-row", "aria-hidden": "true" }, make("span", {}, ""), make("span", { class: "figure" }, "e"), make("span", {}, ""), make("span", { class: "figure" }, "α"), make("span", {}, ""));
    const back = touched ? make("button", { type: "button", class: "link", onclick: () => set({ held: state.held.filter((one) => one.step !== step), prefix: [] }) }, "Give this step its own weights back") : null;
    const hint = equations.looks
      ? make("p", { class: "remark" }, "Drag a weight to look elsewhere; the others keep their proportions.", many ? " It is changed in" : "")
      : make("p", { class: "remark" }, "This model says every word from the same vector, the encoder's last state. Nothing can be chosen here: that is the bottleneck.");
    const scope = equations.looks && many ? choice("What is changed", [[false, equations.layers > 1 ? "all layers" : "all heads"], [true, "this head"]], state.oneHead, (oneHead) => set({ oneHead })) : null;
    return [heads, make("div", { class: "weights" }, top, this.rows), make("div", { class: "under controls" }, hint, scope, back)];
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

  /** A weight is set; the others share what is left as they did before it was moved. */
  drag(s, to) {
    if (this.base?.s !== s) this.base = { s, alpha: this.alpha };
    const { alpha } = this.base;
    const open = alpha.map((_, n) => n !== s && !state.forbidden.includes(n));
    const rest = alpha.reduce((sum, weight, n) => (open[n] ? sum + weight : sum), 0);
    const count = open.filter(Boolean).length;
    this.put(alpha.map((weight, n) => {
      if (n === s) return count ? to : 1;
      if (!open[n]) return 0;
      return rest > 1e-6 ? (weight / rest) * (1 - to) : (1 - to) / count;
    }), s);
    this.given = this.alpha;
    this.commit();
  }

  /** Show weights without drawing anew; the slider under the hand stands where the hand is. */
  put(alpha, under = null) {
    this.alpha = alpha;
    this.rows.forEach((row, n) => {
      const slider = row.querySelector("input");
      if (n !== under) slider.value = Math.round(1000 * alpha[n]);
      slider.style.setProperty("--part", `${100 * alpha[n]}%`);
      slider.setAttribute("aria-valuetext", number(alpha[n], 2));
      row.querySelector(".alpha").textContent = number(alpha[n], 3);
    });
  }

  /** Decode with them; whether there was something new. What was said before this step stays, so that the step
   * stays the same one. */
  send() {
    const weights = this.given?.map((weight) => Number(weight.toFixed(4)));
    this.given = null;
    if (!weights || !(weights.reduce((sum, weight) => sum + weight, 0) > 0)) return false;
    const { layer, head } = this.place;
    const replaced = (one) => one.step > this.step || (one.step === this.step && (!layer || (one.layer === layer && one.head === head)));
    const held = [...state.held.filter((one) => !replaced(one)), { step: this.step, layer, head, weights }];
    set({ held, prefix: this.steps.said.tokens.slice(0, this.step), choice: 0 });
    return true;
  }
}

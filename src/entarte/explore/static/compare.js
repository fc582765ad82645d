// The same sentence twice: two models, two ways to search, or two moments of one training.

import { mount } from "/view/view.js";
import { ask, quit, Superseded } from "./api.js";
import { choice, make, number, refocus, words } from "./dom.js";
import { changedWords } from "./diff.js";
import { pick } from "./menus.js";
import { look, looks, remember, set, state, way } from "./state.js";

const PACE = 900;

export class Compare {
  constructor(host, app) {
    this.app = app;
    this.sides = [new Side(this, 0), new Side(this, 1)];
    host.append(make("div", { class: "pair" }, this.sides.map((side) => side.box)));
    this.onTheme = () => this.sides.forEach((side) => side.view?.refresh());
    addEventListener("themechange", this.onTheme);
    if (!state.other) {
      const others = app.models.map((model) => model.name).filter((name) => name !== state.model);
      const steps = app.model().checkpoints;
      state.other = others[0] || (steps.length ? `${app.model().name}@${steps[0]}` : state.model);
      if (!others.length && !steps.length) state.otherKind = "greedy";
    }
  }

  leave() {
    removeEventListener("themechange", this.onTheme);
    this.sides.forEach((side) => { clearInterval(side.playing); quit(side.channel); side.view?.destroy(); });
  }

  async update(keys) {
    if (looks(keys)) this.sides.forEach((side) => side.view?.set(look())); // both in the same way
    const mine = ["model", "source", "kind", "beam", "normalise", "repeat", "other", "otherKind", "otherBeam", "view", "answer"];
    if (!keys.some((key) => mine.includes(key))) return;
    if (!(await Promise.all(this.sides.map((side) => side.fetch()))).every(Boolean)) return;
    const [left, right] = this.sides;
    left.tell(right);
    right.tell(left);
  }

  data() {
    return { name: "comparison", json: { left: this.sides[0].answer, right: this.sides[1].answer } };
  }
}

class Side {
  constructor(whole, number) {
    this.whole = whole;
    this.number = number;
    this.channel = `side${number}`;
    this.controls = make("div", { class: "side-controls controls" });
    this.text = make("p", { class: "side-text" });
    this.facts = make("p", { class: "facts" });
    this.picture = make("div");
    this.box = make("section", { class: "panel", "aria-label": number ? "Right side" : "Left side" }, this.controls, this.text, this.facts, this.picture);
  }

  get model() { return this.number ? state.other : state.model; }
  get way() { return this.number ? { ...way(state.otherKind, state.otherBeam) } : way(); }
  choose(changes) { set(this.number ? { other: changes.model ?? state.other, otherKind: changes.kind ?? state.otherKind, otherBeam: changes.beam ?? state.otherBeam } : changes); }

  /** Ask anew. False where nobody waits for the answer any more. */
  async fetch() {
    this.draw();
    try {
      const asked = { model: this.model, source: state.source, way: this.way };
      this.answer = await ask(this.channel, "/api/translate", asked);
      this.error = "";
    } catch (error) {
      if (error instanceof Superseded) return false;
      this.answer = null;
      this.error = error.message;
    }
    return true;
  }

  draw() {
    const { app } = this.whole;
    const base = app.models.find((one) => one.name === this.model.replace(/@\d+$/, "")) || app.models[0];
    const kind = this.way.kind || (base.search.kind === "greedy" ? "greedy" : "beam");
    const size = this.way.beam || base.search.beam || 5;
    const moments = [...base.checkpoints.map((step) => `${base.name}@${step}`), base.name];
    const at = Math.max(0, moments.indexOf(this.model));
    const slide = moments.length > 2 ? make("label", { class: "field moment" }, make("span", {}, at === moments.length - 1 ? "final weights" : `update ${base.checkpoints[at]}`),
      make("input", { type: "range", min: 0, max: moments.length - 1, value: at, "aria-label": "Moment of the training", oninput: (event) => this.choose({ model: moments[event.target.value] }) }),
      make("button", { type: "button", class: "icon", "data-key": "play", "aria-label": this.playing ? "Pause" : "Play the training", onclick: () => this.play(moments) }, this.playing ? "❚❚" : "▶")) : null;
    refocus(this.controls, () => this.controls.replaceChildren(
      pick(app, "Model", this.model, (model) => this.choose({ model })),
      choice("Search", [["greedy", "Greedy"], ["beam", `Beam ${size}`]], kind, (value) => this.choose({ kind: value })),
      slide ?? ""));
  }

  /** Through the moments of a training: the alignment emerges. */
  play(moments) {
    if (this.playing) { clearInterval(this.playing); this.playing = null; this.draw(); return; }
    let at = moments.indexOf(this.model) === moments.length - 1 ? 0 : moments.indexOf(this.model);
    this.choose({ model: moments[at] });
    this.playing = setInterval(() => {
      at += 1;
      if (at === moments.length - 1) { clearInterval(this.playing); this.playing = null; }
      this.choose({ model: moments[at] });
    }, PACE);
    this.draw();
  }

  /** Show the answer; words that the other side does not say are marked. */
  tell(other) {
    const said = this.answer?.outputs[0];
    this.picture.hidden = !said;
    this.text.replaceChildren();
    this.facts.replaceChildren();
    if (!said) { if (this.error) this.text.append(make("span", { class: "fault" }, this.error)); return; }
    const line = words("");
    changedWords(other.answer?.outputs[0]?.text ?? said.text, said.text).forEach(([word, fresh], n) => line.append(n ? " " : "", fresh ? make("mark", {}, word) : word));
    if (!said.text.trim()) line.append(make("span", { class: "hint" }, "(nothing)"));
    this.text.append(line);
    this.facts.append(...[`score ${number(said.score)}`, `log p ${number(said.log_prob)}`, `${this.answer.milliseconds.toFixed(0)} ms`].map((part) => make("span", {}, part)));
    if (this.view) this.view.update(said.alignment);
    else this.view = mount(this.picture, said.alignment, { ...look(), changed: remember });
  }
}

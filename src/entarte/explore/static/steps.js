// One step after the other: what the decoder reads, its state, where it looks, what it says. The weights can
// be drawn, and words forced; what follows is decoded anew.

import { ask, quit, Superseded } from "./api.js";
import { make, number, percent, refocus, some, words } from "./dom.js";
import { equation, sourced } from "./equation.js";
import { back, stream } from "./layers.js";
import { near } from "./near.js";
import { set, state } from "./state.js";
import { strip, vector } from "./strip.js";
import { Weights } from "./weights.js";

const PACE = 1400; // milliseconds of a step when it plays

export class Steps {
  constructor(host, app) {
    this.app = app;
    this.told = null; // the answer of /api/steps
    this.line = make("div", { class: "walk" });
    this.body = make("div", { class: "flow" });
    host.append(make("div", { class: "panel track" }, this.line), this.body);
    this.onKey = (event) => this.key(event);
    this.onTheme = () => this.draw();
    addEventListener("keydown", this.onKey);
    addEventListener("themechange", this.onTheme);
  }

  leave() {
    removeEventListener("keydown", this.onKey);
    removeEventListener("themechange", this.onTheme);
    clearInterval(this.playing);
    quit("steps");
    quit("near");
  }

  get said() { return this.app.output(); }
  get last() { return (this.said?.tokens.length || 1) - 1; }
  get step() { return Math.min(state.step, this.last); }
  get frame() { return this.told?.frames[this.step - this.told.first] || null; }

  update(keys) {
    if (keys.includes("answer") || keys.includes("choice")) { this.told = null; this.fetch(); }
    else if (keys.includes("stepLayer")) this.fetch();
    else if (["step", "stepHead", "backHead", "oneHead"].some((key) => keys.includes(key))) { if (this.frame) this.draw(); else this.fetch(); }
  }

  async fetch() {
    const { said } = this;
    if (!said || this.app.error) { this.line.replaceChildren(); this.body.replaceChildren(); return; }
    const first = Math.max(0, this.step - 10);
    const { model, source, forbidden, held } = state;
    try {
      this.told = await ask("steps", "/api/steps", { model, source, forbidden, held, tokens: said.tokens, first, layer: Math.min(state.stepLayer, this.app.model().equations.layers) });
    } catch (error) {
      if (!(error instanceof Superseded)) this.body.replaceChildren(make("p", { class: "fault" }, error.message));
      return;
    }
    this.draw();
  }

  // -- moving

  go(step) {
    if (step >= 0 && step <= this.last) set({ step });
  }

  play() {
    if (this.playing) { clearInterval(this.playing); this.playing = null; }
    else {
      if (this.step === this.last) this.go(0);
      this.playing = setInterval(() => { if (this.step === this.last) this.play(); else this.go(this.step + 1); }, PACE);
    }
    this.drawLine();
  }

  key(event) {
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = { ArrowRight: this.step + 1, ArrowLeft: this.step - 1, Home: 0, End: this.last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.go(to);
  }

  // -- drawing

  draw() {
    if (!this.told || !this.frame || this.weights?.busy) return;
    this.drawLine();
    const focus = document.activeElement?.dataset?.key;
    const { equations } = this.app.model();
    const { frame } = this;
    const before = equations.query === "q = s_{t−1}";
    const parts = equations.back ? [[back(this), this.look()], [this.context(), stream(this)]]
      : before ? [[this.look()], [this.context(), this.state()]] : [[this.state(), this.look()], [this.context()]];
    const open = [...this.body.querySelectorAll("details[data-name][open]")].map((one) => one.dataset.name);
    this.body.replaceChildren(
      make("div", { class: "lane" }, this.reads(), parts[0]),
      make("div", { class: "lane" }, parts[1], this.features(), this.says(frame), near(this.app, this)),
    );
    open.forEach((name) => { const one = this.body.querySelector(`details[data-name="${name}"]`); if (one) one.open = true; });
    if (focus) this.body.querySelector(`[data-key="${focus}"]`)?.focus();
  }

  drawLine() {
    const { said } = this;
    const button = (key, label, text, act, off) => make("button", { type: "button", class: "icon", "data-key": key, "aria-label": label, title: label, onclick: act, disabled: off }, text);
    const pieces = said.pieces.map((piece, n) => make("button", {
      type: "button", class: `token${state.held.some((one) => one.step === n) ? " touched" : ""}`, "data-key": `token-${n}`,
      "aria-current": n === this.step ? "step" : null, onclick: () => this.go(n),
    }, words(piece.trim() || "␣")));
    refocus(this.line, () => this.line.replaceChildren(
      make("div", { class: "transport controls" },
        button("back", "Step back", "‹", () => this.go(this.step - 1), this.step === 0),
        button("play", this.playing ? "Pause" : "Play", this.playing ? "❚❚" : "▶", () => this.play()),
        button("forward", "Step forward", "›", () => this.go(this.step + 1), this.step === this.last),
        make("span", { class: "figure" }, `step ${this.step + 1} of ${this.last + 1}`)),
      make("div", { class: "tokens", dir: "auto" }, pieces),
      this.layers() ?? ""));
  }

  /** Of several layers that look at the source, the one that is shown. */
  layers() {
    const { layers } = this.app.model().equations;
    return layers < 2 ? null : some("Layer", layers, (this.told?.layer || 1) - 1, (n) => set({ stepLayer: n + 1 }));
  }

  /** One part of the step: its name, its equation, what it holds. */
  part(title, formula, ...held) {
    return make("section", { class: "panel part" }, make("header", {}, make("h2", {}, title), make("p", { class: "formula" }, formula)), held);
  }

  reads() {
    const { reads } = this.app.model().equations;
    return this.part("Reads", equation(reads),
      make("p", { class: "big" }, words(this.frame.read.text.trim() || "␣")));
  }

  state() {
    const { cell } = this.app.model().equations;
    const { gates, state: now, previous } = this.frame;
    const named = gates.flatMap((layer, n) => Object.entries(layer).map(([gate, values]) =>
      vector(`gate ${gate}`, make("span", {}, equation(gates.length > 1 ? `${gate}_{${n + 1}}` : gate)), values, { scale: 1, height: 14 })));
    const folded = named.length ? make("details", { class: "fold", "data-name": "gates" }, make("summary", {}, gates.length > 1 ? `Gates of ${gates.length} layers` : "Gates"), named) : null;
    return this.part("Decoder state", cell.map((line) => make("span", { class: "line" }, equation(line))),
      vector("the state before", equation("s_{t−1}"), previous, { scale: 1, height: 14 }),
      vector("the state", equation("s_t"), now, { scale: 1 }), folded);
  }

  look() {
    const { equations } = this.app.model();
    const told = !equations.looks ? [] : [sourced(equations.attention), make("span", { class: "line" }, equation("α_t = softmax(e_t)"), make("span", { class: "remark" }, equation(equations.query)))];
    if (equations.window && equations.window !== "No window.") told.push(make("span", { class: "line remark" }, equations.window));
    this.weights ||= new Weights(this);
    return this.part(equations.looks ? "Scores and weights" : "No look at the source", told.flat(), this.weights.draw(this.told, this.frame, this.step));
  }

  context() {
    const { equations } = this.app.model();
    const { frame, told } = this;
    const formula = equations.context ? equation(equations.context) : sourced(equations.attention);
    const heads = told.values?.length || 1;
    const head = heads > 1 ? Math.min(state.stepHead, heads - 1) : 0;
    const values = told.values?.[head]; // what the weights of this head weigh
    const alpha = heads > 1 ? frame.weights[head] : frame.weights[0].map((_, s) => frame.weights.reduce((sum, one) => sum + one[s], 0) / frame.weights.length);
    const heaviest = !values ? [] : alpha.map((weight, s) => [weight, s]).filter(([weight]) => weight >= 0.02).sort((a, b) => b[0] - a[0]).slice(0, 6);
    const most = Math.max(1e-9, ...heaviest.map(([, s]) => Math.max(...values[s].map(Math.abs))));
    const rows = heaviest.map(([weight, s]) => make("div", { class: "term" },
      make("span", { class: "figure" }, number(weight, 2)), make("span", { class: "times" }, "×"), words(told.source[s].label, "term-word"),
      strip(`${number(weight, 2)} × ${told.source[s].label}`, values[s], { scale: most, faded: weight, height: 14 })));
    const sum = heads > 1 ? values[0].map((_, d) => alpha.reduce((total, weight, s) => total + weight * values[s][d], 0)) : null;
    const others = alpha.length - rows.length;
    return this.part("Context", formula, make("div", { class: "sum" }, rows,
      rows.length && others > 0 ? make("p", { class: "remark" }, `and ${others} more`) : null),
      sum && vector(`head ${head + 1}`, equation(`head_${head + 1}`), sum, { scale: most, height: 14 }),
      vector("the context", equation("c_t"), frame.context, values && !sum ? { scale: most } : {}));
  }

  features() {
    const { readout } = this.app.model().equations;
    return this.part("What the output layer reads", sourced(readout), vector("the features", equation("h̃_t"), this.frame.features));
  }

  says(frame) {
    const most = Math.exp(frame.top[0].log_prob);
    const rows = frame.top.map(({ id, text, log_prob: value }) => {
      const p = Math.exp(value ?? -99);
      const bar = make("span", { class: "bar", "aria-hidden": "true" });
      bar.style.width = `${(100 * p) / most}%`;
      const chosen = id === frame.said.id;
      const forced = id > 3 || id === 1;
      const label = make("span", { class: "option-word" }, words(text.trim() || "␣"));
      const held = [label, make("span", { class: "option-bar" }, bar), make("span", { class: "figure" }, percent(p))];
      return make("li", {}, forced && !chosen
        ? make("button", { type: "button", class: "option", title: "Say this instead, and go on from here", onclick: () => this.force(id) }, held)
        : make("div", { class: `option${chosen ? " chosen" : ""}`, "aria-current": chosen ? "true" : null }, held));
    });
    const p = this.said.alignment.target.tokens[this.step]?.p_gen; // of a pointer
    const told = p === undefined ? equation("p(y_t) = softmax(W h̃_t + b)") : [
      make("span", { class: "line" }, equation("p(y_t) = p_{gen} P_{vocab}(y_t) + (1 − p_{gen}) Σ_{s: xₛ = yₜ} α_{ts}")),
      make("span", { class: "line" }, equation(`p_{gen} = ${number(p)}`), make("span", { class: "remark" }, `${percent(p)} generated, ${percent(1 - p)} copied from where it looks`)),
    ];
    return this.part("Says", told,
      make("ol", { class: "options" }, rows),
      make("p", { class: "remark" }, `Entropy ${number(frame.entropy, 2)} nats. Choose a word to say it instead.`));
  }

  force(id) {
    const prefix = [...this.said.tokens.slice(0, this.step), id];
    set({ prefix, choice: 0, held: state.held.filter((one) => one.step <= this.step) });
  }

  data() {
    return { name: "steps", json: this.told };
  }
}

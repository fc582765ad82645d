// The sentence: typed on top, said below, decoded anew at every pause. Its words can be left out, replaced or
// hidden from the decoder; what the model said before the change then stands beside.

import { rightToLeft } from "/view/view_data.js";
import { make, number, percent, words } from "./dom.js";
import { changedWords } from "./diff.js";
import { altered, plain, set, state } from "./state.js";

export class Composer {
  constructor(host, app) {
    this.host = host;
    this.app = app;
    this.input = make("textarea", {
      id: "source", rows: 1, maxlength: 4000, spellcheck: "false", autocomplete: "off", dir: "auto",
      placeholder: "Type a sentence", "aria-label": "Source", value: state.source,
      oninput: () => { set({ source: this.input.value.replace(/[\r\n]+/g, " ") }); this.fit(); },
    });
    this.chips = make("div", { class: "chips", role: "group", "aria-label": "Source words" });
    this.output = make("div", { class: "output", "aria-live": "polite" });
    this.facts = make("p", { class: "facts" });
    this.before = make("div", { class: "before" });
    this.examples = make("div", { class: "examples" });
    host.append(this.input, this.chips, this.output, this.facts, this.before, this.examples);
    addEventListener("resize", () => this.fit());
    this.fit();
  }

  fit() {
    this.input.style.height = "0";
    this.input.style.height = `${this.input.scrollHeight}px`;
  }

  update(keys) {
    if (this.input.value !== state.source && keys.includes("source")) { this.input.value = state.source; this.fit(); }
    if (keys.includes("source") || keys.includes("model")) this.drawChips();
    if (keys.includes("answer") || keys.includes("choice")) this.draw();
    if (keys.includes("card")) this.drawChips();
    if (keys.includes("view")) this.fit();
  }

  draw() {
    const { app } = this;
    const said = app.output();
    this.output.replaceChildren();
    this.facts.replaceChildren();
    if (app.error) this.output.append(make("span", { class: "fault", role: "alert" }, app.error));
    else if (!said) this.output.append(make("span", { class: "hint" }, "…"));
    else {
      const line = make("bdi", { dir: "auto", class: "said" });
      if (app.before) {
        changedWords(app.before.text, said.text).forEach(([word, fresh], n) => line.append(n ? " " : "", fresh ? make("mark", {}, word) : word));
      } else line.append(...sure(said));
      if (!said.text.trim()) line.append(make("span", { class: "hint" }, "(nothing)"));
      this.output.append(line);
      const parts = [`score ${number(said.score)}`, `log p ${number(said.log_prob)}`, `${said.tokens.length} pieces`, `${app.answer.milliseconds.toFixed(0)} ms`];
      if (!said.finished) parts.push("cut off at the length limit");
      if (app.answer.unread) parts.push(`the last ${app.answer.unread} source pieces were not read`);
      this.facts.append(...parts.map((part) => make("span", {}, part)));
    }
    this.drawBefore();
    this.drawChips();
    this.drawExamples();
  }

  /** What was said before the change, and the way back. */
  drawBefore() {
    const { before } = this.app;
    this.before.replaceChildren();
    if (!altered()) return;
    const what = [];
    if (state.was) what.push("the source was changed");
    if (state.prefix.length) what.push(`${state.prefix.length} ${state.prefix.length > 1 ? "pieces are" : "piece is"} forced`);
    if (state.forbidden.length) what.push("part of the source is hidden");
    if (state.held.length) what.push(`the weights of ${state.held.length > 1 ? `${state.held.length} steps are` : "a step are"} set by hand`);
    this.before.append(
      make("span", { class: "caption" }, "Before"), before ? words(before.text || "(nothing)") : "",
      make("span", { class: "hint" }, what.join(", ")),
      make("button", { type: "button", class: "link undo", onclick: () => set({ source: state.was || state.source, ...plain(), was: "" }) }, "Undo"),
    );
  }

  drawExamples() {
    const list = this.app.model().examples.filter((one) => one !== state.source).slice(0, 3);
    const idle = document.activeElement !== this.input || !state.source;
    this.examples.replaceChildren();
    if (!idle || !list.length || altered()) return;
    this.examples.append(make("span", { class: "caption" }, "Try"),
      ...list.map((one) => make("button", { type: "button", class: "link", onclick: () => set({ source: one }) }, words(one))));
  }

  // -- what if

  /** A chip for each source word; the line under it is how much some output word depends on it. */
  drawChips() {
    const list = spans(state.source);
    const heard = this.app.card?.source_words || [];
    const effects = heard.length === list.length ? heard.map((word) => word.effect) : [];
    const most = Math.max(1, ...effects);
    const hidden = new Set(state.forbidden);
    const held = document.activeElement?.dataset?.word;
    this.chips.replaceChildren();
    this.chips.dir = rightToLeft(state.source) ? "rtl" : "ltr";
    this.chips.hidden = list.length < 1 || list.length > 60;
    if (this.chips.hidden) return;
    list.forEach(([word, from, to], n) => {
      const slots = this.slots(from, to);
      const out = slots.length > 0 && slots.every((slot) => hidden.has(slot));
      const effect = effects[n];
      const bar = make("span", { class: "drop-bar", "aria-hidden": "true" });
      bar.style.width = `${((effect || 0) / most) * 100}%`;
      const tip = effect === undefined || effect === null ? "" : `Without it, the output word that depends on it most loses ${number(effect, 1)} nats.`;
      this.chips.append(make("button", {
        type: "button", class: `chip${out ? " hidden-word" : ""}`, "data-word": n, "aria-haspopup": "true", title: tip,
        onclick: (event) => this.ask(event.currentTarget, n, slots, out),
      }, words(word), bar, out ? make("span", { class: "unseen" }, " hidden") : ""));
    });
    if (held !== undefined) this.chips.querySelector(`[data-word="${held}"]`)?.focus();
  }

  slots(from, to) {
    return (this.app.answer?.source || []).flatMap((token, n) => (token.kind !== "eos" && token.start < to && token.end > from ? [n] : []));
  }

  /** The menu of a word. */
  ask(chip, n, slots, out) {
    document.querySelector(".ask")?.remove();
    const list = spans(state.source).map(([word]) => word);
    const close = () => { box.remove(); this.chips.querySelector(`[data-word="${n}"]`)?.focus(); };
    const swap = (word) => {
      const source = list.map((one, i) => (i === n ? word.trim() : one)).filter((one) => one).join(" ");
      box.remove();
      if (source) set({ source, was: state.was || state.source });
    };
    const field = make("input", { value: list[n], "aria-label": "Replace by", dir: "auto", onkeydown: (event) => event.key === "Enter" && swap(field.value) });
    const looks = this.app.model().equations?.looks;
    const box = make("div", { class: "ask sheetlet", role: "dialog", "aria-label": `What if “${list[n]}” were different`, onkeydown: (event) => event.key === "Escape" && close() },
      make("div", { class: "row" }, field, make("button", { type: "button", class: "solid", onclick: () => swap(field.value) }, "Replace")),
      make("button", { type: "button", class: "plain", onclick: () => swap("") }, "Leave it out"),
      looks && make("button", { type: "button", class: "plain", onclick: () => {
        const rest = state.forbidden.filter((slot) => !slots.includes(slot));
        box.remove();
        set({ forbidden: out ? rest : [...rest, ...slots].sort((a, b) => a - b), prefix: [], held: [] });
      } }, out ? "Let the decoder look at it" : "Hide it from the decoder"));
    document.body.append(box);
    const place = chip.getBoundingClientRect();
    box.style.left = `${Math.max(8, Math.min(place.left, innerWidth - box.offsetWidth - 8)) + scrollX}px`;
    box.style.top = `${place.bottom + 6 + scrollY}px`;
    const away = (event) => { if (!box.contains(event.target)) { box.remove(); removeEventListener("pointerdown", away, true); } };
    addEventListener("pointerdown", away, true);
    field.focus();
    field.select();
  }
}

/** The whitespace words of a line with their places in code points, as the server counts. */
function spans(line) {
  const found = [];
  let at = 0;
  for (const part of line.split(/( +)/)) {
    const long = Array.from(part).length;
    if (part && !/^ +$/.test(part)) found.push([part, at, at + long]);
    at += long;
  }
  return found;
}

/** The pieces of an output; the less sure the model was, the stronger the line under one. */
function sure(said) {
  return said.pieces.slice(0, said.finished ? -1 : undefined).map((piece, n) => {
    const p = Math.exp(said.log_probs[n] ?? -99);
    if (piece === "␣") return n ? " " : [];
    const text = n === 0 ? piece.trimStart() : piece;
    const space = text.startsWith(" ") ? " " : "";
    const mark = make("span", { class: p < 0.5 ? "piece unsure" : p < 0.8 ? "piece doubt" : "piece", title: `p ${percent(p)}` }, text.slice(space.length));
    return space ? [space, mark] : mark;
  }).flat();
}

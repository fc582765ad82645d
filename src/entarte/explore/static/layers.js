// What only a Transformer's step has: a look back at the words before, and a stream that goes up through layers.

import { make, number, some, words } from "./dom.js";
import { equation, sourced } from "./equation.js";
import { set, state } from "./state.js";
import { vector } from "./strip.js";

/** How much of each word before a head of self-attention takes. */
export function back(steps) {
  const told = sourced(steps.app.model().equations.back);
  const { back: heads } = steps.frame.passage;
  if (!heads) return steps.part("Looks back", told, make("p", { class: "remark" }, "There is no softmax, so there are no weights: what was read before is kept in sums."));
  const head = Math.min(state.backHead, heads.length - 1);
  const alpha = heads[head];
  const read = ["⟨start⟩", ...steps.said.pieces].slice(0, steps.step + 1).slice(-alpha.length);
  const rows = read.map((word, n) => {
    const bar = make("span", { class: "bar", "aria-hidden": "true" });
    bar.style.width = `${100 * alpha[n]}%`;
    return make("li", { class: "option" }, make("span", { class: "option-word" }, words(word.trim() || "␣")), make("span", { class: "option-bar" }, bar), make("span", { class: "figure" }, number(alpha[n])));
  });
  return steps.part("Looks back", told, some("Head of self-attention", heads.length, head, (n) => set({ backHead: n }), "head"), make("ol", { class: "options back", tabindex: "0", "aria-label": "Words read before" }, rows));
}

/** What goes up through the layer that is shown, and what comes out on top. */
export function stream(steps) {
  const { cell, layers } = steps.app.model().equations;
  const { passage, state: now } = steps.frame;
  const small = (name, letter, values) => vector(name, equation(letter), values, { height: 14 });
  return steps.part(layers > 1 ? `Decoder state, through layer ${steps.told.layer} of ${layers}` : "Decoder state", cell.map((line) => make("span", { class: "line" }, equation(line))),
    small("what the layer reads", "x", passage.before), small("behind self-attention", "u", passage.after_back),
    small("behind the look at the source", "v", passage.after_look), small("behind the feed-forward network", "z", passage.after_feed),
    vector("the state", equation("s_t"), now));
}

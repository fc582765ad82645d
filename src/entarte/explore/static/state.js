// What is looked at, kept in the address after "#": a link shows the same again. Nothing of it is sent to a
// server but in questions.

const DEFAULTS = {
  view: "translate", model: "", source: "", was: "",
  kind: "", beam: 0, normalise: "", repeat: 0,
  choice: 0, step: 0, stepLayer: 0, stepHead: 0, backHead: 0, oneHead: false, level: "words", mode: "heat", layer: 0, head: 0, pruned: false,
  prefix: [], forbidden: [], held: [],
  other: "", otherKind: "", otherBeam: 0,
  sort: "number", filter: "", only: "all",
};
const DECODING = ["model", "source", "kind", "beam", "normalise", "repeat", "prefix", "forbidden", "held", "was"];
const LOOK = ["level", "mode", "layer", "head"];
const listeners = [];

export const state = { ...DEFAULTS, ...read(location.hash) };

/** Change what is looked at. A new sentence or model forgets what was changed by hand. */
export function set(changes) {
  const before = { ...state };
  if ("model" in changes && changes.model !== state.model) changes = { ...plain(), ...changes };
  if ("source" in changes && changes.source !== state.source) changes = { ...plain(), step: 0, was: "", ...changes };
  Object.assign(state, changes);
  const changed = Object.keys(state).filter((key) => JSON.stringify(state[key]) !== JSON.stringify(before[key]));
  if (!changed.length) return;
  history.replaceState(null, "", address());
  for (const listener of listeners) listener(changed);
}

/** No change by hand. */
export const plain = () => ({ prefix: [], forbidden: [], held: [], choice: 0 });
export const listen = (listener) => listeners.push(listener);
export const decodes = (changed) => changed.some((key) => DECODING.includes(key));
export const altered = () => state.prefix.length + state.forbidden.length + state.held.length > 0 || state.was !== "";

/** How alignments are looked at, as the view takes it; what is chosen there stands in the address. */
export const look = () => Object.fromEntries(LOOK.map((key) => [key, state[key]]));
export const looks = (changed) => changed.some((key) => LOOK.includes(key));
export const remember = (choices) => set(Object.fromEntries(LOOK.filter((key) => key in choices).map((key) => [key, choices[key]])));

/** How to decode, as the server takes it. */
export function way(kind = state.kind, beam = state.beam) {
  const asked = {};
  if (kind) asked.kind = kind;
  if (beam && kind !== "greedy") asked.beam = beam;
  if (state.normalise) asked.normalise = state.normalise;
  if (state.repeat) asked.no_repeat = state.repeat;
  return asked;
}

/** The question that the present state asks. */
export const question = () => ({
  model: state.model,
  source: state.source,
  way: way(),
  prefix: state.prefix,
  forbidden: state.forbidden,
  held: state.held,
});

export function address() {
  const kept = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) {
    if (JSON.stringify(value) !== JSON.stringify(DEFAULTS[key])) kept.set(key, write(key, value));
  }
  return `${location.pathname}#${kept}`;
}

function write(key, value) {
  if (key !== "held") return Array.isArray(value) ? value.join(",") : String(value);
  const place = ({ step, layer, head }) => (layer ? `${step}.${layer}.${head}` : step);
  return value.map((one) => `${place(one)}:${one.weights.map((w) => Number(w.toFixed(4))).join(",")}`).join(";");
}

function read(hash) {
  const found = {};
  for (const [key, text] of new URLSearchParams(hash.slice(1))) {
    if (!Object.hasOwn(DEFAULTS, key)) continue;
    const usual = DEFAULTS[key];
    if (key === "held") {
      found.held = text.split(";").filter((part) => /^\d+(\.\d+\.\d+)?:/.test(part)).map((part) => {
        const [place, weights] = part.split(":");
        const [step, layer = 0, head = 0] = place.split(".").map(Number);
        return { step, layer, head, weights: (weights || "").split(",").map(Number) };
      }).filter(({ weights }) => weights.every((w) => w >= 0));
    } else if (Array.isArray(usual)) found[key] = text.split(",").filter((one) => /^\d+$/.test(one)).map(Number);
    else if (typeof usual === "number") found[key] = /^\d+$/.test(text) ? Number(text) : usual;
    else found[key] = typeof usual === "boolean" ? text === "true" : text;
  }
  return found;
}

addEventListener("hashchange", () => {
  Object.assign(state, DEFAULTS, read(location.hash));
  for (const listener of listeners) listener(Object.keys(state));
});

// The page: one sentence on top, one view of its decoding below. State is in state.js, numbers come from the
// server, and each view draws itself anew from both.

import { ask, quit, Superseded } from "./api.js";
import { Composer } from "./composer.js";
import { Compare } from "./compare.js";
import { Corpus } from "./corpus.js";
import { make, refocus, settled } from "./dom.js";
import { exportMenu } from "./export.js";
import { modelMenu, searchMenu, themeButton } from "./menus.js";
import { altered, decodes, listen, question, set, state, way } from "./state.js";
import { Steps } from "./steps.js";
import { Translate } from "./translate.js";
import { Tree } from "./tree.js";

const VIEWS = {
  translate: ["Translate", Translate],
  steps: ["Steps", Steps],
  beam: ["Beam", Tree],
  compare: ["Compare", Compare],
  corpus: ["Corpus", Corpus],
};
const MENUS = ["model", "kind", "beam", "normalise", "repeat"];
const TYPING = 140; // milliseconds without a key before what was typed is decoded

/** What all views share: the models, the present answer, and the one before any change by hand. */
export const app = {
  models: [],
  answer: null, // of /api/translate
  before: null, // its best output without the changes, where there are some
  card: null, // of the chosen output; comes a little later
  error: "",
  model: () => app.models.find((one) => one.name === state.model.replace(/@\d+$/, "")) || app.models[0],
  output: () => app.answer?.outputs[Math.min(state.choice, app.answer.outputs.length - 1)] || null,
  say: (text) => { document.querySelector(".toast").textContent = text; clearTimeout(app.quiet); app.quiet = setTimeout(() => app.say(""), 4000); },
};

let view = null;
let composer = null;

async function begin() {
  app.models = JSON.parse(document.getElementById("models").textContent).models;
  sane();
  if (!state.source && app.model().examples.length) state.source = app.model().examples[0];
  composer = new Composer(document.querySelector(".composer"), app);
  listen(changed);
  side();
  show();
  await decode();
}

/** A link may name what is not here. */
function sane() {
  if (!app.models.some((one) => one.name === state.model.replace(/@\d+$/, ""))) state.model = app.models[0].name;
  if (!Object.hasOwn(VIEWS, state.view)) state.view = "translate";
}

function changed(keys) {
  sane();
  if (decodes(keys)) { quit("card"); app.card = null; }
  if (keys.includes("view")) show();
  if (keys.some((key) => MENUS.includes(key))) side();
  composer.update(keys);
  if (decodes(keys)) (keys.includes("source") ? typed : decode)();
  else view.update(keys);
  if (keys.includes("choice")) evidence();
}

const typed = settled(() => decode(), TYPING);

async function decode() {
  document.body.classList.add("busy");
  try {
    const plain = { ...question(), prefix: [], forbidden: [], held: [], source: state.was || state.source };
    const [answer, before] = await Promise.all([
      ask("translate", "/api/translate", question()),
      altered() ? ask("before", "/api/translate", plain) : null,
    ]);
    app.answer = answer;
    app.before = before?.outputs[0] || null;
    app.error = "";
  } catch (error) {
    if (error instanceof Superseded) return;
    app.error = error.message;
  }
  document.body.classList.remove("busy");
  app.card = null;
  composer.update(["answer"]);
  view.update(["answer"]);
  evidence();
}

/** The card takes many passes of the model, so it waits until nothing has changed for a while. */
const evidence = settled(async () => {
  if (app.error || !app.output() || !state.source.trim() || state.forbidden.length || state.held.length) return;
  try {
    app.card = await ask("card", "/api/card", { ...question(), choice: state.choice });
  } catch (error) {
    if (!(error instanceof Superseded)) app.say(error.message);
    return;
  }
  composer.update(["card"]);
  view.update(["card"]);
}, 200);

function show() {
  const stage = document.querySelector(".stage");
  view?.leave?.();
  stage.replaceChildren();
  document.body.dataset.view = state.view;
  document.querySelector(".tabs").replaceChildren(
    ...Object.entries(VIEWS).map(([name, [label]]) =>
      make("a", {
        href: `#view=${name}`,
        "aria-current": name === state.view ? "page" : null,
        onclick: (event) => { event.preventDefault(); set({ view: name }); document.querySelector(`.tabs a[href$="=${name}"]`).focus(); },
      }, label)),
  );
  view = new VIEWS[state.view][1](stage, app);
  view.update(["view", "answer"]);
}

function side() {
  const host = document.querySelector(".side");
  refocus(host, () => host.replaceChildren(modelMenu(app), searchMenu(app, way()), exportMenu(app, () => view), themeButton()));
}

begin();

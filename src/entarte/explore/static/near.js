// Training examples whose decoder was in a state like this one.

import { ask, Superseded } from "./api.js";
import { make, number, words } from "./dom.js";
import { state } from "./state.js";

export function near(app, steps) {
  const { index, name } = app.model();
  const box = make("section", { class: "panel part" }, make("header", {}, make("h2", {}, "Nearest training examples")));
  if (state.model !== name) return null;
  if (!index) {
    box.append(make("p", { class: "remark" }, "Which training examples put the decoder into such a state? Make an index: ", make("code", {}, `entarte index ${app.model().folder}`)));
    return box;
  }
  const list = make("ol", { class: "near" });
  box.append(list, make("p", { class: "remark" }, `By the cosine between decoder states, among ${index.toLocaleString("en")} pairs.`));
  fill(list, steps);
  return box;
}

async function fill(list, steps) {
  const { model, source, forbidden, held } = state;
  try {
    const told = await ask("near", "/api/near", { model, source, forbidden, held, tokens: steps.said.tokens, first: steps.step, count: 6 });
    steps.neighbours = told.near;
    list.replaceChildren(...told.near.map((one) => make("li", {},
      make("span", { class: "figure" }, number(one.cosine, 2)),
      make("span", {}, words(one.source, "near-source"), make("bdi", { dir: "auto", class: "near-target" }, one.before, one.said.startsWith("▁") ? " " : "", make("mark", {}, one.said.replaceAll("▁", " ").trim().replace("</s>", "⟨end⟩") || "␣"), one.after)))));
  } catch (error) {
    if (!(error instanceof Superseded)) list.replaceChildren(make("li", { class: "fault" }, error.message));
  }
}

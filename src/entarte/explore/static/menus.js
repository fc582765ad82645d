// The menus at the top: which model, how to decode, light or dark.

import { choice, make, menu } from "./dom.js";
import { set, state } from "./state.js";

const options = (app) => app.models.flatMap((model) => [
  [model.name, model.name],
  ...model.checkpoints.map((step) => [`${model.name}@${step}`, `${model.name} at update ${step}`]),
]);

export const modelMenu = (app) =>
  options(app).length > 1
    ? menu("Model", options(app), state.model, (model) => set({ model }), false)
    : make("span", { class: "only" }, app.model().name);

export function pick(app, name, chosen, choose) {
  return menu(name, options(app), chosen, choose);
}

let open = false;

/** Search settings, folded away. */
export function searchMenu(app, asked) {
  const own = app.model().search;
  const kind = asked.kind || (own.kind === "greedy" ? "greedy" : "beam");
  const beam = asked.beam || own.beam || 5;
  const label = kind === "greedy" ? "greedy" : `beam ${beam}`;
  const rows = [
    choice("Search", [["greedy", "Greedy"], ["beam", "Beam"]], kind, (value) => set({ kind: value })),
    kind === "beam" && make("label", { class: "field" }, make("span", {}, "Size"),
      make("input", { type: "range", min: 1, max: 20, value: beam, onchange: (event) => set({ kind: "beam", beam: Number(event.target.value) }) }),
      make("output", {}, String(beam))),
    menu("Length rule", [["average", "average"], ["gnmt", "GNMT"], ["none", "none"]], state.normalise || own.normalise || "average",
      (normalise) => set({ normalise })),
    menu("Repeated words", [[0, "allowed"], [2, "no pair twice"], [3, "no three twice"], [4, "no four twice"]], state.repeat,
      (value) => set({ repeat: Number(value) })),
  ];
  const box = make("details", { class: "drop search", open, ontoggle: (event) => { open = event.target.open; } },
    make("summary", {}, label), make("div", { class: "sheetlet" }, rows));
  return box;
}

const THEMES = [["", "Theme: as the system"], ["light", "Theme: light"], ["dark", "Theme: dark"]];

export function themeButton() {
  const now = localStorage.getItem("theme") || "";
  document.documentElement.dataset.theme = now;
  const next = (THEMES.findIndex(([name]) => name === now) + 1) % THEMES.length;
  const turn = () => {
    localStorage.setItem("theme", THEMES[next][0]);
    document.querySelector(".theme").replaceWith(themeButton());
    document.querySelector(".theme").focus();
    dispatchEvent(new Event("themechange"));
  };
  return make("button", { type: "button", class: "icon theme", "aria-label": THEMES.find(([name]) => name === now)[1], title: THEMES.find(([name]) => name === now)[1], onclick: turn },
    { "": "◐", light: "○", dark: "●" }[now]);
}

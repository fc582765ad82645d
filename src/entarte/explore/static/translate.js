// The alignment of the output, and the other outputs of the beam.

import { mount } from "/view/view.js";
import { make, number, words } from "./dom.js";
import { card } from "./card.js";
import { look, looks, remember, set, state } from "./state.js";

export class Translate {
  constructor(host, app) {
    this.app = app;
    this.picture = make("div", { class: "panel picture" });
    this.list = make("aside", { class: "panel others", "aria-label": "Other outputs" });
    this.card = make("section", { class: "panel evidence", "aria-label": "Evidence" });
    host.append(make("div", { class: "columns" }, this.picture, make("div", { class: "stack" }, this.list, this.card)));
    this.onTheme = () => this.view?.refresh();
    addEventListener("themechange", this.onTheme);
  }

  leave() {
    removeEventListener("themechange", this.onTheme);
    this.view?.destroy();
  }

  update(keys) {
    if (looks(keys)) this.view?.set(look());
    if (!keys.some((key) => key === "answer" || key === "choice" || key === "card")) return;
    const said = this.app.output();
    const empty = !said || this.app.error;
    this.picture.hidden = this.card.hidden = empty;
    this.list.hidden = empty || this.app.answer.outputs.length < 2;
    if (empty) return;
    card(this.card, this.app, said);
    if (!keys.some((key) => key !== "card")) return;
    if (this.view) this.view.update(said.alignment);
    else this.view = mount(this.picture, said.alignment, { ...look(), changed: remember });
    this.others();
  }

  others() {
    const { outputs } = this.app.answer;
    const best = Math.max(...outputs.map((one) => one.log_prob));
    this.list.replaceChildren(make("h2", {}, "Outputs, best first"), make("ol", {}, outputs.map((one, n) => {
      const bar = make("span", { class: "bar", "aria-hidden": "true" });
      bar.style.width = `${100 * Math.exp(one.log_prob - best)}%`;
      return make("li", {}, make("button", {
        type: "button", class: "other", "aria-pressed": String(n === Math.min(state.choice, outputs.length - 1)), onclick: () => set({ choice: n }),
      }, words(one.text || "(nothing)"), make("span", { class: "figure" }, number(one.score)), bar));
    })));
  }

  data() {
    return { name: "translation", json: this.app.answer, alignment: this.app.output()?.alignment };
  }
}

// A page of cards: sorted, filtered and searched in the browser. See page.py.

import { body, clean, failures, labels, line, meter, origin } from "./card.js";
import { element } from "./view_draw.js";

const ORDERS = {
  suspicion: ["most suspicious first", (a, b) => b.suspicion - a.suspicion],
  score: ["lowest score first", (a, b) => a.score - b.score],
  reference: ["furthest from the reference first", (a, b) => scored(a) - scored(b)],
  length: ["longest source first", (a, b) => b.source_words.length - a.source_words.length],
  line: ["by line", () => 0],
};

const scored = (card) => card.reference?.scores.chrf ?? Infinity;

/** Fill the page from its JSON: a report (docs/cards.md) with the choices { bare, tallest }. */
export function report() {
  const { report: json, options } = JSON.parse(document.getElementById("cards").textContent);
  const main = document.querySelector("main");
  main.replaceChildren();
  document.title = clean(json.title);
  const shared = { model: json.model, data: json.data, ...options };
  if (json.cards.length === 1) {
    const [card] = json.cards;
    if (!main.classList.contains("bare")) {
      main.append(element("header", {}, element("h1", {}, line(card.output, "output")), labels(card)));
    }
    const inside = element("div", { class: "body" });
    main.append(inside);
    body(inside, card, shared);
    return;
  }
  new Page(main, json, shared).draw();
}

class Page {
  constructor(main, json, options) {
    this.json = json;
    this.options = options;
    this.state = { check: "", order: "suspicion", words: "" };
    this.pictures = []; // of the cards that are open
    this.list = element("div", { class: "cards" });
    this.shown = element("span", { class: "shown", role: "status" });
    this.tally = element("ul", { class: "tally", "aria-label": "Checks" });
    const head = element("header", {}, element("h1", {}, clean(json.title)));
    main.append(head, this.tally, this.tools(), this.list, origin(json.model, json.data));
  }

  /** Sorting and searching. */
  tools() {
    const order = element("select");
    const known = this.json.cards.some((card) => card.reference);
    for (const [name, [text]] of Object.entries(ORDERS)) {
      if (name !== "reference" || known) order.append(element("option", { value: name }, text));
    }
    order.addEventListener("change", () => this.set({ order: order.value }));
    const words = element("input", { type: "search", placeholder: "words of a source or output" });
    words.addEventListener("input", () => this.set({ words: words.value.toLowerCase() }));
    const named = (text, input) => element("label", {}, text, input);
    return element("div", { class: "bar-tools" }, named("Sort", order), named("Find", words), this.shown);
  }

  set(choices) {
    this.state = { ...this.state, ...choices };
    this.draw();
  }

  /** A button for each check with the number of outputs that fail it. */
  drawTally() {
    const { cards, summary } = this.json;
    const entries = [["", "all", cards.length], ...Object.entries(summary).map(([name, one]) => [name, name, one.fail])];
    const held = this.tally.contains(document.activeElement) && document.activeElement.dataset.key;
    const items = entries.map(([key, name, count]) => {
      const state = { type: "button", "aria-pressed": String(key === this.state.check), "data-key": `check-${key}` };
      const text = key === "any" ? "fails any" : name;
      const button = element("button", state, text, element("span", { class: key && count ? "count has" : "count" }, String(count)));
      button.addEventListener("click", () => this.set({ check: key }));
      return element("li", {}, button);
    });
    this.tally.replaceChildren(...items);
    if (held) this.tally.querySelector(`[data-key="${held}"]`)?.focus();
  }

  draw() {
    this.drawTally();
    this.pictures.splice(0).forEach((picture) => picture.destroy());
    const { check, order, words } = this.state;
    const failed = (card) => !check || (check === "any" ? card.verdict === "fail" : failures(card).some((one) => one.check === check));
    const found = (card) => !words || `${card.source}\n${card.output}`.toLowerCase().includes(words);
    const wanted = this.json.cards.filter((card) => failed(card) && found(card));
    wanted.sort((a, b) => ORDERS[order][1](a, b) || a.line - b.line);
    this.shown.textContent = `${wanted.length} of ${this.json.cards.length}`;
    this.list.replaceChildren(...wanted.map((card) => this.item(card)));
    if (!wanted.length) this.list.append(element("p", { class: "none" }, "No output fits."));
  }

  /** A card, closed; what stands on it is drawn when it is opened. */
  item(card) {
    const state = card.verdict === "fail" ? "fail" : "";
    const head = element("summary", {},
      element("span", { class: "number" }, String(card.line)),
      meter(card.suspicion, state), line(card.source, "source"), line(card.output, "output"), labels(card));
    const inside = element("div", { class: "body" });
    const item = element("details", { class: "card" }, head, inside);
    item.addEventListener("toggle", () => {
      if (item.open && !inside.firstChild) this.pictures.push(body(inside, card, this.options));
    });
    return item;
  }
}

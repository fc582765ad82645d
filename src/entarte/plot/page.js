// A page of alignments: one section for each in the page's JSON. See html.py.

import { mount } from "./view.js";
import { label, rightToLeft } from "./view_data.js";
import { element, isolate } from "./view_draw.js";

/** Fill the page from its JSON: { alignments, bare, options }. bare: the pictures alone. */
export function fill() {
  const { alignments, bare, options } = JSON.parse(document.getElementById("alignments").textContent);
  const main = document.querySelector("main");
  main.replaceChildren();
  const text = (side) => label({ text: side.text.length > 240 ? `${side.text.slice(0, 240)}…` : side.text });
  for (const json of alignments) {
    const section = element("section");
    main.append(section);
    if (!bare) {
      const line = (side, kind) => element("span", { class: kind, dir: rightToLeft(side.text) ? "rtl" : "ltr" }, text(side));
      section.append(element("h1", {}, line(json.source, "source"), " ", line(json.target, "target")));
    }
    mount(section, json, options);
    const notes = Object.entries(json.notes).map(([name, value]) => [name, typeof value === "number" ? Number(value.toPrecision(5)) : value]);
    if (notes.length && !bare) {
      const list = element("dl");
      notes.forEach(([name, value]) => list.append(element("div", {}, element("dt", {}, name), element("dd", {}, String(value)))));
      section.append(list);
    }
  }
  if (alignments.length === 1) document.title = `${isolate(text(alignments[0].source))} → ${isolate(text(alignments[0].target))}`;
}

// One evidence card: its line in a list, and all that stands on it. Text of the user only ever becomes a
// text node. Also for the explorer: body(host, card, options) draws a card JSON into an element.

import { mount } from "./view.js";
import { label, rightToLeft } from "./view_data.js";
import { element, figures } from "./view_draw.js";

const SIGNS = { fail: "✗", pass: "✓", unknown: "–" };

export const clean = (text) => label({ text: text || " " }).replace("␣", "");
export const failures = (card) => card.checks.filter((one) => one.verdict === "fail");

/** A text of the user in its own direction. */
export function line(text, kind) {
  return element("span", { class: `line ${kind}`, dir: rightToLeft(text) ? "rtl" : "ltr" }, clean(text) || "(empty)");
}

/** A bar for a number in 0 to 1. */
export function meter(value, kind = "") {
  const inner = element("i");
  inner.style.width = `${100 * Math.min(Math.max(value, 0), 1)}%`;
  return element("span", { class: `meter ${kind}`, "aria-hidden": "true" }, inner);
}

/** The names of the checks that a card fails. */
export function labels(card) {
  const names = failures(card).map((one) => element("span", { class: "label" }, one.check));
  const good = element("span", { class: "label good" }, "passes");
  return element("span", { class: "labels" }, ...(names.length ? names : [good]));
}

/** Everything on a card; returns the alignment view, to be destroyed when the card goes. options: those of the alignment view; model and data where the card has none */
export function body(host, card, options = {}) {
  const { model = card.model, data = card.data, ...view } = options;
  host.append(facts(card), heading("Checks"), checks(card));
  if (card.target_words.length) host.append(heading("Words of the output"), said(card));
  if (card.source_words.length) host.append(heading("Words of the source"), heard(card));
  host.append(heading("Where the decoder looked"));
  const picture = mount(host, card.alignment, view);
  if (card.alternatives.length) host.append(heading("Alternatives"), alternatives(card));
  if (model) host.append(origin(model, data || {}));
  return picture;
}

const heading = (text) => element("h2", {}, text);

function facts(card) {
  const list = element("dl");
  const add = (name, ...what) => list.append(element("dt", {}, name), element("dd", {}, ...what));
  add("source", line(card.source, "whole"));
  add("output", line(card.output, "whole"));
  if (card.reference) {
    add("reference", line(card.reference.text, "whole"));
    add("measured", Object.entries(card.reference.scores).map(([name, value]) => `${name} ${number(value, 1)}`).join(", "));
  }
  const { name, source, target } = card.task;
  add("task", source && target ? `${clean(source)} → ${clean(target)}` : clean(name));
  add("score", `${number(card.score, 4)}, log-probability ${number(card.log_prob, 4)}`);
  if (!card.finished) add("ended", "at the length limit");
  if (card.unread) add("not read", `${card.unread} pieces at the end of the source`);
  return list;
}

const number = (value, digits) => (value === null ? "–" : value.toFixed(digits).replace("-", "−"));
const chance = (p) => (p > 0 && p < 0.0005 ? p.toExponential(0).replace("-", "−") : figures(p));

function checks(card) {
  const list = element("ul", { class: "checks" });
  for (const one of card.checks) {
    const sign = element("span", { class: "sign", "aria-label": one.verdict }, SIGNS[one.verdict]);
    const score = one.score === null ? "" : `${one.score.toFixed(2)} of ${one.threshold.toFixed(2)}`;
    const parts = [["name", one.check], ["score", score], ["reason", clean(one.reason)]];
    list.append(element("li", { class: one.verdict }, sign, ...parts.map(([kind, text]) => element("span", { class: kind }, text))));
  }
  return list;
}

/** The words that some failed check names, on one side. */
function marked(card, side) {
  return new Set(failures(card).flatMap((one) => one[side]));
}

function word(text, isMarked, share, facts) {
  const lines = facts.map((fact) => element("span", { class: "fact" }, ...fact));
  return element("li", { class: isMarked ? "word marked" : "word" }, element("bdi", {}, clean(text)), meter(share), ...lines);
}

function said(card) {
  const odd = marked(card, "target_units");
  const items = card.target_words.map((one, n) => {
    const facts = [[`p ${chance(one.probability)}${one.copied ? ", copied" : ""}`]];
    if (one.p_gen !== undefined) facts.push([`p_gen ${figures(one.p_gen)}`]);
    for (const look of one.looks.slice(0, 2)) {
      if (look.weight >= 0.05) facts.push(["← ", element("bdi", {}, clean(card.source_words[look.source].text)), ` ${figures(look.weight)}`]);
    }
    if (one.support !== undefined) facts.push([`support ${number(one.support, 1)} nats`]);
    return word(one.text, odd.has(n), one.probability, facts);
  });
  return element("ul", { class: "words" }, ...items);
}

function heard(card) {
  const odd = marked(card, "source_units");
  const items = card.source_words.map((one, n) => {
    const facts = [[`looks ${figures(one.coverage)}`]];
    if (one.effect !== undefined) facts.push([`effect ${number(one.effect, 1)} nats`]);
    return word(one.text, odd.has(n), Math.min(one.coverage, 1), facts);
  });
  return element("ul", { class: "words" }, ...items);
}

function alternatives(card) {
  const items = card.alternatives.map((one) =>
    element("li", {}, line(one.output, "other"), element("span", { class: "score" }, `score ${number(one.score, 4)}`)),
  );
  return element("ol", { class: "alternatives", start: "2" }, ...items);
}

/** The model, its files and its data. */
export function origin(model, data) {
  const list = element("dl");
  const add = (name, text, kind = "") => list.append(element("dt", {}, clean(name)), element("dd", { class: kind }, clean(text)));
  add("model", `${model.name}${model.entarte ? `, written by Entarté ${model.entarte}` : ""}`);
  add("search", Object.entries(model.search || {}).map(([key, value]) => `${key}=${value}`).join(" "));
  for (const [name, digest] of Object.entries(model.files || {})) add(name, digest, "mono");
  if ((data.train || []).length) add("training pairs", data.train.join(", "));
  if (data.sha256) add("their ids", data.sha256, "mono");
  return element("details", { class: "origin" }, element("summary", {}, "Model and data"), list);
}

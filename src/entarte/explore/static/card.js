// What speaks for and against an output: the failure checks, and how sure the model was of each word.

import { make, percent, words } from "./dom.js";

const SIGNS = { fail: "✗", pass: "✓", unknown: "–" };

export function card(host, app, said) {
  const { card: known } = app;
  host.replaceChildren(make("h2", {}, "Evidence"), ...(known ? [verdict(known), checks(known)] : []), sureness(said, known));
}

function verdict(known) {
  const failed = known.checks.filter((one) => one.verdict === "fail");
  const text = failed.length ? `Fails ${failed.length === 1 ? "a check" : `${failed.length} checks`}` : "Passes every check";
  return make("p", { class: failed.length ? "verdict bad" : "verdict" }, text);
}

/** Failures with their reasons; the rest folded away. */
function checks(known) {
  const item = (one) => make("li", { class: one.verdict }, make("span", { class: "sign-mark", "aria-hidden": "true" }, SIGNS[one.verdict]),
    make("span", {}, make("b", {}, one.check), " ", make("span", { class: "remark" }, one.reason)));
  const failed = known.checks.filter((one) => one.verdict === "fail");
  const rest = known.checks.filter((one) => one.verdict !== "fail");
  return make("div", { class: "checks" }, failed.length ? make("ul", {}, failed.map(item)) : null,
    make("details", { class: "fold" }, make("summary", {}, failed.length ? `${rest.length} others` : `${rest.length} checks`), make("ul", {}, rest.map(item))));
}

/** Words with their probabilities where the card knows them, else pieces. */
function sureness(said, known) {
  const list = known
    ? known.target_words.map((word) => [word.text, word.probability, word.copied])
    : said.pieces.slice(0, said.finished ? -1 : undefined).map((piece, n) => [piece.trim(), Math.exp(said.log_probs[n] ?? -99), false]);
  const rows = list.filter(([text]) => text).map(([text, p, copied]) => {
    const bar = make("span", { class: "bar", "aria-hidden": "true" });
    bar.style.width = `${100 * p}%`;
    return make("tr", {}, make("th", { scope: "row" }, words(text), copied ? make("span", { class: "remark" }, " copied") : ""), make("td", { class: "meter-cell" }, bar), make("td", { class: "figure" }, percent(p)));
  });
  return make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Probability of each word" }, make("table", { class: "sureness" },
    make("caption", {}, "How sure the model was"), make("tbody", {}, rows)));
}

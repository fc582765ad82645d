// Equations as the model's own parts write them, "s_{t−1}" and "W_a h", with their letters set low.

import { make } from "./dom.js";

const LOW = /_\{([^}]*)\}|_([A-Za-z0-9]+)/g;

export function equation(text) {
  const line = make("span", { class: "equation" });
  let at = 0;
  for (const found of text.matchAll(LOW)) {
    line.append(text.slice(at, found.index), make("sub", {}, found[1] ?? found[2]));
    at = found.index + found[0].length;
  }
  line.append(text.slice(at));
  return line;
}

/** "score = … (Luong et al. 2015, eq. 8). More." → the equation, and where it is from. */
export function sourced(text) {
  const found = /^(.*?)\s*\(([^()]*\d{4}[^()]*)\)\s*[.:]?\s*(.*)$/s.exec(text);
  if (!found) return [equation(text)];
  const rest = found[3] ? make("span", { class: "remark" }, equation(found[3])) : null;
  return [equation(found[1].replace(/\.$/, "")), make("cite", {}, found[2]), rest];
}

// Elements, made in one expression. A child that is a string becomes a text node, never markup.

/** make("p", { class: "x", onclick: f, hidden: true }, "text", child) */
export function make(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "value") made.value = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Text of a user: in a direction of its own. */
export const words = (text, kind) => make("bdi", { class: kind, dir: "auto" }, text);

/** A few buttons of which one is pressed. options: [value, label] */
export function choice(name, options, chosen, choose) {
  const buttons = options.map(([value, label]) =>
    make("button", { type: "button", "aria-pressed": String(value === chosen), onclick: () => choose(value) }, label),
  );
  return make("div", { class: "choice", role: "group", "aria-label": name }, buttons);
}

/** A labelled menu. */
export function menu(name, options, chosen, choose, shown = true) {
  const select = make(
    "select",
    { "aria-label": shown ? null : name, onchange: (event) => choose(event.target.value) },
    options.map(([value, label]) => make("option", { value, selected: String(value) === String(chosen) }, label)),
  );
  return shown ? make("label", { class: "field" }, make("span", {}, name), select) : select;
}

const FEW = 4; // of which a row of buttons has room

/** One of several, by number from 0; null where there is only one. */
export function some(name, count, chosen, choose, word = name.toLowerCase()) {
  if (count < 2) return null;
  const names = Array.from({ length: count }, (_, n) => [n, `${word} ${n + 1}`]);
  return count <= FEW ? choice(name, names, chosen, choose) : menu(name, names, chosen, (value) => choose(Number(value)));
}

export const number = (value, digits = 3) =>
  value === null || value === undefined ? "−∞" : value.toFixed(digits).replace("-", "−");

export const percent = (probability) =>
  probability >= 0.9995 ? "100 %" : probability >= 0.1 ? `${(100 * probability).toFixed(0)} %` : `${(100 * probability).toFixed(1)} %`;

/** Run f at most once per frame. */
export function framed(f) {
  let pending = 0;
  return (...given) => {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(() => f(...given));
  };
}

/** Run f when nothing has happened for a while. */
export function settled(f, milliseconds) {
  let pending = 0;
  return (...given) => {
    clearTimeout(pending);
    pending = setTimeout(() => f(...given), milliseconds);
  };
}

/** Draw a part anew; what had the focus in it, by its label or text, gets it back. */
export function refocus(host, draw) {
  const named = (one) => one.dataset.key || one.getAttribute("aria-label") || one.closest("label")?.firstChild?.textContent || one.textContent;
  const held = host.contains(document.activeElement) ? named(document.activeElement) : null;
  draw();
  if (held) [...host.querySelectorAll("button, select, input, summary")].find((one) => named(one) === held)?.focus();
}

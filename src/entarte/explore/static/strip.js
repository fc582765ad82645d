// A vector as a strip: a cell for each number, one colour below zero, the other above.

import { make, number } from "./dom.js";

const HEIGHT = 22;

function colours(host) {
  const style = getComputedStyle(host);
  const rgb = (name) => {
    const probe = make("span");
    probe.style.color = `var(${name})`;
    host.append(probe);
    const found = getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
    probe.remove();
    return found;
  };
  return style && { below: rgb("--below"), above: rgb("--above"), zero: rgb("--zero") };
}

let known = null;
export const forget = () => { known = null; };
addEventListener("themechange", forget);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", forget);

/** A strip that says what it holds. scale: the size that has full colour, else the vector's own largest. */
export function strip(name, vector, { scale = 0, faded = 1, height = HEIGHT } = {}) {
  const most = Math.max(1e-9, ...vector.map(Math.abs));
  const canvas = make("canvas", { width: vector.length, height: 1, class: "strip", role: "img", "aria-label": told(name, vector) });
  canvas.style.height = `${height}px`;
  known ||= colours(document.body);
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(vector.length, 1);
  vector.forEach((value, n) => {
    const part = Math.min(1, Math.abs(value) / (scale || most)) * faded;
    const to = value < 0 ? known.below : known.above;
    known.zero.forEach((zero, i) => { image.data[4 * n + i] = zero + (to[i] - zero) * part; });
    image.data[4 * n + 3] = 255;
  });
  pen.putImageData(image, 0, 0);
  canvas.addEventListener("pointermove", (event) => {
    const at = Math.min(vector.length - 1, Math.max(0, Math.floor((event.offsetX / canvas.clientWidth) * vector.length)));
    canvas.title = `${name}[${at}] = ${number(vector[at], 4)}`;
  });
  return canvas;
}

const told = (name, vector) =>
  `${name}: ${vector.length} numbers from ${number(Math.min(...vector), 2)} to ${number(Math.max(...vector), 2)}, length ${number(norm(vector), 2)}`;

export const norm = (vector) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));

/** A named vector: strip, its length, and all its numbers when they are asked for. */
export function vector(name, label, values, options) {
  const box = make("details", { class: "numbers", ontoggle: () => {
    if (box.open && !box.querySelector("p")) box.append(make("p", { tabindex: "0", role: "group", "aria-label": `Numbers of ${name}` }, values.map((value) => number(value, 3)).join("  ")));
  } }, make("summary", {}, `${values.length} numbers, length ${number(norm(values), 2)}`));
  return make("div", { class: "vector" }, make("div", { class: "vector-head" }, label, box), strip(name, values, options));
}

// Small tools of the view: elements, colours, widths of text.

export const SVG = "http://www.w3.org/2000/svg";

export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
export const isolate = (text) => `\u2068${text}\u2069`; // its own direction, whatever stands beside it
export const figures = (weight) => weight.toFixed(weight > 0 && weight < 0.01 ? 4 : 2);

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function shape(parent, name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

/** The stops of view.css as functions of a weight, light or dark as the page is now. */
export function palette(root) {
  const style = getComputedStyle(root);
  const [r, g, b] = style.color.match(/[\d.]+/g).map(Number);
  const dark = 0.299 * r + 0.587 * g + 0.114 * b > 128; // light text: a dark page
  const stops = style.getPropertyValue(dark ? "--scale-dark" : "--scale-light").split(",").map((hex) => {
    const number = parseInt(hex.trim().slice(1), 16);
    return [number >> 16, (number >> 8) & 255, number & 255];
  });
  const rgb = (weight) => {
    const place = clamp(weight, 0, 1) * (stops.length - 1);
    const low = Math.min(Math.floor(place), stops.length - 2);
    return stops[low].map((part, i) => Math.round(part + (stops[low + 1][i] - part) * (place - low)));
  };
  const linear = (part) => (part <= 10.3 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const ink = ([red, green, blue]) =>
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) > 0.179 ? "#000" : "#fff";
  return { rgb, css: (weight) => `rgb(${rgb(weight).join(",")})`, ink: (weight) => ink(rgb(weight)) };
}

const pen = typeof document === "undefined" ? null : document.createElement("canvas").getContext("2d");

/** Widths of labels in the view's font, and labels cut to a width. */
export function ruler(root) {
  const style = getComputedStyle(root);
  pen.font = `${style.fontSize} ${style.fontFamily}`;
  const width = (text) => pen.measureText(text).width;
  const cut = (text, room) => {
    if (width(text) <= room) return text;
    const marks = Array.from(text);
    let low = 0;
    let high = marks.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (width(`${marks.slice(0, middle).join("")}…`) <= room) low = middle;
      else high = middle - 1;
    }
    return `${marks.slice(0, low).join("")}…`;
  };
  return { width, cut };
}

export const widest = (tokens, width) => tokens.reduce((most, token) => Math.max(most, width(token.label)), 0);

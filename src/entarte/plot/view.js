// The alignment view: draws one Alignment JSON (docs/alignment.md) as SVG, the same in the explorer, in a
// notebook and in a file. No dependencies, no network. Text of the user only ever becomes a text node.
//
//   const view = mount(element, alignment, { level: "words", mode: "heat" });
//   view.update(other); view.set({ head: 2 }); view.refresh(); view.destroy();
//
// Only what is in sight is drawn, so the size of the alignment does not matter to the browser.

import { checked, chosenWeights, headNames, prepare } from "./view_data.js";
import { clamp, element, palette, shape } from "./view_draw.js";
import { drawLegend, drawMap, drawTools, drawWindow, fillTable, say } from "./view_furniture.js";
import { Heat } from "./view_heat.js";
import { Links } from "./view_links.js";

const LAYOUTS = { heat: Heat, links: Links };
const SCREENS = 3; // an overview appears above heat maps of more screens than this
const LONG = 100; // with more columns than this, weights are thin: faint ones are strengthened at first

/**
 * Draw the alignment inside the element. Throws if it is not an Alignment JSON.
 *
 * options  level "words" or "pieces"; mode "heat" or "links"; head 0 for the mean, or its number from 1; layer
 *          the same where heads are named "layer.head";
 *          gold true to outline gold links; boost true to colour by the root of the weight, null to choose;
 *          tallest: scroll within this height in pixels, null to go by the window;
 *          changed: called with the choices that were made
 */
export function mount(host, json, options = {}) {
  checked(json);
  const view = new View(host, options);
  view.update(json);
  return view;
}

class View {
  constructor(host, { changed = () => {}, ...options }) {
    this.changed = changed;
    this.state = { level: "words", mode: "heat", layer: 0, head: 0, gold: true, boost: null, tallest: null, ...options };
    this.focus = null; // { row, column } chosen by click or keyboard; either may be null
    this.hover = null; // the same, under the pointer
    this.build(host);
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => this.refresh();
    this.dark.addEventListener("change", this.onTheme);
    this.sizes = new ResizeObserver(() => {
      if (Math.abs(this.root.clientWidth - this.width) > 1) this.refresh();
    });
    this.sizes.observe(this.root);
  }

  /** Take the view away. */
  destroy() {
    this.dark.removeEventListener("change", this.onTheme);
    this.sizes.disconnect();
    this.root.remove();
  }

  /** Show another alignment; choices that still make sense are kept. */
  update(json) {
    this.json = checked(json);
    this.focus = this.hover = null;
    this.set({ level: this.state.level });
  }

  /** Change choices; see `mount`. */
  set(choices) {
    if ("level" in choices && choices.level !== this.state.level) this.focus = this.hover = null;
    this.state = { ...this.state, ...choices };
    const { layers, heads } = this.json.heads ? headNames(this.json) : { layers: null, heads: [] };
    const known = (number, count) => (number > 0 && number <= count ? number : 0);
    this.state.layer = known(this.state.layer, (layers || []).length);
    this.state.head = known(this.state.head, layers && !this.state.layer ? 0 : heads.length);
    if (!LAYOUTS[this.state.mode]) this.state.mode = "heat";
    this.data = prepare(this.json, this.state.level, chosenWeights(this.json, this.state.layer, this.state.head));
    this.table.open = false;
    this.refresh();
    if (!this.empty && ("mode" in choices || "level" in choices)) {
      this.scroller.scrollTop = 0;
      this.scroller.scrollLeft = this.layout.rtl ? this.layout.width : 0;
    }
    this.changed(choices);
  }

  /** Draw everything again: after a change of width, or of colours. */
  refresh() {
    const { rows, columns } = this.data;
    this.width = this.root.clientWidth || 640;
    this.colors = palette(this.root);
    this.empty = rows.length === 0 || columns.length === 0;
    this.boost = this.state.boost ?? columns.length > LONG;
    drawTools(this);
    drawLegend(this);
    this.overview.hidden = true;
    this.scroller.hidden = this.readout.hidden = this.table.hidden = this.empty;
    if (this.empty) return;
    const size = `${rows.length} target by ${columns.length} source tokens`;
    this.scroller.setAttribute("aria-label", `Attention, ${size}. Arrow keys move, Escape leaves.`);
    this.layout = new LAYOUTS[this.state.mode](this);
    const { width, height } = this.layout;
    const whole = height <= Math.max(1.4 * innerHeight, 640); // the page itself may scroll a little
    const tallest = this.state.tallest ?? (whole ? height : Math.max(320, Math.min(0.72 * innerHeight, 760)));
    this.sheet.style.width = `${width}px`;
    this.sheet.style.height = `${height}px`;
    const bar = width > this.width ? this.scroller.offsetHeight - this.scroller.clientHeight : 0;
    this.scroller.style.height = `${Math.min(height, tallest) + bar}px`;
    this.scroller.classList.toggle("wide", width > this.width);
    this.scroller.classList.toggle("high", height > tallest);
    const screens = (width / this.width) * Math.max(1, height / tallest);
    if (this.state.mode === "heat" && screens > SCREENS) {
      this.overview.hidden = false;
      drawMap(this);
    }
    this.draw();
  }

  build(host) {
    this.tools = element("div", { class: "tools" });
    this.legend = element("div", { class: "legend", "aria-hidden": "true" });
    this.map = element("canvas", { class: "map" });
    this.frame = element("div", { class: "frame" });
    this.overview = element("div", { class: "overview", "aria-hidden": "true" }, this.map, this.frame);
    this.sheet = element("div", { class: "sheet" });
    this.scroller = element("div", { class: "scroller", tabindex: "0", role: "group" }, this.sheet);
    this.readout = element("p", { class: "readout", role: "status", "aria-live": "polite" });
    this.table = element("details", { class: "table" }, element("summary", {}, "Weights as a table"));
    const parts = [this.tools, this.overview, this.scroller, this.readout, this.legend, this.table];
    this.root = element("div", { class: "entarte-view" }, ...parts);
    host.append(this.root);
    this.svg = shape(this.sheet, "svg", { "aria-hidden": "true", focusable: "false" });
    this.scroller.addEventListener("scroll", () => {
      cancelAnimationFrame(this.pending);
      this.pending = requestAnimationFrame(() => this.draw());
    });
    this.scroller.addEventListener("keydown", (event) => this.key(event));
    this.svg.addEventListener("pointermove", (event) => this.over(this.place(event)));
    this.svg.addEventListener("pointerleave", () => this.over(null));
    this.svg.addEventListener("click", (event) => this.point(this.place(event)));
    this.table.addEventListener("toggle", () => fillTable(this));
    const travel = (event) => event.buttons && this.travel(event);
    this.overview.addEventListener("pointerdown", travel);
    this.overview.addEventListener("pointermove", travel);
  }

  // -- drawing

  draw() {
    if (this.empty) return;
    const { scrollLeft: left, scrollTop: top, clientWidth, clientHeight } = this.scroller;
    const width = Math.min(clientWidth, this.layout.width);
    const height = Math.min(clientHeight, this.layout.height);
    this.box = { left, top, width, height };
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", height);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.replaceChildren();
    this.layout.draw(this.svg, this.box);
    this.marks = shape(this.svg, "g", { class: "marks" });
    this.mark();
    if (!this.overview.hidden) drawWindow(this);
  }

  /** Redraw only what follows the pointer: marks and the line of numbers. */
  mark() {
    const at = this.hover || this.focus;
    this.marks.replaceChildren();
    this.layout.mark(this.marks, at, this.box);
    say(this, at);
  }

  /** How strongly a weight is coloured, 0 to 1. */
  strength(weight) {
    return this.boost ? Math.sqrt(Math.max(weight, 0)) : weight;
  }

  color(weight) {
    return this.colors.css(this.strength(weight));
  }

  /** The heaviest [weight, column] pairs of a row, heaviest first. */
  heaviest(row, count) {
    const order = this.data.weights[row].map((weight, s) => [weight, s]).filter(([weight]) => weight > 0);
    return order.sort((a, b) => b[0] - a[0] || a[1] - b[1]).slice(0, count);
  }

  best(row) {
    return this.heaviest(row, 1)[0]?.[1] ?? 0;
  }

  // -- pointing

  place(event) {
    const area = this.svg.getBoundingClientRect();
    return this.layout.place(event.clientX - area.left, event.clientY - area.top, this.box);
  }

  over(at) {
    this.hover = at;
    this.mark();
  }

  /** Choose a place for good and bring it into sight; null chooses none. */
  point(at) {
    this.focus = at;
    this.hover = null;
    if (at) this.layout.reveal(at, this.scroller);
    this.mark();
  }

  key(event) {
    if (event.key === "Escape") this.point(null);
    if (event.altKey || event.target !== this.scroller) return;
    const far = event.ctrlKey || event.metaKey;
    const at = this.focus ? this.layout.move(this.focus, event.key, far) : this.layout.first(event.key, far);
    if (!at) return;
    event.preventDefault();
    if (at.row !== null) at.row = clamp(at.row, 0, this.data.rows.length - 1);
    if (at.column !== null) at.column = clamp(at.column, 0, this.data.columns.length - 1);
    this.point(at);
  }

  travel(event) {
    const map = this.overview.getBoundingClientRect();
    const { layout, box } = this;
    const [x, y] = [(event.clientX - map.left) / map.width, (event.clientY - map.top) / map.height];
    this.scroller.scrollLeft = x * layout.width - box.width / 2;
    this.scroller.scrollTop = y * layout.height - box.height / 2;
    event.preventDefault();
  }
}

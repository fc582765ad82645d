// Links between two sentences: one curve for each weight that counts, as wide as the weight is heavy.

import { rightToLeft } from "./view_data.js";
import { clamp, isolate, ruler, shape, widest } from "./view_draw.js";

const FAINT = 0.02; // lighter links are not drawn
const PER_ROW = 24; // links drawn for one target token, heaviest first
const [SOURCE, TARGET] = [0, 1];

export class Links {
  /** Source above target where both fit on a line each; otherwise source left, target right. */
  constructor(view) {
    this.view = view;
    this.width = view.width;
    this.ruler = ruler(view.root);
    const { rows, columns, rowRuns, columnRuns } = view.data;
    this.tokens = [columns, rows];
    this.runs = [columnRuns, rowRuns];
    const texts = [view.json.source.text, view.json.target.text];
    this.lines = [SOURCE, TARGET].map((side) => this.line(this.tokens[side], this.runs[side], rightToLeft(texts[side])));
    this.across = Math.max(...this.lines.map((line) => line.length)) <= view.width - 8;
    if (this.across) this.spread();
    if (this.across) this.sizeAcross();
    else this.sizeDown();
  }

  /** Wider spaces between words where there is room. */
  spread() {
    const spaces = Math.max(...this.lines.map((line) => line.spaces), 1);
    const free = this.width - 8 - Math.max(...this.lines.map((line) => line.length));
    const space = 24 + clamp(free / spaces, 0, 40);
    this.lines = this.lines.map((line, side) => this.line(this.tokens[side], this.runs[side], line.rtl, space));
  }

  sizeAcross() {
    this.height = 250;
    this.ends = [50, this.height - 50];
    this.centres = this.lines.map((line) => {
      const start = (this.width - line.length) / 2;
      return line.centres.map((centre) => start + (line.rtl ? line.length - centre : centre));
    });
  }

  sizeDown() {
    this.height = Math.max(...this.tokens.map((tokens) => tokens.length)) * 26 + 8;
    const most = 0.36 * this.width;
    this.room = this.tokens.map((tokens) => Math.min(most, widest(tokens, this.ruler.width) + 2));
    const free = this.width - this.room[SOURCE] - this.room[TARGET] - 32;
    const between = clamp(free, 60, 380);
    const start = Math.max(4, (free - between) / 2 + 4) + this.room[SOURCE] + 10;
    this.ends = [start, start + between];
    const step = (tokens) => (this.height - 8) / tokens.length;
    this.centres = this.tokens.map((tokens) => tokens.map((_, i) => 4 + (i + 0.5) * step(tokens)));
  }

  /** Tokens set on one line like text: words apart, pieces of a word close together. */
  line(tokens, runs, rtl, space = 24) {
    const tied = new Set(runs.flatMap(([first, last]) => Array.from({ length: last - first }, (_, i) => first + 1 + i)));
    const widths = tokens.map((token) => this.ruler.width(token.label));
    let length = 0;
    const centres = widths.map((width, i) => {
      length += (i === 0 ? 0 : tied.has(i) ? 6 : space) + width;
      return length - width / 2;
    });
    return { widths, centres, length, rtl, spaces: tokens.length - 1 - tied.size };
  }

  /** The end of the curves at one token, in the window. */
  point(side, index, box) {
    const along = this.centres[side][index];
    const [x, y] = this.across ? [along, this.ends[side]] : [this.ends[side], along];
    return [x - box.left, y - box.top];
  }

  curve([a, b], [c, d]) {
    const [m, n] = [(a + c) / 2, (b + d) / 2];
    return this.across ? `M${a} ${b}C${a} ${n} ${c} ${n} ${c} ${d}` : `M${a} ${b}C${m} ${b} ${m} ${d} ${c} ${d}`;
  }

  inSight(side, box) {
    const near = (centre) => this.across || (centre > box.top - 20 && centre < box.top + box.height + 20);
    return new Set([...this.centres[side].keys()].filter((i) => near(this.centres[side][i])));
  }

  draw(svg, box) {
    const { view } = this;
    const seen = [SOURCE, TARGET].map((side) => this.inSight(side, box));
    this.links = [];
    for (let t = 0; t < view.data.rows.length; t++) {
      const top = view.heaviest(t, PER_ROW);
      const least = Math.min(FAINT, 0.5 * (top[0]?.[0] || 0));
      const shown = ([weight, s]) => weight >= least && (seen[TARGET].has(t) || seen[SOURCE].has(s));
      this.links.push(...top.filter(shown).map(([weight, s]) => ({ s, t, weight })));
    }
    this.links.sort((a, b) => a.weight - b.weight);
    this.paths = shape(svg, "g", { class: "links" });
    this.tubes = view.state.gold ? this.drawGold(seen, box) : [];
    for (const link of this.links) {
      const d = this.curve(this.point(SOURCE, link.s, box), this.point(TARGET, link.t, box));
      link.path = shape(this.paths, "path", { d, ...this.pen(link.weight) });
    }
    this.labels = [SOURCE, TARGET].map((side) => this.drawTokens(svg, side, seen[side], box));
  }

  /** Colour and width by weight; the faintest still show on the page. */
  pen(weight) {
    const strong = this.view.strength(weight);
    return {
      stroke: this.view.colors.css(0.3 + 0.6 * strong),
      "stroke-width": (1 + 7 * strong).toFixed(2),
      "stroke-opacity": (0.4 + 0.6 * strong).toFixed(2),
    };
  }

  /** A gold link is a tube that the curve of its weight fills, as an outline is filled in the heat map. */
  drawGold(seen, box) {
    const tubes = [];
    for (const { kind, row, column } of this.view.data.blocks) {
      if (!seen[SOURCE].has(column[0]) && !seen[TARGET].has(row[0])) continue;
      const all = ([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
      for (const s of all(column)) {
        for (const t of all(row)) {
          const d = this.curve(this.point(SOURCE, s, box), this.point(TARGET, t, box));
          const inner = Number(this.pen(this.view.data.weights[t][s])["stroke-width"]) + 2;
          const path = shape(this.paths, "path", { d, class: kind, "stroke-width": inner + 3.5 });
          shape(this.paths, "path", { d, class: "inside", "stroke-width": inner });
          tubes.push({ s, t, path });
        }
      }
    }
    return tubes;
  }

  drawTokens(svg, side, seen, box) {
    const away = side === SOURCE ? -1 : 1;
    const labels = new Map();
    for (const i of seen) {
      const token = this.tokens[side][i];
      const [x, y] = this.point(side, i, box);
      const kind = token.kind ? "label eos" : "label";
      const end = side === SOURCE ? `${kind} end` : kind;
      const at = this.across ? { x, y: y + away * 18, class: `${kind} centre` } : { x: x + away * 10, y, class: end };
      const text = this.across ? token.label : this.ruler.cut(token.label, this.room[side]);
      labels.set(i, shape(svg, "text", at, isolate(text)));
      shape(svg, "circle", { cx: x, cy: y, r: 2.5, class: "dot" });
    }
    for (const [first, last] of this.across ? this.runs[side] : []) {
      const half = (i) => this.lines[side].widths[i] / 2;
      const [a, b] = [this.point(side, first, box)[0], this.point(side, last, box)[0]];
      const [from, to] = a < b ? [a - half(first), b + half(last)] : [b - half(last), a + half(first)];
      const y = this.ends[side] + away * 30 - box.top;
      shape(svg, "path", { d: `M${from} ${y - away * 3}v${away * 3}H${to}v${-away * 3}`, class: "run" });
    }
    return labels;
  }

  /** The links of the place in full colour, the others faded. */
  mark(parent, at) {
    this.paths.classList.toggle("faded", at !== null);
    const of = (link) => (at.row === null ? link.s === at.column : link.t === at.row);
    for (const link of [...this.links, ...this.tubes]) link.path.classList.toggle("chosen", at !== null && of(link));
    const lit = at === null ? [null, null] : [at.row === null ? at.column : null, at.row];
    this.labels.forEach((labels, side) => labels.forEach((text, i) => text.classList.toggle("lit", i === lit[side])));
  }

  /** The token nearest to a point of the window. */
  place(x, y, box) {
    const along = this.across ? x + box.left : y + box.top;
    const crossing = this.across ? y + box.top : x + box.left;
    const side = Math.abs(crossing - this.ends[SOURCE]) < Math.abs(crossing - this.ends[TARGET]) ? SOURCE : TARGET;
    const centres = this.centres[side];
    let best = 0;
    centres.forEach((centre, i) => {
      if (Math.abs(centre - along) < Math.abs(centres[best] - along)) best = i;
    });
    return side === TARGET ? { row: best, column: null } : { row: null, column: best };
  }

  /** Where a key leads when no place is chosen: arrows to the beginning. */
  first(key) {
    const start = { row: 0, column: null };
    return key.startsWith("Arrow") ? start : this.move(start, key);
  }

  /** Along the sentence with one pair of arrows, across to the other with the other pair; or null. */
  move(from, key) {
    const { rows, columns } = this.view.data;
    const side = from.row === null ? SOURCE : TARGET;
    const index = side === SOURCE ? from.column : from.row;
    const at = (n) => (side === SOURCE ? { row: null, column: n } : { row: n, column: null });
    const flip = this.across && this.lines[side].rtl ? -1 : 1;
    const [next, previous, ...cross] = this.across
      ? ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"]
      : ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"];
    if (key === next) return at(index + flip);
    if (key === previous) return at(index - flip);
    if (key === "PageDown") return at(index + 10);
    if (key === "PageUp") return at(index - 10);
    if (key === "Home") return at(0);
    if (key === "End") return at((side === SOURCE ? columns : rows).length - 1);
    if (key === "Enter" || cross.includes(key)) return this.partner(from);
    return null;
  }

  /** The heaviest partner of a token, on the other side. */
  partner({ row, column }) {
    if (row !== null) return { row: null, column: this.view.best(row) };
    const weights = this.view.data.weights.map((line) => line[column]);
    return { row: weights.indexOf(Math.max(...weights)), column: null };
  }

  reveal({ row, column }, scroller) {
    if (this.across) return;
    const y = row === null ? this.centres[SOURCE][column] : this.centres[TARGET][row];
    scroller.scrollTop = clamp(scroller.scrollTop, y + 20 - scroller.clientHeight, y - 20);
  }
}

// The heat map: a row for each target token, a column for each source token.

import { logProb, rightToLeft } from "./view_data.js";
import { clamp, isolate, ruler, shape, widest } from "./view_draw.js";

const GAP = 1; // half the space between cells
const KEYS = ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "PageDown", "PageUp", "Home", "End", "Enter"];

export class Heat {
  constructor(view) {
    this.view = view;
    const { rows, columns } = view.data;
    this.count = columns.length;
    this.rtl = rightToLeft(view.json.source.text);
    this.ruler = ruler(view.root);
    this.size(view.width, widest(rows, this.ruler.width), widest(columns, this.ruler.width), rows);
  }

  /** Cells as wide as the room allows; labels flat over them if they fit, else slanted. */
  size(room, side, above, rows) {
    const meters = rows.some((row) => row.log_prob !== undefined);
    this.side = Math.ceil(Math.min(side, 0.3 * room, 200)) + 2; // width of the row labels
    this.left = this.side + (meters ? 24 : 14);
    const share = (room - this.left - 6) / this.count;
    this.flat = above + 10 <= Math.min(share, 88);
    this.slanted = Math.min(above, 150);
    this.overhang = this.flat ? 0 : Math.ceil(0.58 * this.slanted);
    const free = share - this.overhang / this.count;
    this.cellWidth = Math.floor(this.flat ? clamp(share, 22, 88) : clamp(free, 24, 46));
    this.cellHeight = rows.length <= 14 ? 38 : rows.length <= 50 ? 28 : 22;
    this.top = this.flat ? 36 : Math.ceil(0.82 * this.slanted) + 24;
    this.width = this.left + this.count * this.cellWidth + 4 + this.overhang;
    this.height = this.top + rows.length * this.cellHeight + 4;
  }

  /** The left edge of a column on the sheet; the first column stands right where the source reads so. */
  x(column) {
    return this.left + (this.rtl ? this.count - 1 - column : column) * this.cellWidth;
  }

  y(row) {
    return this.top + row * this.cellHeight;
  }

  /** Half-open ranges of the rows and columns in sight. */
  visible(box) {
    const count = this.view.data.rows.length;
    const first = clamp(Math.floor(box.left / this.cellWidth) - 1, 0, this.count);
    const last = clamp(Math.ceil((box.left + box.width - this.left) / this.cellWidth), 0, this.count);
    const top = clamp(Math.floor(box.top / this.cellHeight), 0, count);
    const bottom = clamp(Math.ceil((box.top + box.height - this.top) / this.cellHeight), 0, count);
    return { rows: [top, bottom], columns: this.rtl ? [this.count - last, this.count - first] : [first, last] };
  }

  draw(svg, box) {
    const seen = this.visible(box);
    const part = (x, y, width, height, kind) => {
      const [w, h] = [Math.max(1, width), Math.max(1, height)];
      const made = shape(svg, "svg", { x, y, width: w, height: h, class: kind });
      made.setAttribute("viewBox", `${x + box.left} ${y + box.top} ${w} ${h}`); // in coordinates of the sheet
      return made;
    };
    const { left, top } = this;
    this.drawCells(part(left - 3, top - 3, box.width - left + 3, box.height - top + 3, "cells"), seen);
    const above = part(left - 3, 0, box.width - left + 3, top - 1, "above");
    this.drawColumns(above, seen.columns, box.top);
    const beside = part(0, top - 1, left - 3, box.height - top + 1, "beside");
    this.drawRows(beside, seen.rows, box.left);
  }

  drawCells(parent, { rows, columns }) {
    const { view, cellWidth, cellHeight } = this;
    const rx = Math.min(4, cellWidth / 8);
    const numbers = cellWidth >= 30;
    const size = { width: cellWidth - 2 * GAP, height: cellHeight - 2 * GAP, rx };
    for (let t = rows[0]; t < rows[1]; t++) {
      for (let s = columns[0]; s < columns[1]; s++) {
        const weight = view.data.weights[t][s];
        const [x, y] = [this.x(s), this.y(t)];
        shape(parent, "rect", { x: x + GAP, y: y + GAP, ...size, fill: view.color(weight) });
        if (!numbers || weight < 0.005) continue;
        const kind = weight < 0.05 ? "number faint" : "number";
        const fill = view.colors.ink(view.strength(weight));
        const text = weight >= 0.995 ? "1" : weight.toFixed(2).slice(1);
        shape(parent, "text", { x: x + cellWidth / 2, y: y + cellHeight / 2, fill, class: kind }, text);
      }
    }
    for (const { kind, row, column } of view.state.gold ? view.data.blocks : []) {
      if (row[1] < rows[0] || row[0] >= rows[1] || column[1] < columns[0] || column[0] >= columns[1]) continue;
      const outline = {
        x: Math.min(this.x(column[0]), this.x(column[1])) + GAP,
        y: this.y(row[0]) + GAP,
        width: (column[1] - column[0] + 1) * cellWidth - 2 * GAP,
        height: (row[1] - row[0] + 1) * cellHeight - 2 * GAP,
        rx,
      };
      shape(parent, "rect", { ...outline, class: "halo" });
      shape(parent, "rect", { ...outline, class: kind });
    }
  }

  drawColumns(parent, [from, to], scrolled) {
    const { columns, columnRuns } = this.view.data;
    for (let s = from; s < to; s++) {
      const [x, y] = [this.x(s) + this.cellWidth / 2, this.top - 15 + scrolled];
      const kind = columns[s].kind ? "label eos" : "label";
      const text = isolate(this.ruler.cut(columns[s].label, this.flat ? this.cellWidth - 4 : this.slanted));
      if (this.flat) shape(parent, "text", { x, y, class: `${kind} centre` }, text);
      else shape(parent, "text", { transform: `translate(${x + 2} ${y}) rotate(-55)`, class: kind }, text);
    }
    for (const [first, last] of columnRuns) {
      if (last < from || first >= to) continue;
      const [a, b] = [this.x(first), this.x(last)].sort((p, q) => p - q);
      const y = this.top - 4 + scrolled;
      shape(parent, "path", { d: `M${a + 4} ${y - 3}v3H${b + this.cellWidth - 4}v-3`, class: "run" });
    }
  }

  drawRows(parent, [from, to], scrolled) {
    const { rows, rowRuns } = this.view.data;
    for (let t = from; t < to; t++) {
      const y = this.y(t) + this.cellHeight / 2;
      const kind = rows[t].kind ? "label eos end" : "label end";
      shape(parent, "text", { x: this.side + scrolled, y, class: kind }, isolate(this.ruler.cut(rows[t].label, this.side)));
      if (rows[t].log_prob === undefined) continue;
      const whole = this.cellHeight - 10;
      const filled = whole * Math.exp(logProb(rows[t]));
      const meter = { x: this.left - 10 + scrolled, width: 4, rx: 2 };
      shape(parent, "rect", { ...meter, y: y - whole / 2, height: whole, class: "meter-back" });
      shape(parent, "rect", { ...meter, y: y + whole / 2 - filled, height: filled, class: "meter-part" });
    }
    for (const [first, last] of rowRuns) {
      if (last < from || first >= to) continue;
      const x = this.side + 4 + scrolled;
      shape(parent, "path", { d: `M${x} ${this.y(first) + 6}h3V${this.y(last) + this.cellHeight - 6}h-3`, class: "run" });
    }
  }

  /** Bands behind the labels of a place, and a ring round its cell, or round its whole row or column. */
  mark(parent, at, box) {
    if (!at) return;
    const { cellWidth: width, cellHeight: height, left, top } = this;
    const sheet = { right: this.left + this.count * width - box.left, bottom: this.height - 4 - box.top };
    const [right, bottom] = [Math.min(sheet.right, box.width), Math.min(sheet.bottom, box.height)];
    const x = at.column === null ? null : this.x(at.column) - box.left;
    const y = at.row === null ? null : this.y(at.row) - box.top;
    const [inX, inY] = [x !== null && x > left - width / 2, y !== null && y > top - height / 2];
    const head = this.flat ? 6 : top - 13;
    if (inY) shape(parent, "rect", { x: 0, y: y + 1, width: left - 3, height: height - 2, rx: 4, class: "band" });
    if (inX) shape(parent, "rect", { x: x + 1, y: head, width: width - 2, height: top - 3 - head, rx: 4, class: "band" });
    if (inX && inY) shape(parent, "rect", { x, y, width, height, rx: 5, class: "ring" });
    else if (inY && x === null) shape(parent, "rect", { x: left, y, width: right - left, height, rx: 5, class: "ring" });
    else if (inX && y === null) shape(parent, "rect", { x, y: top, width, height: bottom - top, rx: 5, class: "ring" });
  }

  /** The cell under a point of the window; a label gives a whole row or column. */
  place(x, y, box) {
    const order = Math.floor((x + box.left - this.left) / this.cellWidth);
    const found = {
      row: y < this.top ? null : Math.floor((y + box.top - this.top) / this.cellHeight),
      column: x < this.left ? null : this.rtl ? this.count - 1 - order : order,
    };
    const outside = (index, count) => index !== null && (index < 0 || index >= count);
    const nowhere = found.row === null && found.column === null;
    if (nowhere || outside(found.row, this.view.data.rows.length) || outside(found.column, this.count)) return null;
    return found;
  }

  /** Where a key leads when no place is chosen: arrows to the beginning. */
  first(key, far) {
    const start = { row: 0, column: this.view.best(0) };
    return key.startsWith("Arrow") ? start : this.move(start, key, far);
  }

  /** Where a key leads from a place, or null. */
  move(from, key, far) {
    if (!KEYS.includes(key)) return null;
    const row = from.row ?? 0;
    const column = from.column ?? this.view.best(row);
    const ahead = this.rtl ? -1 : 1;
    if (key === "ArrowDown") return { row: row + 1, column };
    if (key === "ArrowUp") return { row: row - 1, column };
    if (key === "ArrowRight") return { row, column: column + ahead };
    if (key === "ArrowLeft") return { row, column: column - ahead };
    if (key === "PageDown") return { row: row + 10, column };
    if (key === "PageUp") return { row: row - 10, column };
    if (key === "Home") return { row: far ? 0 : row, column: 0 };
    if (key === "End") return { row: far ? this.view.data.rows.length - 1 : row, column: this.count - 1 };
    return { row, column: this.view.best(row) }; // Enter: the heaviest of the row
  }

  reveal({ row, column }, scroller) {
    const { clientWidth, clientHeight } = scroller;
    if (row !== null) {
      const y = this.y(row);
      scroller.scrollTop = clamp(scroller.scrollTop, y + this.cellHeight + 4 - clientHeight, y - this.top);
    }
    if (column !== null) {
      const x = this.x(column);
      scroller.scrollLeft = clamp(scroller.scrollLeft, x + this.cellWidth + 4 - clientWidth, x - this.left);
    }
  }
}

// What an Alignment JSON (docs/alignment.md) says, made ready to draw. The twin of parts of alignment.py.

/** The text as a person is shown it; the twin of Token.label in alignment.py. */
export function label(token) {
  if (token.kind === "eos") return "⟨end⟩";
  if (token.kind === "start") return token.text ? "⟨start⟩" : "∅";
  const text = token.text.replace(/▁/g, " ").replace(/^ +| +$/g, "") || (token.text ? "␣" : "∅");
  return text
    .replace(/[\u0000-\u001f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replace(/[\u007f-\u009f]/g, "\ufffd")
    .replace(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g, "");
}

/** Whether a text reads from right to left: its first letter decides. */
export function rightToLeft(text) {
  const letter = /\p{L}/u.exec(text);
  return letter !== null && /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u.test(letter[0]);
}

export function checked(json) {
  const fine = json && json.format === "entarte alignment" && json.version === 1;
  if (!fine) throw new Error("This is not an alignment of version 1.");
  return json;
}

/** The tokens of one side joined into words: tokens, and for each word its [token, part] pairs. */
function join(side) {
  const characters = Array.from(side.text); // spans count code points
  const members = new Map();
  side.tokens.forEach((token, index) => {
    const numbers = token.words.length ? token.words : [-1 - index];
    for (const number of numbers) {
      if (!members.has(number)) members.set(number, []);
      members.get(number).push([index, 1 / numbers.length]);
    }
  });
  const spans = [];
  for (let i = 0; i < characters.length; i++) {
    if (characters[i] === " ") continue;
    const start = i;
    while (i + 1 < characters.length && characters[i + 1] !== " ") i++;
    spans.push([start, i + 1]);
  }
  const tokens = [...members].map(([number, pieces]) => {
    if (number < 0) return side.tokens[pieces[0][0]];
    const known = pieces.every(([index]) => side.tokens[index].log_prob !== undefined);
    const sum = () => pieces.reduce((total, [index, part]) => total + part * logProb(side.tokens[index]), 0);
    const text = characters.slice(...spans[number]).join("");
    return { text, words: [number], ...(known ? { log_prob: sum() } : {}) };
  });
  return { tokens, members: [...members.values()] };
}

export const logProb = (token) => (token.log_prob === "-inf" ? -Infinity : token.log_prob);

/** The same over words: the sum over a source word's pieces, the mean over a target word's. */
export function overWords(json, weights) {
  const [source, target] = [join(json.source), join(json.target)];
  const rows = target.members.map((pieces) => {
    const whole = pieces.reduce((total, [, part]) => total + part, 0);
    return source.members.map((columns) => {
      let sum = 0;
      for (const [t, share] of pieces) for (const [s, part] of columns) sum += (share / whole) * part * weights[t][s];
      return sum;
    });
  });
  return { rows: target.tokens, columns: source.tokens, weights: rows };
}

/** The names of heads; where they are "layer.head", as "2.1", those of layers and of the heads of a layer. */
export function headNames(json) {
  const names = json.heads.map((one) => one.name);
  const parts = names.map((name) => /^(\d+)\.(\d+)$/.exec(name));
  if (!parts.every(Boolean)) return { layers: null, heads: names };
  const [layers, heads] = [1, 2].map((n) => [...new Set(parts.map((part) => part[n]))].sort((a, b) => a - b));
  return { layers, heads };
}

/** The weights of a choice of layer and head, each a number from 1 or 0 for all; the mean where several are. Of
 * layers none chosen is what stands for the alignment. */
export function chosenWeights(json, layer, head) {
  if (!json.heads || !(layer || head)) return json.weights;
  const { layers, heads } = headNames(json);
  if (!layers) return json.heads[head - 1].weights;
  const fits = (name) => name.startsWith(`${layers[layer - 1]}.`) && (!head || name.endsWith(`.${heads[head - 1]}`));
  const chosen = json.heads.filter(({ name }) => fits(name)).map((one) => one.weights);
  return chosen[0].map((row, t) => row.map((_, s) => chosen.reduce((sum, one) => sum + one[t][s], 0) / chosen.length));
}

/** What is drawn: tokens with labels, weights, words made of several tokens, gold links as blocks of cells. */
export function prepare(json, level, weights) {
  const plain = { rows: json.target.tokens, columns: json.source.tokens, weights };
  const { rows, columns, ...rest } = level === "words" && json.level === "pieces" ? overWords(json, weights) : plain;
  const places = (tokens) => {
    const of = new Map();
    tokens.forEach((token, index) => token.words.forEach((n) => of.set(n, [...(of.get(n) || []), index])));
    return of;
  };
  const [at, from] = [places(rows), places(columns)];
  const runs = (of) => [...of.values()].filter((run) => run.length > 1).map((run) => [run[0], run[run.length - 1]]);
  const blocks = [];
  for (const kind of ["possible", "gold"]) {
    for (const [i, j] of json[kind] || []) {
      if (!at.has(j) || !from.has(i)) continue;
      const [r, c] = [at.get(j), from.get(i)];
      blocks.push({ kind, row: [r[0], r[r.length - 1]], column: [c[0], c[c.length - 1]] });
    }
  }
  const named = (tokens) => tokens.map((token) => ({ ...token, label: label(token) }));
  return { rows: named(rows), columns: named(columns), rowRuns: runs(at), columnRuns: runs(from), blocks, ...rest };
}

"""Which source tokens each target token looked at: the one thing that plots, cards and the web read.

    rows     T target tokens, in the order they were written
    columns  S source tokens; the last is usually the end-of-sequence slot, kind "eos"
    weights  (T, S), how much row t looked at column s; a row sums to 1
    heads    (H, T, S) or None, the same for each head; `weights` is then what stands for all of them

Links are pairs (source, target), as in the Pharaoh format `i-j`.

>>> from entarte.span import words
>>> source, target = "he hit me with a pie", "il m'a entarté"
>>> weights = [[.9, 0, .1, 0, 0, 0], [.1, .1, .8, 0, 0, 0], [0, .4, .05, .1, .05, .4]]
>>> alignment = Alignment.of(source, words(source), target, words(target), weights)
>>> alignment.pharaoh()
'0-0 1-2 2-1'
>>> alignment.pharaoh(threshold=0.3)
'0-0 1-2 2-1 5-2'
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from entarte import form
from entarte.errors import DamagedError, InputError
from entarte.form import Links, Note
from entarte.token import Spanned, Token, join, tokens_of, word_numbers

__all__ = ["Alignment", "Links", "Note", "Spanned", "Token", "read", "word_numbers"]


@dataclass(frozen=True, eq=False)
class Alignment:
    """Where each target token looked; see the head of this file for shapes.

    source, target  the texts that the spans refer to
    level           "pieces" as the model reads them, or whitespace "words"
    head_names      a name for each of the H heads
    gold            word links (source word, target word) known to be right; None where none are known
    possible        word links that are right too but not required (the P links of hand-made gold)
    notes           where it comes from: model, search, score …, plain values only

    Raises ValueError when shapes, spans or numbers do not fit together.
    """

    rows: tuple[Token, ...]
    columns: tuple[Token, ...]
    weights: NDArray[np.float64]
    source: str
    target: str
    level: Literal["pieces", "words"] = "pieces"
    heads: NDArray[np.float64] | None = None
    head_names: tuple[str, ...] = ()
    gold: Links | None = None
    possible: Links | None = None
    notes: Mapping[str, Note] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = (len(self.rows), len(self.columns))
        object.__setattr__(self, "weights", _weights("weights", self.weights, shape))
        if self.heads is not None:
            count = len(self.heads)
            object.__setattr__(self, "heads", _weights("heads", self.heads, (count, *shape)))
            names = self.head_names or tuple(str(number) for number in range(1, count + 1))
            object.__setattr__(self, "head_names", names)
        heads = 0 if self.heads is None else len(self.heads)
        if len(self.head_names) != heads:
            raise ValueError(f"{len(self.head_names)} names for {heads} heads")
        for side, text, tokens in (("target", self.target, self.rows), ("source", self.source, self.columns)):
            for number, token in enumerate(tokens):
                if not 0 <= token.start <= token.end <= len(text):
                    raise ValueError(
                        f"{side} token {number} covers characters {token.start} to {token.end} of {len(text)}"
                    )

    @classmethod
    def of(
        cls,
        source: str,
        source_pieces: Sequence[Spanned],
        target: str,
        target_pieces: Sequence[Spanned],
        weights: ArrayLike,
        *,
        log_probs: Sequence[float] | None = None,
        p_gen: Sequence[float] | None = None,
        heads: ArrayLike | None = None,
        **rest: Any,
    ) -> Alignment:
        """From texts, their pieces and weights as a model gives them.

        One column (row) more than there are source (target) pieces is the end-of-sequence slot.
        """
        table: NDArray[np.float64] = np.asarray(weights, dtype=np.float64)
        shape = table.shape if table.ndim == 2 else (len(target_pieces), len(source_pieces))
        rows = tokens_of(target, target_pieces, shape[0], log_probs, p_gen)
        columns = tokens_of(source, source_pieces, shape[1], None)
        each = None if heads is None else np.asarray(heads, dtype=np.float64)
        return cls(rows, columns, table, source, target, heads=each, **rest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alignment) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    # -- other views of the same -------------------------------------------------------------------

    def words(self) -> Alignment:
        """The same over whitespace words: the SUM over a source word's pieces, the MEAN over a target word's.

        So rows still sum to what they summed to. The EOS row and column stay as they are. A piece that
        covers several words (some tokenizers cross spaces) gives each an equal part. A word's log_prob
        is the sum over its pieces, its p_gen their mean. Words that no piece covers are left out.
        """
        if self.level == "words":
            return self
        rows, mix = join(self.target, self.rows)
        columns, share = join(self.source, self.columns)
        mean = mix / np.maximum(mix.sum(1, keepdims=True), 1e-300)  # (Tw, T), each row sums to 1
        total = share.T  # (S, Sw), each piece's parts sum to 1
        heads = None if self.heads is None else mean @ self.heads @ total
        return replace(
            self, rows=rows, columns=columns, weights=mean @ self.weights @ total, heads=heads, level="words"
        )

    def head(self, number: int) -> Alignment:
        """The weights of one head (from 0) alone."""
        if self.heads is None or not 0 <= number < len(self.heads):
            count = 0 if self.heads is None else len(self.heads)
            raise InputError(
                f"there is no head {number}", advice=f"This alignment has {count}, counted from 0."
            )
        notes = {**self.notes, "head": self.head_names[number]}
        return replace(self, weights=self.heads[number], heads=None, head_names=(), notes=notes)

    def named(self, name: str) -> Alignment:
        """The weights of the head of that name; of a layer, as "2" of heads 2.1 and 2.2, the mean.

        Raises InputError where there is none.
        """
        chosen = [n for n, own in enumerate(self.head_names) if own == name]
        chosen = chosen or [n for n, own in enumerate(self.head_names) if own.startswith(f"{name}.")]
        if self.heads is None or not chosen:
            raise InputError(
                f"there is no head '{name}'",
                advice=f"This alignment has {', '.join(self.head_names)}."
                if self.head_names
                else "It has one.",
            )
        notes = {**self.notes, "head": name}
        return replace(self, weights=self.heads[chosen].mean(0), heads=None, head_names=(), notes=notes)

    def shifted(self) -> Alignment:
        """Each target token with the row of the token after it: where the decoder looked once it had read
        the token (SHIFT-ATT; Chen et al. 2020, "Accurate Word Alignment Induction from Neural Machine
        Translation"). The last row, that of EOS, becomes zeros."""
        return replace(
            self,
            weights=_next_rows(self.weights),
            heads=None if self.heads is None else _next_rows(self.heads),
        )

    # -- what follows from the weights -------------------------------------------------------------

    def links(self, threshold: float | None = None, skip_eos: bool = True) -> Links:
        """Pairs (column, row): for each row its heaviest column (the first of equals), or with a
        threshold in (0, 1] every pair that weighs at least that much.

        skip_eos: EOS and the start take no part, so a row that looks mostly at EOS is linked to its heaviest
        other column. With False its row and column are treated like any other. Rows of zeros give no link.
        """
        if threshold is not None and not 0 < threshold <= 1:
            raise InputError(f"{threshold} is not in (0, 1]", setting="threshold")
        table = self.weights.copy()
        if skip_eos:
            table[[token.kind != "text" for token in self.rows], :] = 0
            table[:, [token.kind != "text" for token in self.columns]] = 0
        if table.size == 0:
            return frozenset()
        if threshold is not None:
            return frozenset((int(s), int(t)) for t, s in np.argwhere(table >= threshold))
        return frozenset((int(s), t) for t, s in enumerate(table.argmax(1)) if table[t, s] > 0)

    def word_links(self, threshold: float | None = None) -> Links:
        """Links between whitespace words, as (source word, target word) numbers, EOS left out."""
        whole = self.words()
        source, target = word_numbers(self.source, whole.columns), word_numbers(self.target, whole.rows)
        return frozenset((i, j) for s, t in whole.links(threshold) for i in source[s] for j in target[t])

    def pharaoh(self, threshold: float | None = None) -> str:
        """The word links as a Pharaoh line: 0-based `source-target`, in order, EOS left out."""
        return " ".join(f"{i}-{j}" for i, j in sorted(self.word_links(threshold)))

    def entropy(self) -> NDArray[np.float64]:
        """(T,) entropy of each row in nats: 0 for a look at one place, ln S for a look everywhere alike."""
        logs = np.log(self.weights, where=self.weights > 0, out=np.zeros_like(self.weights))
        return np.asarray(-(self.weights * logs).sum(-1) + 0.0)

    # -- JSON --------------------------------------------------------------------------------------

    def to_dict(self, digits: int | None = None) -> dict[str, Any]:
        """Plain data as `docs/alignment.md` describes it; weights rounded to `digits` decimals if given."""
        return form.plain(self, digits)

    def to_json(self, digits: int | None = None) -> str:
        """One line of JSON; see `to_dict`."""
        return json.dumps(self.to_dict(digits), ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    @classmethod
    def from_dict(cls, plain: Any, *, file: str | Path | None = None) -> Alignment:
        """What `to_dict` gave. Raises InputError if it is something else, DamagedError if it was altered."""
        if not isinstance(plain, dict) or plain.get("format") != form.FORMAT:
            raise InputError(
                f'this is not an alignment: it does not say "format": "{form.FORMAT}"', file=file
            )
        if plain.get("version") != form.VERSION:
            raise DamagedError(
                f"this alignment has version {plain.get('version')}, "
                f"and version {form.VERSION} is understood",
                file=file,
                advice="Read it with the release of Entarté that wrote it, or a later one.",
            )
        try:
            return cls(**form.fields(plain))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise DamagedError(f"this alignment is damaged: {what}", file=file) from None

    @classmethod
    def from_json(cls, text: str, *, file: str | Path | None = None) -> Alignment:
        """What `to_json` gave; errors as in `from_dict`, DamagedError if the text is cut short."""
        try:
            plain = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DamagedError(f"this is not JSON, or was cut short: {error}", file=file) from None
        return cls.from_dict(plain, file=file)

    # -- pictures ----------------------------------------------------------------------------------

    def show(self) -> None:
        """Print the heat map in the terminal."""
        from entarte.plot.terminal import show

        show(self)

    def save(self, path: str | Path) -> Path:
        """Write a picture or the data; the ending says which: .png .svg .pdf .html .json .txt."""
        from entarte.plot import save

        return save(self, path)

    def _repr_html_(self) -> str:
        from entarte.plot.html import frame

        return frame(self)


def read(path: str | Path) -> Alignment:
    """Read an alignment's JSON file. Raises InputError if there is none, and as `from_json`."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DamagedError(
            f"this is not UTF-8 text: {error.reason} at byte {error.start}", file=path
        ) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None
    return Alignment.from_json(text, file=path)


def _weights(name: str, values: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """A read-only copy of the right shape, or ValueError."""
    table = np.array(values, dtype=np.float64)
    if table.size == 0 and math.prod(shape) == 0:
        table = table.reshape(shape)
    if table.shape != shape:
        raise ValueError(f"{name} have shape {table.shape}; the tokens ask for {shape}")
    if table.size and not (table.min() >= 0 and table.max() <= 1.001):  # NaN fails both
        bad = np.argwhere(~((table >= 0) & (table <= 1.001)))[0]
        raise ValueError(f"{name}{bad.tolist()} is {table[tuple(bad)]}, and a weight lies in 0 to 1")
    table.setflags(write=False)
    return table


def _next_rows(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """(…, T, S) with row t + 1 in place of row t, and zeros in the last."""
    last = np.zeros_like(table[..., :1, :])
    return np.concatenate([table[..., 1:, :], last], axis=-2)

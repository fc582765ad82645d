"""An alignment as plain data, to be written as JSON, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from entarte.token import only_keys, plain_token, read_side, word_numbers

if TYPE_CHECKING:
    from entarte.alignment import Alignment

FORMAT, VERSION = "entarte alignment", 1
Links = frozenset[tuple[int, int]]
Note = str | int | float | bool | None


def plain(alignment: Alignment, digits: int | None) -> dict[str, Any]:
    """Plain data as `docs/alignment.md` describes it; weights rounded to `digits` decimals if given."""
    found: dict[str, Any] = {"format": FORMAT, "version": VERSION, "level": alignment.level}
    for side, text, tokens in (
        ("source", alignment.source, alignment.columns),
        ("target", alignment.target, alignment.rows),
    ):
        numbers = word_numbers(text, tokens)
        found[side] = {"text": text, "tokens": [plain_token(t, n) for t, n in zip(tokens, numbers)]}
    found["weights"] = _round(alignment.weights, digits)
    if alignment.heads is not None:
        found["heads"] = [
            {"name": name, "weights": _round(head, digits)}
            for name, head in zip(alignment.head_names, alignment.heads)
        ]
    for name, links in (("gold", alignment.gold), ("possible", alignment.possible)):
        if links is not None:
            found[name] = sorted([i, j] for i, j in links)
    found["notes"] = dict(alignment.notes)
    return found


def _round(table: NDArray[np.float64], digits: int | None) -> Any:
    return (table if digits is None else np.round(table, digits)).tolist()


def fields(plain: dict[str, Any]) -> dict[str, Any]:
    """What an Alignment is made of, once format and version are known.

    Raises ValueError, TypeError or KeyError, which say what is wrong.
    """
    only_keys("the alignment", plain, "format version level source target weights heads gold possible notes")
    if plain["level"] not in ("pieces", "words"):
        raise ValueError(f"level is {plain['level']!r}, not 'pieces' or 'words'")
    heads = plain.get("heads")
    notes = plain.get("notes", {})
    if not isinstance(notes, dict) or not all(isinstance(value, Note) for value in notes.values()):
        raise ValueError("notes must be an object of plain values")
    return {
        "rows": read_side("target", plain["target"]),
        "columns": read_side("source", plain["source"]),
        "weights": _table("weights", plain["weights"]),
        "source": plain["source"]["text"],
        "target": plain["target"]["text"],
        "level": plain["level"],
        "heads": None if heads is None else np.array([_table("heads", head["weights"]) for head in heads]),
        "head_names": () if heads is None else tuple(str(head["name"]) for head in heads),
        "gold": _read_links("gold", plain.get("gold")),
        "possible": _read_links("possible", plain.get("possible")),
        "notes": notes,
    }


def _table(name: str, plain: Any) -> NDArray[np.float64]:
    if not isinstance(plain, list) or not all(isinstance(row, list) for row in plain):
        raise ValueError(f"{name} must be a list of rows")
    if any(type(value) not in (int, float) for row in plain for value in row):
        raise ValueError(f"{name} must hold numbers only")
    return np.array(plain, dtype=np.float64).reshape(len(plain), -1 if plain and plain[0] else 0)


def _read_links(name: str, plain: Any) -> Links | None:
    if plain is None:
        return None
    fine = isinstance(plain, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(type(i) is int and i >= 0 for i in pair)
        for pair in plain
    )
    if not fine:
        raise ValueError(f"{name} must be a list of pairs of numbers from 0")
    return frozenset((i, j) for i, j in plain)

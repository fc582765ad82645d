"""Pairs as JSON objects, one on each line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from entarte.errors import InputError, did_you_mean
from entarte.example import Example
from entarte.reader.files import read_lines
from entarte.reader.notes import Notes
from entarte.reader.tags import tagged

KINDS = {
    dict: "an object", list: "a list", bool: "true or false", int: "a number", float: "a number",
    type(None): "null", str: "text",
}  # fmt: skip


def jsonl(
    paths: Sequence[str], source: str, target: str, notes: Notes, *, features: str = ""
) -> Iterator[Example]:
    """``source`` and ``target``: keys; a dot goes into an object (``translation.en``). ``features``: the key
    of a text or a list of them, which follow the source as tags (see ``tags``).

    By default ``source`` and ``target``. A number after a dot picks from a list (``summaries.0``); a list of
    texts, as of sentences, is read as one text. Line ends in a text become spaces, and that is noted.

    Raises InputError, with file and line, for what is no JSON object, a key that is not there, and a value
    that is not text.
    """
    if len(paths) != 1:
        raise InputError(
            f"a JSONL file holds both sides; {len(paths)} files are named", setting="data.format"
        )
    path = paths[0]
    for number, line in enumerate(read_lines(path, notes), start=1):
        if not line.strip():
            raise InputError("the line is empty; each line must hold a pair", file=path, line=number)
        try:
            record = json.loads(line)
        except json.JSONDecodeError as fault:
            raise InputError(
                f"not JSON: {fault.msg} at character {fault.pos + 1}", file=path, line=number
            ) from None
        except (ValueError, RecursionError) as fault:
            raise InputError(f"JSON that cannot be read: {fault}", file=path, line=number) from None
        if not isinstance(record, dict):
            raise InputError(
                f"{KINDS[type(record)]}, where an object is needed",
                file=path,
                line=number,
                advice='For example: {"source": "…", "target": "…"}',
            )
        sides = (_text(record, key, path, number, notes) for key in (source or "source", target or "target"))
        text, said = next(sides), next(sides)
        if features:
            text = tagged(text, _text(record, features, path, number, notes), path, number)
        yield Example(text, said, file=path, number=number)


def _text(record: dict[str, Any], key: str, path: str, number: int, notes: Notes) -> str:
    """The text under a key; a key with dots in it is found as it is first."""
    value: Any = record
    steps = [key] if key in record else key.split(".")
    for step in steps:
        if isinstance(value, list) and step.isdecimal():
            if int(step) >= len(value):
                raise InputError(
                    f"there is no item {step} of '{key}': the list has {len(value)}, counted from 0",
                    file=path,
                    line=number,
                )
            value = value[int(step)]
            continue
        if not isinstance(value, dict):
            raise InputError(
                f"'{step}' of '{key}' is looked for in {KINDS[type(value)]}", file=path, line=number
            )
        if step not in value:
            raise InputError(
                f"there is no key '{step}'" + (f" of '{key}'" if step != key else ""),
                file=path,
                line=number,
                advice=did_you_mean(step, value) if value else "The object is empty.",
            )
        value = value[step]
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        value = " ".join(value)
    if not isinstance(value, str):
        raise InputError(
            f"the value of '{key}' is {KINDS[type(value)]}, where text is needed", file=path, line=number
        )
    if "\n" in value:
        notes.add(path, f"line ends in '{key}', read as spaces", number)
        value = " ".join(value.split("\n"))
    if "\0" in value:
        raise InputError(f"the value of '{key}' holds a NUL character", file=path, line=number)
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise InputError(f"the value of '{key}' holds half of a surrogate pair", file=path, line=number)
    return str(value)

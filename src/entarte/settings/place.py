"""Where a setting was written, so that a message can point at it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from entarte.errors import InputError

HEADER = re.compile(r"^\s*\[\s*([\w.-]+)\s*\]")
KEY = re.compile(r"^\s*[\"']?([\w.-]+)[\"']?\s*=")


def lines_of(text: str) -> dict[str, int]:
    """Section or section.key → the line that writes it, from 1.

    >>> lines_of("# mine\\n[train]\\nrate = 1\\n")
    {'train': 2, 'train.rate': 3}
    """
    found: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if header := HEADER.match(line):
            section = header[1]
            found.setdefault(section, number)
        elif key := KEY.match(line):
            found.setdefault(f"{section}.{key[1]}" if section else key[1], number)
    return found


@dataclass(frozen=True)
class Given:
    """The text of a value given on the command line; its type is known once its field is."""

    text: str


@dataclass(frozen=True)
class Places:
    """A settings file, as text, and what was said on the command line beside it."""

    file: str | None = None
    text: str = ""
    overridden: set[str] = field(default_factory=set)

    def error(self, name: str, message: str, advice: str | None = None) -> InputError:
        """An InputError about `section.key` (or `section`), with file and line where it was written."""
        lines = lines_of(self.text)
        line = None if name in self.overridden else lines.get(name, lines.get(name.split(".")[0]))
        return InputError(
            message, file=self.file if line else None, line=line, setting=name or None, advice=advice
        )


def read_toml(path: Path) -> tuple[dict[str, Any], Places]:
    """A settings file as nested tables, and its places.

    Raises InputError for a file that cannot be read, is not UTF-8, or is not TOML.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"byte {error.start} is not UTF-8", file=path, line=line) from error
    return parse_toml(text, str(path))


def parse_toml(text: str, file: str) -> tuple[dict[str, Any], Places]:
    """As `read_toml`, from text; `file` is the name for messages."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        message = str(error)[: at.start()] if at else str(error)
        raise InputError(f"is not TOML: {message}", file=file, line=int(at[1]) if at else None) from error
    return tables, Places(file, text)


def override(
    tables: Mapping[str, Any], places: Places, words: tuple[str, ...], lasting: Mapping[str, Collection[str]]
) -> dict[str, Any]:
    """The tables with `section.key=value` words laid over them.

    Naming another `kind` drops from its section what was set for the old kind; the section's own settings,
    those that `lasting` names for it, stay.
    """
    merged = {name: dict(table) if isinstance(table, dict) else table for name, table in tables.items()}
    split = []
    for word in words:
        name, equals, value = word.partition("=")
        section, dot, key = name.strip().partition(".")
        if not (equals and dot and section and key):
            raise InputError(
                f"expected section.key=value, not '{word}'", advice="For example: train.rate=0.001"
            )
        split.append((section, key, value.strip()))
    # Kinds first, so that the order of the words does not matter.
    for section, key, value in sorted(split, key=lambda item: item[1] != "kind"):
        table = merged.setdefault(section, {})
        if not isinstance(table, dict):
            raise places.error(section, "is a section, not a value", f"Write it as [{section}].")
        if key == "kind" and table.get("kind") != value:
            for old in table.keys() - set(lasting.get(section, ())):
                del table[old]
        table[key] = Given(value)
        places.overridden.add(f"{section}.{key}")
    return merged

"""The settings of the checks: `checks.toml` in the model's folder, with words like `omission.threshold=0.8`
laid over it. A section is a check; its keys are the keyword-only arguments of the check's constructor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import tomli_w

from entarte.check import CHECKS
from entarte.check.base import Check
from entarte.errors import InputError, did_you_mean
from entarte.generate import Translator
from entarte.run import Run
from entarte.settings import schema
from entarte.settings.place import Places, override, parse_toml
from entarte.settings.say import check as checked

NAME = "checks.toml"


def of_model(translator: Translator, words: Sequence[str] = (), only: Iterable[str] = ()) -> list[Check]:
    """The checks as fitted to a model, or with their defaults where none were fitted."""
    folder = translator.folder
    path = None if folder is None else folder / NAME
    if path is None or not path.exists():
        return create({}, Places(), words, only)
    tables, places = parse_toml(path.read_text(encoding="utf-8"), str(path))
    return create(tables, places, words, only)


def create(
    tables: Mapping[str, Any], places: Places, words: Sequence[str] = (), only: Iterable[str] = ()
) -> list[Check]:
    """Checks from nested tables; those named in `only`, else all.

    Raises InputError for an unknown check or setting, with file and line, and for a value out of range.
    """
    tables = override(tables, places, tuple(words), {})
    wanted = list(only) or list(CHECKS)
    for name in wanted:
        known(name)
    for name, table in tables.items():
        known(name, places)
        if not isinstance(table, dict):
            raise places.error(name, "is a section, not a value", f"Write it as [{name}].")
    made = []
    for name in CHECKS:
        if name in wanted:
            options = checked(schema(CHECKS[name]), name, tables.get(name, {}), places, f"check '{name}'")
            settings = options.model_dump()
            check = CHECKS[name](**settings)
            check.settings = settings
            made.append(check)
    return made


def known(name: str, places: Places | None = None) -> None:
    """InputError unless there is such a check."""
    if name not in CHECKS:
        advice = did_you_mean(name, CHECKS)
        raise (places or Places()).error(name if places else "", f"there is no check '{name}'", advice)


def dump(settings: Mapping[str, Mapping[str, float]]) -> str:
    """Settings as TOML, which `of_model` reads."""
    return tomli_w.dumps({name: dict(table) for name, table in settings.items()})


def named(text: str) -> list[str]:
    """Names of checks separated by commas; `all` is every one."""
    wanted = [name.strip() for name in text.split(",") if name.strip()]
    if not wanted:
        raise InputError("no check is named", advice=did_you_mean("", CHECKS))
    if wanted == ["all"]:
        return list(CHECKS)
    for name in wanted:
        known(name)
    return wanted


def settings_of(translator: Translator) -> dict[str, dict[str, Any]]:
    """All settings of a model's checks, those left at their defaults included."""
    return {check.name: check.settings for check in of_model(translator)}


def write(translator: Translator, text: str) -> Path:
    """Keep the settings of the checks in the model's folder, and in its manifest. Returns the path.

    Raises InputError where the model has no folder, or a training has it open.
    """
    if translator.folder is None:
        raise InputError("the model was not loaded from a folder, so its checks cannot be kept")
    with Run.open(translator.folder, write=True) as run:
        run.put(NAME, text.encode())
    return translator.folder / NAME

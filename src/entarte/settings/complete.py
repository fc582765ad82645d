"""Settings from a recipe or a TOML file plus overrides, and back to TOML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli_w

from entarte.errors import did_you_mean
from entarte.settings.agree import agree
from entarte.settings.families import FAMILIES, SEARCH
from entarte.settings.member import Choice, choose
from entarte.settings.place import Places, override, parse_toml, read_toml
from entarte.settings.say import check
from entarte.settings.sections import Data, Generate, Loss, Section, Text, Train, Wiring
from entarte.settings.shipped import find

if TYPE_CHECKING:
    from entarte.task import Task

SECTIONS: dict[str, type[Section]] = {
    "data": Data,
    "text": Text,
    "model": Wiring,
    "loss": Loss,
    "train": Train,
    "generate": Generate,
}
ORDER = (
    "task",
    "data",
    "source",
    "text",
    "front",
    "source_front",
    "encoder",
    "attention",
    "window",
    "decoder",
    "readout",
    "model",
    "loss",
    "train",
)


@dataclass(frozen=True)
class Settings:
    """Everything a person may choose, checked and complete. Sections in the order of the file."""

    task: Choice
    data: Data
    source: Choice
    text: Text
    front: Choice
    source_front: Choice
    encoder: Choice
    attention: Choice
    window: Choice
    decoder: Choice
    readout: Choice
    model: Wiring
    loss: Loss
    train: Train
    generate: Generate
    search: Choice
    """The search of [generate]: its kind and own settings."""

    @property
    def aim(self) -> Task:
        """What the model is for."""
        made: Task = FAMILIES["task"].load()[self.task.kind](**self.task.options)
        return made

    @property
    def files(self) -> bool:
        """Whether a source line names a file."""
        return bool(self.source.kind != "text")


def load(name: str | Path, overrides: Sequence[str] = ()) -> Settings:
    """Settings from a recipe's name or the path of a TOML file, with `section.key=value` laid over.

    Raises InputError, with file and line, for everything that is not understood.
    """
    tables, places = read_toml(find(name))
    return resolve(tables, places, overrides)


def loads(text: str, overrides: Sequence[str] = (), *, file: str = "settings.toml") -> Settings:
    """As `load`, from TOML text; `file` is its name for messages."""
    tables, places = parse_toml(text, file)
    return resolve(tables, places, overrides)


def resolve(tables: Mapping[str, Any], places: Places, overrides: Sequence[str] = ()) -> Settings:
    """Nested tables → Settings: every section checked, every default filled in."""
    lasting = {name: model.model_fields.keys() for name, model in SECTIONS.items()}
    tables = override(tables, places, tuple(overrides), lasting)
    for section, table in tables.items():
        homes = [name for name, model in SECTIONS.items() if section in model.model_fields]
        if homes and not isinstance(table, dict):
            raise places.error(section, "stands outside its section", f"Write it below [{homes[0]}].")
        if section not in SECTIONS and section not in FAMILIES:
            advice = did_you_mean(section, [*SECTIONS, *FAMILIES])
            raise places.error(section, f"there is no section [{section}]", advice)
        if not isinstance(table, dict):
            raise places.error(section, "is a section, not a value", f"Write it as [{section}].")
    parts: dict[str, Any] = {}
    for section, model in SECTIONS.items():
        table = tables.get(section, {})
        if section == "generate":
            common = model.model_fields
            own = {key: value for key, value in table.items() if key not in common}
            table = {key: value for key, value in table.items() if key in common}
            parts["search"] = choose(
                section, SEARCH.load(), SEARCH.default, own, places, name="search", beside=common
            )
        parts[section] = check(model, section, table, places, f"[{section}]")
    for section, family in FAMILIES.items():
        parts[section] = choose(section, family.load(), family.default, tables.get(section, {}), places)
    settings = Settings(**parts)
    agree(settings, places)
    return settings


def tables(settings: Settings) -> dict[str, dict[str, Any]]:
    """Settings as nested tables, complete; None is left out, as TOML has none."""
    result: dict[str, dict[str, Any]] = {}
    for field in fields(settings):
        part = getattr(settings, field.name)
        if isinstance(part, Choice):
            table = {"kind": part.kind, **part.options}
        else:
            table = part.model_dump()
        section = "generate" if field.name == "search" else field.name
        result.setdefault(section, {}).update({k: v for k, v in table.items() if v is not None})
    return result


def dump(settings: Settings) -> str:
    """The resolved settings as TOML; `loads(dump(s)) == s`."""
    return tomli_w.dumps(tables(settings))


def differences(old: Settings, new: Settings) -> list[str]:
    """What was changed, one line a setting: `train.rate: 0.001 → 0.002`."""
    before, after = tables(old), tables(new)
    found = []
    for section in before:
        for key in dict.fromkeys([*before[section], *after[section]]):
            was, now = before[section].get(key), after[section].get(key)
            if was != now:
                found.append(f"{section}.{key}: {was} → {now}")
    return found

"""The tables of settings in the docs are written from the code, so that none can go stale.

Between `<!-- settings: NAME -->` and `<!-- end -->` stands what `table(NAME)` gives. NAME is a section, as
`train`, or a family's section, as `attention`. To write them anew: `python tests/docs/tables.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from entarte.cli.settings import value
from entarte.settings import CHECK, FAMILIES, SEARCH, SECTIONS, schema
from entarte.settings.say import describe

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PLACE = re.compile(r"(<!-- settings: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(name: str) -> str:
    """Settings, what they take, defaults and meanings, as Markdown."""
    if name in SECTIONS:
        rows = list(fields(SECTIONS[name]))
        return lines(["setting", "takes", "default", "meaning"], rows)
    family = {**FAMILIES, "search": SEARCH, "check": CHECK}[name]
    rows = []
    for kind, member in family.load().items():
        own = list(fields(schema(member))) or [("–", "", "", "nothing to set")]
        rows += [(f"`{kind}`" if number == 0 else "", *row) for number, row in enumerate(own)]
    return lines(["kind", "setting", "takes", "default", "meaning"], rows)


def fields(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """A row for each field."""
    for name, field in model.model_fields.items():
        default = "none" if field.default is None else f"`{value(field.default)}`"
        meaning = " ".join((field.description or "").split())
        yield f"`{name}`", describe(field.annotation), default, meaning


def lines(head: list[str], rows: list[tuple[str, ...]]) -> str:
    """Rows under a head."""
    body = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in body)


def renewed(text: str) -> str:
    """A page with its tables written anew."""
    return PLACE.sub(lambda found: f"{found[1]}\n{table(found[2])}\n{found[3]}", text)


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")

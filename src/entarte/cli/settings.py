"""`entarte settings`: every setting with its default, what it takes and what it means, as TOML."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pydantic import BaseModel


def settings(
    section: Annotated[
        str | None,
        typer.Argument(help="Only this section, as train; or check: those of checks.toml."),
    ] = None,
) -> None:
    """Print every setting: its default, what it takes, what it means."""
    typer.echo("\n\n".join(pages(section)))


def pages(only: str | None) -> Iterator[str]:
    """One text a section, in TOML; a family's section once for each kind."""
    from entarte.errors import InputError, did_you_mean
    from entarte.settings import CHECK, FAMILIES, SEARCH, SECTIONS, schema

    names = [*SECTIONS, *FAMILIES, "check"]
    if only is not None and only not in names:
        raise InputError(f"there is no section [{only}]", advice=did_you_mean(only, names))
    for name in [only] if only else names[:-1]:
        if name == "check":
            for kind, member in CHECK.load().items():
                about = (member.__doc__ or "").strip().split("\n\n")[0]
                yield f"{comment(about)}\n[{kind}]\n" + page(schema(member))
        if name in SECTIONS:
            yield f"[{name}]\n" + page(SECTIONS[name])
        family = SEARCH if name == "generate" else FAMILIES.get(name)
        if family is not None:
            for kind, member in family.load().items():
                about = (member.__doc__ or "").strip().split("\n\n")[0]
                head = f'[{name}]\n{comment(about)}\nkind = "{kind}"'
                yield "\n".join(filter(None, [head, page(schema(member))]))


def page(model: type[BaseModel]) -> str:
    """The fields of a section as TOML: meaning and type as a comment, then name and default."""
    from entarte.settings.say import describe

    lines = []
    for name, field in model.model_fields.items():
        takes = describe(field.annotation)
        lines.append(comment(f"{field.description} ({takes})"))
        lines.append(f"{name} = {value(field.default)}" if field.default is not None else f"# {name} =")
    return "\n".join(lines)


def comment(text: str) -> str:
    """A text as TOML comment lines."""
    return textwrap.fill(" ".join(text.split()), 100, initial_indent="# ", subsequent_indent="# ")


def value(default: Any) -> str:
    """A default as TOML.

    >>> value(1e-08), value(["a"]), value(False)
    ('1e-08', '["a"]', 'false')
    """
    import tomli_w

    if isinstance(default, list):
        return "[" + ", ".join(map(value, default)) + "]"
    return tomli_w.dumps({"v": default}).removeprefix("v = ").rstrip("\n")

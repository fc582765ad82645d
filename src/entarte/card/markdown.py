"""A card, or a report, as Markdown."""

from __future__ import annotations

import math
from collections.abc import Sequence

from entarte.card.card import Card
from entarte.metric.table import MARKS, Cell, Table

SIGNS = {"fail": "✗", "pass": "✓", "unknown": "–"}


def markdown(card: Card, *, level: int = 1, identity: bool = True) -> str:
    """The card under a heading of that level; text of the user is escaped, so that none is markup."""
    output = card.output
    head = "#" * level
    failed = ", ".join(verdict.check for verdict in card.failed)
    state = f"**fails {failed}**" if failed else "passes every check"
    parts = [
        f"{head} {plain(title(card))}",
        "\n".join(
            [
                f"- source: {plain(output.source)}",
                f"- output: {plain(output.text)}",
                *([f"- reference: {plain(card.reference[0])}"] if card.reference else []),
                f"- task: {plain(' → '.join(filter(None, sides(card))) or card.task.get('name', ''))}",
                f"- suspicion {card.suspicion:.2f}, {state}",
                f"- score {output.score:.4f}, log-probability {output.log_prob:.4f}" + cut(card),
                *([f"- {scores(card.reference[1])}"] if card.reference else []),
            ]
        ),
        f"{head}# Checks",
        checks(card).to_markdown(),
        f"{head}# Words of the output",
        said(card).to_markdown(),
        f"{head}# Words of the source",
        heard(card).to_markdown(),
    ]
    if output.alternatives:
        rows = tuple((each.text, each.score, each.log_prob) for each in output.alternatives)
        table = Table("", ("output", "score", "log-probability"), rows, digits=4)
        parts += [f"{head}# Alternatives", table.to_markdown()]
    if identity:
        parts += [f"{head}# Model and data", "\n".join(provenance(card))]
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """Text that is no markup."""
    return text.translate(MARKS)


def title(card: Card) -> str:
    """The number of the line, and the beginning of the output."""
    number = f"{card.line}. " if card.line else ""
    text = card.output.text
    return number + (text if len(text) <= 80 else text[:79] + "…")


def sides(card: Card) -> tuple[str, str]:
    """The two sides of the task, where they are known."""
    return card.task.get("source", ""), card.task.get("target", "")


def cut(card: Card) -> str:
    """What was cut off."""
    words = "" if card.output.finished else "; cut off by the length limit"
    return words + (f"; {card.output.unread} source pieces were not read" if card.output.unread else "")


def scores(values: object) -> str:
    """Scores by name."""
    assert hasattr(values, "items")
    return ", ".join(f"{name} {value:.1f}" for name, value in values.items())


def checks(card: Card) -> Table:
    """A row for each check."""
    rows: list[tuple[Cell, ...]] = [
        (f"{SIGNS[each.word]} {each.word}", each.check, each.score, each.threshold, each.reason)
        for each in card.verdicts
    ]
    return Table("", ("", "check", "score", "threshold", "reason"), tuple(rows))


def said(card: Card) -> Table:
    """A row for each word of the output."""
    copies = any(word.p_gen is not None for word in card.target)
    rows: list[tuple[Cell, ...]] = [
        (
            word.text + (" (copied)" if word.copied else ""),
            math.exp(min(word.log_prob, 0.0)),
            *([word.p_gen] if copies else []),
            ", ".join(f"{card.source[look.source].text} {look.weight:.2f}" for look in word.looks),
            word.supported,
        )
        for word in card.target
    ]
    chance = ("p_gen",) if copies else ()
    return Table("", ("word", "probability", *chance, "looked at", "support in nats"), tuple(rows))


def heard(card: Card) -> Table:
    """A row for each word of the source."""
    rows: list[tuple[Cell, ...]] = [(word.text, word.coverage, word.effect) for word in card.source]
    return Table("", ("word", "looks in all", "effect in nats"), tuple(rows))


def provenance(card: Card) -> Sequence[str]:
    """The model, its files and its data, as a list."""
    model = card.model
    search = " ".join(f"{key}={value}" for key, value in model.get("search", {}).items())
    lines = [f"- model: {plain(str(model.get('name', '')))}, Entarté {model.get('entarte', '?')}"]
    lines += [f"- search: {plain(search)}"] if search else []
    lines += [f"- {plain(name)}: `{digest}`" for name, digest in model.get("files", {}).items()]
    if files := card.data.get("train"):
        lines.append(f"- training pairs: {plain(', '.join(files))}")
    if digest := card.data.get("sha256"):
        lines.append(f"- their ids: `{digest}`")
    return lines

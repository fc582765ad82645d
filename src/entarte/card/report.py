"""The cards of a whole test set, the most suspicious first."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from entarte.card.card import Card
from entarte.metric.table import Cell, Table

FORMAT, VERSION = "entarte cards", 1


@dataclass(frozen=True)
class Report:
    """Cards of one model on one test set.

    title  what it is about
    cards  in the order of the lines
    """

    title: str
    cards: tuple[Card, ...]

    def ranked(self) -> list[Card]:
        """The most suspicious first; among equals the first line."""
        return sorted(self.cards, key=lambda card: (-card.suspicion, card.line))

    def summary(self) -> Table:
        """For each check how many outputs fail, pass, or could not be judged."""
        names = [verdict.check for verdict in self.cards[0].verdicts] if self.cards else []
        rows: list[tuple[Cell, ...]] = []
        for at, name in enumerate(names):
            words = [card.verdicts[at].word for card in self.cards]
            fails = words.count("fail")
            share = 100 * fails / len(words)
            rows.append((name, fails, share, words.count("pass"), words.count("unknown")))
        any_ = sum(bool(card.failed) for card in self.cards)
        whole = len(self.cards)
        rows.append(("any", any_, 100 * any_ / max(whole, 1), whole - any_, 0))
        return Table("Checks", ("check", "fail", "%", "pass", "not judged"), tuple(rows), digits=1)

    def worst(self, count: int) -> Table:
        """The most suspicious outputs, with the reason."""
        rows: list[tuple[Cell, ...]] = []
        for card in self.ranked()[:count]:
            loudest = max(card.verdicts, key=lambda verdict: verdict.suspicion)
            reason = f"{loudest.check}: {loudest.reason}"
            rows.append((card.line, card.suspicion, card.output.source, card.output.text, reason))
        columns = ("line", "suspicion", "source", "output", "reason")
        return Table("Most suspicious", columns, tuple(rows))

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as `report.schema.json` describes it; model and data stand there once."""
        first = self.cards[0] if self.cards else None
        return {
            "format": FORMAT,
            "version": VERSION,
            "title": self.title,
            "model": dict(first.model) if first else {},
            "data": dict(first.data) if first else {},
            "summary": {
                str(name): {"fail": fails, "pass": passes, "unknown": unknown}
                for name, fails, _, passes, unknown in self.summary().rows
            },
            "cards": [card.to_dict(identity=False) for card in self.cards],
        }

    def to_json(self) -> str:
        """The same as text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    def to_markdown(self) -> str:
        """The summary, then every card."""
        from entarte.card.markdown import markdown, plain, provenance

        parts = [f"# {plain(self.title)}", "## Checks", self.summary().to_markdown()]
        parts += [markdown(card, level=2, identity=False).rstrip("\n") for card in self.ranked()]
        if self.cards:
            parts += ["## Model and data", "\n".join(provenance(self.cards[0]))]
        return "\n\n".join(parts) + "\n"

    def to_html(self) -> str:
        """One page that needs nothing else; sorted and filtered in the browser."""
        from entarte.card.page import page

        return page(self.ranked(), title=self.title)

    def save(self, path: str | Path, form: str = "") -> Path:
        """Write the report as html, md or json, by default what the ending names. Returns the path.

        Raises InputError for another form, SetupError where nothing can be written.
        """
        from entarte.plot import ending, write

        forms: dict[str, Callable[[], str]] = {
            "html": self.to_html,
            "md": self.to_markdown,
            "json": self.to_json,
        }
        text = forms[form or ending(path, forms)]()
        return write(path, (text.rstrip("\n") + "\n").encode())

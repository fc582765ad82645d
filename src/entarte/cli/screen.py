"""A training as it is seen in the terminal: a line of progress, a row for each validation, notes."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn

from entarte.cli.bars import Bars
from entarte.watch import Begun, Ended, Update, Validation

COLUMNS = {"epoch": 6, "update": 8, "train ppl": 10, "valid ppl": 10, "BLEU": 6, "AER": 6, "tok/s": 7}
"""Name and width of the columns of the table of validations."""


def head() -> str:
    """The names above the columns."""
    return " ".join(f"{name:>{width}}" for name, width in COLUMNS.items())


def duration(seconds: float) -> str:
    """Seconds as a person says them.

    >>> duration(7.4), duration(125), duration(7384)
    ('7 s', '2 min 05 s', '2 h 03 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def number(value: float | None, digits: int) -> str:
    """A number for a column of a table; – where there is none."""
    if value is None:
        return "–"
    return f"{value:,.{digits}f}" if value < 1e6 else f"{value:.1e}"


def row(facts: Validation) -> str:
    """A validation under COLUMNS; a star marks the best so far."""
    cells = (
        number(facts.epoch, 2),
        number(facts.update, 0),
        number(facts.train_perplexity, 2),
        number(facts.perplexity, 2),
        number(facts.bleu, 2),
        number(facts.aer, 3),
        number(facts.speed, 0),
    )
    text = " ".join(f"{cell:>{width}}" for cell, width in zip(cells, COLUMNS.values(), strict=True))
    scores = "".join(f"  {name} {value:.2f}" for name, value in facts.scores.items())
    return text + scores + (" *" if facts.best else "")


QUIET = 30.0
"""Seconds between two lines of progress where there is no terminal to keep one line moving."""


class Screen(Bars):
    """A watcher that writes to standard error. Used in a `with`, which takes the progress line away."""

    def __init__(self, console: Console | None = None) -> None:
        super().__init__(BarColumn(bar_width=None), TextColumn("{task.description}"), console=console)
        self.task: TaskID | None = None
        self.headed = False
        self.spoken = time.monotonic()

    def doing(self, what: str) -> None:
        """A bar that moves without end until the next part, or the training, begins; without a terminal, now
        and then a line of its own."""
        if not self.console.is_terminal and time.monotonic() - self.spoken > QUIET:
            self.say(what)
            self.spoken = time.monotonic()
        if self.task is None:
            self.task = self.progress.add_task(what, total=None)
        else:
            self.progress.update(self.task, description=what)

    def begun(self, facts: Begun) -> None:
        """Sizes, and how much there is to do."""
        much = f", {facts.updates:,} updates" if facts.updates is not None else ""
        self.say(f"{facts.pairs:,} pairs, {facts.parameters:,} parameters{much}")
        for reason in facts.fast:
            self.say(f"readable path: {reason}", "yellow")
        if facts.resumed:
            self.say(f"going on after update {facts.resumed:,}")
        if self.task is not None:
            self.progress.remove_task(self.task)
        self.task = self.progress.add_task("", total=1.0)

    def updated(self, facts: Update) -> None:
        """Move the progress line; without a terminal, now and then a line of its own."""
        if self.task is None:
            return
        left = "" if facts.left is None else f" · {duration(facts.left)} left"
        text = (
            f"epoch {facts.epoch + 1} · update {facts.update:,} · loss {facts.loss:.3f}"
            f" · {facts.speed:,.0f} tok/s{left}"
        )
        self.progress.update(self.task, completed=facts.progress, description=text)
        if not self.console.is_terminal and time.monotonic() - self.spoken > QUIET:
            self.say(f"{facts.progress:4.0%} · {text}")
            self.spoken = time.monotonic()

    def validated(self, facts: Validation) -> None:
        """A row of the table; its head before the first."""
        if not self.headed:
            self.say(head(), "bold")
            self.headed = True
        self.say(row(facts), "green" if facts.best else "")

    def note(self, text: str) -> None:
        """Something a person should know."""
        self.say(text, "yellow")

    def ended(self, facts: Ended) -> None:
        """Why it ended, and the best."""
        self.progress.stop()
        name = {"bleu": "BLEU", "rouge-l": "ROUGE-L"}.get(facts.metric, facts.metric)
        skipped = f"; {facts.skipped} updates skipped" if facts.skipped else ""
        self.say(
            f"{facts.why}, in {duration(facts.seconds)}. Best {name} {facts.best:.2f} at update "
            f"{facts.best_update:,}{skipped}"
        )

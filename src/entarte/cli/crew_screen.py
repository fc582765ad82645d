"""An experiment as it is seen in the terminal: all of it as one bar, a bar for each task at hand."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn

from entarte.cli.bars import Bars
from entarte.cli.screen import duration

if TYPE_CHECKING:
    from entarte.experiment.task import Task, Word


class CrewScreen(Bars):
    """An onlooker that writes to standard error. Used in a `with`, which takes the bars away."""

    def __init__(self, console: Console | None = None) -> None:
        super().__init__(
            TextColumn("{task.fields[name]}"),
            BarColumn(bar_width=24),
            TextColumn("{task.description}"),
            console=console,
        )
        self.bars: dict[Task, TaskID] = {}
        self.since: dict[Task, float] = {}
        self.heard: dict[Task, str] = {}
        self.noted: set[str] = set()
        self.whole: TaskID | None = None
        self.count = self.over = 0

    def says(self, text: str) -> None:
        """A line."""
        self.say(text)

    def phase(self, name: str, left: int, of: int) -> None:
        """So many tasks of a kind are left; the others were done before."""
        if self.whole is not None:
            self.progress.remove_task(self.whole)
        self.count, self.over = of, of - left
        self.whole = self.progress.add_task("", name=name, total=of, completed=self.over)
        before = f", {self.over} of them done before" if self.over else ""
        self.say(f"{name}: {of}{before}")

    def begins(self, task: Task) -> None:
        """A bar for it."""
        self.since[task] = time.monotonic()
        self.bars[task] = self.progress.add_task("", name=task.name, total=1.0)

    def tells(self, task: Task, word: Word) -> None:
        """Move its bar; a note stays as a line, once where many members say the same."""
        if word.part is not None:
            self.heard[task] = word.text
            self.progress.update(self.bars[task], completed=word.part, description=word.text)
        elif word.text not in self.noted:
            self.noted.add(word.text)
            self.say(f"{task.name}: {word.text}", "yellow")

    def ends(self, task: Task, well: bool) -> None:
        """Its bar goes, a line stays."""
        self.progress.remove_task(self.bars.pop(task))
        self.over += 1
        if self.whole is not None:
            self.progress.update(self.whole, completed=self.over)
        spent = duration(time.monotonic() - self.since.pop(task))
        marks = self.heard.pop(task, "").partition(" · perplexity ")[2]
        how = "in" if well else "failed after"
        told = f": perplexity {marks}" if marks and well else ""
        self.say(f"[{self.over}/{self.count}] {task} {how} {spent}{told}", "" if well else "red")

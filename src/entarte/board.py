"""The curves of a training for TensorBoard (the extra `track`), beside whoever else looks on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from entarte.errors import SetupError
from entarte.watch import Begun, Ended, Update, Validation, Watcher


class Board:
    """Hands everything on to another watcher, and writes the numbers for TensorBoard.

    folder  where the event files go; a resumed training takes back what a crash left behind its checkpoint

    Raises SetupError where TensorBoard is not installed.
    """

    def __init__(self, watcher: Watcher, folder: Path) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise SetupError(
                "TensorBoard is not installed",
                setting="train.tensorboard",
                advice="Install it: pip install 'entarte[track]', or set train.tensorboard=false.",
            ) from error
        self.watcher = watcher
        self.folder = folder
        self.make = SummaryWriter

    def doing(self, what: str) -> None:
        """The preparation has no curve."""
        self.watcher.doing(what)

    def begun(self, facts: Begun) -> None:
        """Open the files: here it is known how far the training had come."""
        self.writer = self.make(str(self.folder), purge_step=facts.resumed + 1)
        self.watcher.begun(facts)

    def updated(self, facts: Update) -> None:
        """The curves of each update."""
        numbers = {"loss": facts.loss, "rate": facts.rate, "norm": facts.norm, "speed": facts.speed}
        self.write("train", numbers, facts.update)
        self.watcher.updated(facts)

    def validated(self, facts: Validation) -> None:
        """The marks of each validation."""
        numbers = {
            "perplexity": facts.perplexity,
            "bleu": facts.bleu,
            "aer": facts.aer,
            **facts.scores,
        }
        self.write("valid", numbers, facts.update)
        self.watcher.validated(facts)

    def note(self, text: str) -> None:
        """Notes have no curve."""
        self.watcher.note(text)

    def ended(self, facts: Ended) -> None:
        """Close the files."""
        self.writer.close()
        self.watcher.ended(facts)

    def write(self, group: str, numbers: Mapping[str, float | None], update: int) -> None:
        """Points of curves, those that are known."""
        for name, value in numbers.items():
            if value is not None:
                self.writer.add_scalar(f"{group}/{name}", value, update)
        if group == "valid":
            self.writer.flush()

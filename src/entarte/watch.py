"""What a training tells those who look on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, TypeVar

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Begun:
    """The start: sizes, and how much there is to do (updates, or None where time alone decides)."""

    parameters: int
    pairs: int
    updates: int | None
    epochs: int | None
    resumed: int
    """Updates done before; 0 for a fresh training."""
    fast: Sequence[str]
    """Why the fast path is not taken, a line a reason; empty when it is."""


@dataclass(frozen=True)
class Update:
    """One update. loss is the objective per token, in nats; speed in target tokens a second."""

    update: int
    epoch: int
    loss: float
    perplexity: float
    rate: float
    norm: float
    tokens: int
    speed: float
    progress: float
    left: float | None
    """Seconds to go, about; None before it can be told."""


@dataclass(frozen=True)
class Validation:
    """One validation; a line of metrics.jsonl."""

    update: int
    epoch: float
    seconds: float
    """Of training, validation not counted."""
    tokens: int
    train_perplexity: float
    perplexity: float
    bleu: float | None
    aer: float | None
    rate: float
    speed: float
    best: bool
    scores: Mapping[str, float] = field(default_factory=dict)
    """What else greedy decodings came to, by the name of the measure."""

    def plain(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class Ended:
    """The end: why, the best validation, and the updates that were skipped."""

    why: str
    update: int
    best_update: int
    best: float
    metric: str
    seconds: float
    skipped: int


class Watcher(Protocol):
    """Someone who looks on. Nothing that a watcher does changes the training."""

    def doing(self, what: str) -> None:
        """A part of the preparation that can take long with many pairs has begun."""

    def begun(self, facts: Begun) -> None: ...

    def updated(self, facts: Update) -> None: ...

    def validated(self, facts: Validation) -> None: ...

    def note(self, text: str) -> None:
        """Something a person should know: pairs left out, an update skipped, a file written."""

    def ended(self, facts: Ended) -> None: ...


class Silent:
    """Looks away."""

    def doing(self, what: str) -> None:
        pass

    def begun(self, facts: Begun) -> None:
        pass

    def updated(self, facts: Update) -> None:
        pass

    def validated(self, facts: Validation) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def ended(self, facts: Ended) -> None:
        pass


COUNTED = 10_000


def counted(things: Iterable[Thing], what: str, watcher: Watcher) -> Iterator[Thing]:
    """The same things; how many there were is told now and then."""
    watcher.doing(what)
    for number, thing in enumerate(things, start=1):
        yield thing
        if number % COUNTED == 0:
            watcher.doing(f"{what}: {number:,}")

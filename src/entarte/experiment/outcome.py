"""What was measured of one system: numbers for each test sentence, from which every table is computed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from entarte import atomic
from entarte.alignment import Alignment
from entarte.errors import DamagedError
from entarte.example import Example
from entarte.generate import Translator
from entarte.metric import create, statistics
from entarte.metric.aer import Aer
from entarte.metric.base import Floats
from entarte.metric.lines import read_lines
from entarte.metric.links import Links
from entarte.metric.perplexity import Perplexity


@dataclass(frozen=True)
class Outcome:
    """One system on the test pairs, N of them.

    outputs     (N) what it said
    forced      (N, 2) log-probability of the reference, its tokens (rows of the metric perplexity)
    entropy     (N) mean entropy of the weights over the target tokens of the reference, in nats
    links       (N, 4) rows of the metric AER; None where no gold links are known
    cut         outputs that ended at the length limit
    parameters  numbers that were learned, of all members together
    training    seconds of training, of all members together
    speed       target tokens trained on a second; of several members the mean
    speaking    seconds that the decoding of the N sentences took
    """

    outputs: list[str]
    forced: list[list[float]]
    entropy: list[float]
    links: list[list[float]] | None
    cut: int
    parameters: int
    training: float
    speed: float
    speaking: float

    def bleu(self, pairs: Sequence[Example]) -> list[Floats]:
        """(N, K) rows of BLEU against the references."""
        return statistics(create("bleu"), self.outputs, [pair.target or "" for pair in pairs])

    def perplexity(self) -> float:
        """Of the references, a token."""
        return Perplexity().corpus(self.forced).value

    def aer(self) -> float | None:
        """Alignment error rate of forced decodings; None without gold links."""
        return None if self.links is None else Aer().corpus(self.links).value

    def write(self, place: Path, name: str) -> None:
        """Keep it: outputs as lines, all the rest as JSON. The JSON comes last, so that it is whole."""
        plain = asdict(self)
        lines = "".join(line + "\n" for line in plain.pop("outputs"))
        for folder in ("outputs", "results"):
            atomic.make_folder(place / folder)
        atomic.write(place / "outputs" / f"{name}.txt", lines.encode())
        atomic.write(place / "results" / f"{name}.json", json.dumps(plain, allow_nan=False).encode())

    @classmethod
    def read(cls, place: Path, name: str) -> Outcome:
        """What `write` kept. Raises DamagedError where it is not as it was written."""
        file = place / "results" / f"{name}.json"
        try:
            plain: dict[str, Any] = json.loads(file.read_bytes())
            found = cls(outputs=read_lines(place / "outputs" / f"{name}.txt"), **plain)
        except (ValueError, TypeError, OSError) as error:
            raise DamagedError(
                f"cannot be read ({error})", file=file, advice="Remove it; it is then measured again."
            ) from error
        if len(found.outputs) != len(found.forced):
            raise DamagedError(
                f"speaks of {len(found.forced)} sentences, and its outputs are {len(found.outputs)}",
                file=file,
                advice="Remove it; it is then measured again.",
            )
        return found


def measure(
    translator: Translator,
    pairs: Sequence[Example],
    gold: Sequence[Links] | None,
    options: Mapping[str, Any],
    parameters: int,
    training: float,
    speed: float,
) -> Outcome:
    """Translate the sources, force the references.

    gold     word links of the pairs, or None
    options  of the search, beside the settings
    """
    sources, references = [pair.source for pair in pairs], [pair.target or "" for pair in pairs]
    begun = time.perf_counter()
    outputs = translator.translate(sources, **options)
    speaking = time.perf_counter() - begun
    forced = translator.force(sources, references)
    rows = None
    if gold is not None:
        found = [each.alignment.word_links() for each in forced]
        rows = [row.tolist() for row in Aer().statistics(found, list(gold))]
    return Outcome(
        [each.text for each in outputs],
        [Perplexity().sentence(each.log_probs).tolist() for each in forced],
        [float(entropies(each.alignment).mean()) if each.alignment.rows else 0.0 for each in forced],
        rows,
        sum(not each.finished for each in outputs),
        parameters,
        training,
        speed,
        speaking,
    )


def entropies(alignment: Alignment) -> NDArray[np.float64]:
    """(T,) entropy of the weights in nats; of several heads each by itself, then the mean over them.

    >>> entropies(Alignment.of("a", [], "b", [], [[1.0]])).tolist()
    [0.0]
    """
    weights = alignment.weights[None] if alignment.heads is None else alignment.heads  # (H, T, S)
    logs = np.log(weights, where=weights > 0, out=np.zeros_like(weights))
    mean: NDArray[np.float64] = -(weights * logs).sum(-1).mean(0) + 0.0
    return mean

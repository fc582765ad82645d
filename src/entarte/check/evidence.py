"""What a model says about an output, as the checks read it: probabilities, and what becomes of them when a
part is taken away.

A part that is taken away is one *unit*: a whitespace word, or a piece where a line has no spaces. Its
characters are left out and the target is forced again: contrastive conditioning (Vamvas and Sennrich 2022,
section 3), or erasure (Li, Monroe and Jurafsky 2016).

Letters: S source units, T target pieces (EOS included), U target units.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from entarte.alignment import Alignment
from entarte.check.dictionary import Dictionary
from entarte.check.units import Unit, joined, units
from entarte.errors import InputError
from entarte.generate import Output, Translator
from entarte.metric.links import Links
from entarte.output import Read

Floats = NDArray[np.float64]

BARE, ERASED = "bare", "erased"
"""Parts of the evidence that cost passes of the model: 1 and S of them."""

TOKENS = 4000
"""Target pieces that are forced together."""


@dataclass(frozen=True)
class Aids:
    """What else may be known about a pair.

    gold        its word links
    dictionary  which words translate which
    backward    the alignment of the reverse model, forced to say the source given the target
    reference   what should have been said
    """

    gold: Links | None = None
    dictionary: Dictionary | None = None
    backward: Alignment | None = None
    reference: str | None = None


NO_AIDS = Aids()


@dataclass(frozen=True)
class Evidence:
    """All that the checks may look at.

    output         what is judged, with its alignment over pieces
    log_probs      (T,) log p(y_t | y_<t, x)
    bare           (T,) the same where the source is empty
    erased         (S, T) log p(y_t | y_<t, x without unit s) − log p(y_t | y_<t, x)
    aids           gold links, dictionary, reverse model
    """

    output: Output
    source: tuple[Unit, ...]
    target: tuple[Unit, ...]
    log_probs: Floats
    bare: Floats | None = None
    erased: Floats | None = None
    aids: Aids = NO_AIDS

    @property
    def alignment(self) -> Alignment:
        return self.output.alignment

    def by_unit(self, values: Floats) -> Floats:
        """(T,) → (U,): the sum over each target unit's pieces; EOS is left out."""
        return np.array([values[list(unit.pieces)].sum() for unit in self.target])

    def looked(self) -> Floats:
        """(U, S): how much each target unit looked at each source unit; see `Alignment.words`."""
        weights = self.alignment.weights
        rows = [weights[list(unit.pieces)].mean(0) for unit in self.target]
        table = np.array([[row[list(unit.pieces)].sum() for unit in self.source] for row in rows])
        return table.reshape(len(self.target), len(self.source))

    def said(self, numbers: Sequence[int]) -> str:
        """Target units as a text."""
        return joined([self.target[n].text for n in numbers], self.output.text)

    def read(self, numbers: Sequence[int]) -> str:
        """Source units as a text."""
        return joined([self.source[n].text for n in numbers], self.alignment.source)


def gather(
    translator: Translator,
    outputs: Sequence[Output],
    needs: Collection[str] = (BARE, ERASED),
    aids: Sequence[Aids] = (),
) -> Iterator[Evidence]:
    """The evidence about each output of `translate` or `force`, in order.

    needs  the parts to compute; see BARE
    aids   what else is known, one for each output
    """
    for at in range(0, len(outputs), CHUNK):
        some = outputs[at : at + CHUNK]
        known = aids[at : at + CHUNK] if aids else [NO_AIDS] * len(some)
        yield from gathered(translator, some, needs, known)


CHUNK = 16
"""Outputs whose passes are sorted by length and made together."""


def gathered(
    translator: Translator, outputs: Sequence[Output], needs: Collection[str], aids: Sequence[Aids]
) -> Iterator[Evidence]:
    """`gather` for a few."""
    jobs: list[tuple[Read, list[int]]] = []
    sides = []
    [nothing] = translator.read([""])
    for output in outputs:
        alignment = output.alignment
        if alignment.level != "pieces":
            raise InputError(
                "these models cut the source into different pieces, so that no check can be made",
                advice="Check an ensemble whose members share the source vocabulary, or one member.",
            )
        source = units(alignment.source, alignment.columns)
        said = [token.text for token in alignment.rows if token.kind != "eos"]
        ids = translator.target.vocabulary.ids(said)
        sides.append((source, units(output.text, alignment.rows)))
        if BARE in needs:
            jobs.append((nothing, ids))
        if ERASED in needs:
            parts = [unit.pieces for unit in source]
            jobs += [(read, ids) for read in translator.without(output.source, alignment.columns, parts)]
    results = iter(forced(translator, jobs))
    for output, (source, target), known in zip(outputs, sides, aids, strict=True):
        log_probs = np.array(output.log_probs)
        length = len(log_probs)  # an output that was cut off has no EOS
        bare = next(results)[:length] if BARE in needs else None
        erased = None
        if ERASED in needs:
            rows = [next(results)[:length] - log_probs for _ in source]
            erased = np.array(rows).reshape(len(source), length)
        yield Evidence(output, source, target, log_probs, bare, erased, known)


def forced(translator: Translator, jobs: Sequence[tuple[Read, Sequence[int]]]) -> list[Floats]:
    """For each source and target ids the log-probability of each target piece and of EOS."""
    found: dict[int, Floats] = {}
    reads = [read for read, _ in jobs]
    order = sorted(range(len(jobs)), key=lambda n: (len(jobs[n][1]), reads[n].length), reverse=True)
    at = 0
    while at < len(order):
        width = len(jobs[order[at]][1]) + 1
        numbers = order[at : at + max(1, TOKENS // width)]
        at += len(numbers)
        said = translator.forced([reads[n] for n in numbers], [jobs[n][1] for n in numbers])
        for n, each in zip(numbers, said, strict=True):
            found[n] = np.array(each.log_probs)
    return [found[n] for n in range(len(jobs))]

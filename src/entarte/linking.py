"""Word links for given pairs: where the decoder looks when it must say the target.

One direction gives each target word one source word. A model of the other direction gives each source
word one target word; both together are made into one by `metric.symmetrise`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from entarte.errors import InputError, did_you_mean
from entarte.generate import CHUNK, Translator
from entarte.metric.links import transpose
from entarte.metric.symmetrise import METHODS

Links = frozenset[tuple[int, int]]
DEFAULT = "grow-diag-final-and"


class Linked(NamedTuple):
    """The links of a pair as (source word, target word) from 0.

    links     those asked for
    forward   of the model
    backward  of the model of the other direction, turned round; None without one
    unread    pieces of either side that were not read, as it is longer than generate.longest
    """

    links: Links
    forward: Links
    backward: Links | None = None
    unread: int = 0


def align(
    model: Translator,
    sources: Sequence[str],
    targets: Sequence[str],
    *,
    reverse: Translator | None = None,
    method: str = DEFAULT,
    threshold: float | None = None,
    shift: bool = False,
) -> list[Links]:
    """Word links (source word, target word), from 0, of each pair, by forced decoding.

    Words are what stands between ASCII spaces. EOS is no word: it has no links, and weight on it counts for
    no word. Without a threshold each target word is linked to the source word that it looks at most.

    reverse    a model of the other direction, to join with
    method     how to join: intersection, union, grow-diag, grow-diag-final or grow-diag-final-and
    threshold  link all that weighs at least this much instead
    shift      go by the look of the step after a word was said, which has read it; a model that was guided
               so (loss.guided_shift) is always read in this way

    Raises InputError where there are more of one side than of the other.
    """
    if len(sources) != len(targets):
        raise InputError(
            f"{len(sources)} sources but {len(targets)} targets", advice="Give one target for each source."
        )
    pairs = zip(sources, targets, strict=True)
    found = stream(model, pairs, reverse=reverse, method=method, threshold=threshold, shift=shift)
    return [each.links for each in found]


def stream(
    model: Translator,
    pairs: Iterable[tuple[str, str]],
    *,
    reverse: Translator | None = None,
    method: str = DEFAULT,
    threshold: float | None = None,
    shift: bool = False,
) -> Iterator[Linked]:
    """As `align`, in constant memory, and with what each direction says."""
    if method not in METHODS:
        raise InputError(
            f"there is no way '{method}' to join two alignments",
            setting="method",
            advice=did_you_mean(method, METHODS),
        )
    rest = iter(pairs)
    while chunk := list(islice(rest, model.settings.generate.batch * CHUNK)):
        sources, targets = [source for source, _ in chunk], [target for _, target in chunk]
        there = links(model, sources, targets, threshold, shift)
        if reverse is None:
            yield from (Linked(each, each, unread=unread) for each, unread in there)
            continue
        back = links(reverse, targets, sources, threshold, shift)
        for (one, unread), (turned, more) in zip(there, back, strict=True):
            other = transpose(turned)
            yield Linked(METHODS[method](one, other), one, other, unread + more)


def links(
    model: Translator,
    sources: Sequence[str],
    targets: Sequence[str],
    threshold: float | None = None,
    shift: bool = False,
) -> list[tuple[Links, int]]:
    """The word links of one direction, and how many pieces of the source were not read."""
    outputs = model.force(sources, targets, shift=shift)
    return [(output.alignment.word_links(threshold), output.unread) for output in outputs]

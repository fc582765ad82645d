"""Wrong alignment: the decoder looked elsewhere than gold links, a dictionary or the reverse model say."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from entarte.check.base import Check, Sign
from entarte.check.dictionary import Dictionary
from entarte.check.evidence import Evidence
from entarte.check.units import names
from entarte.metric.links import Link, Links
from entarte.span import words

SHOWN = 4  # links or words that a reason names


class WrongAlignment(Check):
    """The decoder looked elsewhere than is known to be right: by gold links, a bilingual dictionary, or the
    reverse model. Without any of these there is nothing to judge by.

    threshold   fails from this score on
    offset      what the weighted signs must outweigh
    gold        weight of the alignment error rate against gold links (Och and Ney 2003)
    dictionary  weight of the share of output words that the dictionary knows, but not as a translation of
                any source word
    backward    weight of the share of links that the reverse model does not confirm
    """

    name = "alignment"
    about = "the decoder looked at wrong words"
    plants = ("swapped", "replaced")

    def __init__(
        self,
        *,
        threshold: float = 0.5,
        offset: float = 3.0,
        gold: float = 8.0,
        dictionary: float = 12.0,
        backward: float = 8.0,
    ) -> None:
        weights = {"gold": gold, "dictionary": dictionary, "backward": backward}
        super().__init__(threshold, offset, weights)

    def signs(self, evidence: Evidence) -> dict[str, Sign]:
        found = evidence.alignment.word_links()
        if not found:
            return {}
        signs = {}
        if evidence.aids.gold is not None:
            signs["gold"] = against(evidence, found, evidence.aids.gold)
        if evidence.aids.dictionary is not None:
            signs["dictionary"] = looked_up(evidence, evidence.aids.dictionary)
        if evidence.aids.backward is not None:
            back = frozenset((i, j) for j, i in evidence.aids.backward.word_links())
            signs["backward"] = confirmed(evidence, found, back)
        return signs

    def silence(self) -> str:
        return "nothing to judge by: no gold links, dictionary or reverse model was given"


def against(evidence: Evidence, found: AbstractSet[Link], gold: Links) -> Sign:
    """1 − (|A ∩ S| + |A ∩ P|) / (|A| + |S|), and the links that are wrong."""
    right = len(found & gold.sure) + len(found & gold.possible)
    error = 1 - right / max(len(found) + len(gold.sure), 1)
    wrong = sorted(found - gold.possible)
    text = pairs(evidence, wrong, "is linked against gold") or "every link is gold"
    return Sign(error, text, *sides(wrong))


def confirmed(evidence: Evidence, found: AbstractSet[Link], back: AbstractSet[Link]) -> Sign:
    """1 − 2 |A ∩ B| / (|A| + |B|), and the links that only one direction has."""
    error = 1 - 2 * len(found & back) / max(len(found) + len(back), 1)
    wrong = sorted(found - back)
    text = pairs(evidence, wrong, "is not linked by the reverse model") or "the reverse model agrees"
    return Sign(error, text, *sides(wrong))


def looked_up(evidence: Evidence, dictionary: Dictionary) -> Sign:
    """The share of output words known to the dictionary that translate no word of this source."""
    fine = dictionary.translations(names(evidence.source))
    said = names(evidence.target)
    known = [n for n, word in enumerate(said) if word in dictionary.targets]
    wrong = tuple(n for n in known if said[n] not in fine)
    words = ", ".join(f"“{evidence.target[n].text}”" for n in wrong[:SHOWN])
    text = f"{words} translates no source word in the dictionary" if wrong else "the dictionary agrees"
    return Sign(len(wrong) / max(len(known), 1), text, target=wrong)


def pairs(evidence: Evidence, links: Sequence[Link], what: str) -> str:
    """The first few links in words, and what is wrong with them."""
    source, target = words(evidence.output.source), words(evidence.output.text)
    shown = ", ".join(f"“{source[i].text}”–“{target[j].text}”" for i, j in links[:SHOWN])
    return f"{shown} {what}" if shown else ""


def sides(links: Sequence[Link]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The source and target words of links."""
    return tuple(sorted({i for i, _ in links})), tuple(sorted({j for _, j in links}))

"""Unknown-word replacement: <unk> becomes the source word that it was said for, or its translation.

For word vocabularies, where a word that the vocabulary lacks comes out as <unk> (Luong, Sutskever, Le,
Vinyals and Zaremba 2015; by attention as in Jean et al. 2015). The weights travel with
the hypothesis, so this is the same after greedy search, a beam or an ensemble.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from entarte.vocabulary import EOS, UNK


class Word(NamedTuple):
    """A word of the output.

    text    as it is shown
    source  the source word that stands in for it; None where it is the model's own word
    how     said: by the model; copied: from the source; looked up: in the dictionary; unknown: the
            model looked at no source word
    """

    text: str
    source: int | None
    how: str


def replace_unknown(
    tokens: Sequence[int],
    words: Sequence[str],
    weights: Any,
    source: Sequence[str],
    dictionary: Mapping[str, str] | None = None,
) -> list[Word]:
    """The words of a hypothesis, with those that are unknown replaced.

    tokens      its T ids; EOS is left out of the result
    words       the T pieces' texts, as `Vocabulary.piece` gives them
    weights     (T, H, S), S ≥ the number of source words; slots beyond them (EOS, padding) are not words
    source      the source words, one slot each
    dictionary  source word → target word; a word that it lacks is copied

    >>> weights = [[[0.9, 0.1, 0.0]], [[0.2, 0.3, 0.5]], [[0.0, 0.0, 1.0]]]
    >>> replace_unknown([7, 1, 3], ["il", "<unk>", "</s>"], weights, ["he", "Pott"])
    [Word(text='il', source=None, how='said'), Word(text='Pott', source=1, how='copied')]
    """
    looked = np.asarray(weights, dtype=np.float64)
    if looked.ndim != 3 or len(looked) != len(tokens) or len(words) != len(tokens):
        raise ValueError(
            f"{len(tokens)} tokens, {len(words)} words and weights {looked.shape} do not fit together"
        )
    if looked.shape[2] < len(source):
        raise ValueError(f"weights over {looked.shape[2]} slots for {len(source)} source words")
    each = looked.mean(axis=1)[:, : len(source)]  # (T, S) over words alone
    found = []
    for token, text, row in zip(tokens, words, each):
        if token == EOS:
            continue
        if token != UNK:
            found.append(Word(text, None, "said"))
        elif not row.size or row.max() <= 0:
            found.append(Word(text, None, "unknown"))
        else:
            slot = int(row.argmax())  # the first of equal ones
            known = (dictionary or {}).get(source[slot])
            found.append(
                Word(source[slot], slot, "copied") if known is None else Word(known, slot, "looked up")
            )
    return found


def learn_dictionary(
    pairs: Iterable[tuple[Sequence[str], Sequence[str], Iterable[tuple[int, int]]]], least: int = 1
) -> dict[str, str]:
    """For each source word the target word that it is linked to most often; among equals the first in
    the alphabet.

    pairs  source words, target words, links (source word, target word) from 0, such as alignments give
    least  links seen fewer times than this are not trusted

    >>> pairs = [(["a", "pie"], ["une", "tarte"], [(0, 0), (1, 1)]), (["pie"], ["tarte"], [(0, 0)])]
    >>> learn_dictionary(pairs, least=2)
    {'pie': 'tarte'}
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for source, target, links in pairs:
        for s, t in links:
            counts[source[s]][target[t]] += 1
    best = {word: min(seen.items(), key=lambda pair: (-pair[1], pair[0])) for word, seen in counts.items()}
    return {word: target for word, (target, count) in best.items() if count >= least}

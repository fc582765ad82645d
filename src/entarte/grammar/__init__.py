"""The embedded corpus: English sentences that we write, with French, German or Spanish translations.

A synchronous grammar: `grow` makes a random tree of meanings, and each language writes the tree in words
(`english`, `french`, `german`, `spanish`). Words that share a meaning are linked, so every pair has gold word
alignments. One English sentence has one translation, so a model can learn all of it.

    pairs(to, count, seed)                 a stream of `Example` with ``links``
    splits(to, train, valid, test, seed)   three streams that share no sentence
    pair(tree, to)                         one tree as a pair
    LANGUAGES                              the target languages
"""

from __future__ import annotations

from entarte.grammar.languages import LANGUAGES, Language, language
from entarte.grammar.sampling import LONGEST, MAX_WORDS, MIN_WORDS, PARTS, pair, pairs, part_of, splits

__all__ = [
    "LANGUAGES",
    "LONGEST",
    "MAX_WORDS",
    "MIN_WORDS",
    "PARTS",
    "Language",
    "language",
    "pair",
    "pairs",
    "part_of",
    "splits",
]

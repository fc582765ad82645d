"""A word of a sentence and the meanings it carries; gold links follow from shared meanings.

Every node of a tree owns eight bits, one a part of its meaning. Each language writes the tree as words
and says of every word which bits it carries; two words are linked when they share a bit. So *hit* (the
verb and its tense), *with a pie* (the rest of the verb), *m'a* (me and the tense) and *entarté* (all of
the verb but its tense) link as a person would link them, and no language needs to know another.
"""

from __future__ import annotations

from collections.abc import Sequence

Word = tuple[str, int]
"""Text without spaces, and the bits of the meanings that it carries (0: a word with no counterpart)."""

Parts = tuple[Word, ...]
"""A lexical entry of one or more words, with bits as for node 0."""

WIDTH = 8
HEAD, B, C, D = 1, 2, 4, 8
"""The lexical parts ``a`` to ``d`` of a node; most words carry ``a`` alone."""
AUX, NOT, ASK, MODE = 16, 32, 64, 128
"""Of a clause: tense and person, negation, question, modal verb."""
DET, COUNT, OF = 16, 32, 64
"""Of a noun phrase: determiner, numeral or *all*, possession or measure."""

_LETTERS = {"a": HEAD, "b": B, "c": C, "d": D}


def meaning(at: int, slots: int) -> int:
    """The bits ``slots`` of node number ``at``.

    >>> meaning(2, HEAD | B) == 3 << 16
    True
    """
    return slots << (WIDTH * at)


def parts(text: str) -> Parts:
    """Read a lexical entry: words, each with ``/`` and the letters of its parts where they are not ``a``.

    >>> parts("jus de/b pomme/b")
    (('jus', 1), ('de', 2), ('pomme', 2))
    """
    found = []
    for item in text.split():
        word, _, letters = item.partition("/")
        found.append((word, sum(_LETTERS[letter] for letter in letters or "a")))
    return tuple(found)


def put(entry: Parts, at: int, extra: int = 0) -> list[Word]:
    """The words of a lexical entry as node ``at`` writes them; ``extra`` bits go on every word.

    >>> put(parts("two words/b"), 0, AUX)
    [('two', 17), ('words', 18)]
    """
    shift = WIDTH * at
    return [(text, (slots | extra) << shift) for text, slots in entry]


def links(source: Sequence[Word], target: Sequence[Word]) -> frozenset[tuple[int, int]]:
    """Gold links (source word, target word), 0-based: the pairs of words that share a meaning.

    >>> sorted(links([("hit", 1 | 16), ("me", 256)], [("m'a", 256 | 16), ("frappé", 1)]))
    [(0, 0), (0, 1), (1, 0)]
    """
    yours = [bits for _, bits in target]
    return frozenset(
        [(i, j) for i, (_, mine) in enumerate(source) for j, bits in enumerate(yours) if mine & bits]
    )


def surface(words: Sequence[Word]) -> str:
    """The sentence: words joined by single spaces.

    >>> surface([("il", 1), ("dort", 2)])
    'il dort'
    """
    return " ".join([text for text, _ in words])

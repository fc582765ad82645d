"""German noun phrases: cases, three declensions of the adjective, weak nouns, genitive owners, *kein*."""

from __future__ import annotations

from entarte.grammar import numbers
from entarte.grammar.nouns import Forms
from entarte.grammar.tree import Common, Gap, Name, Pronoun, Quality, Several, Thing, indefinite
from entarte.grammar.word import COUNT, DET, HEAD, OF, Parts, Word, meaning, put

NOM, ACC, DAT, GEN = range(4)
"""Cases."""
_GENDER = {"m": 0, "f": 1, "n": 2}
PLURAL = 3
"""Column of the tables: masculine, feminine, neuter, plural; rows are cases."""

ARTICLE = ("der die das die", "den die das die", "dem der dem den", "des der des der")
RELATIVE = ("der die das die", "den die das die", "dem der dem denen", "dessen deren dessen deren")
_EIN = ("- e - e", "en e - e", "em er em en", "es er es er")
_DIESER = ("er e es e", "en e es e", "em er em en", "es er es er")
_WEAK = ("e e e en", "en e e en", "en en en en", "en en en en")
_MIXED = ("er e es en", "en e es en", "en en en en", "en en en en")
_ALONE = ("er e es e", "en e es e", "em er em en", "en er en er")
_POSSESSIVE = {"my": "mein", "your": "dein", "his": "sein", "her": "ihr", "our": "unser", "their": "ihr"}

_PRONOUNS = {
    "I": ("ich", "mich", "mir"), "you": ("du", "dich", "dir"), "he": ("er", "ihn", "ihm"),
    "she": ("sie", "sie", "ihr"), "it": ("es", "es", "ihm"), "we": ("wir", "uns", "uns"),
    "they": ("sie", "sie", "ihnen"), "who": ("wer", "wen", "wem"), "there": ("es", "es", "es"),
}  # fmt: skip
_STANDS_FOR = {"m": "he", "f": "she", "n": "it"}


def table(rows: tuple[str, ...], case: int, column: int) -> str:
    """A cell of a declension table; ``-`` is the empty ending.

    >>> table(ARTICLE, DAT, 1), table(_EIN, NOM, 0)
    ('der', '')
    """
    return rows[case].split()[column].replace("-", "")


def column(thing: Thing | Gap) -> int:
    """Gender or plural, as relative pronouns follow it."""
    if isinstance(thing, Gap):
        return column(thing.of)
    if isinstance(thing, Common):
        return PLURAL if thing.plural else _GENDER[thing.noun.de.gender]
    return PLURAL if isinstance(thing, Several) else 0


def pronoun(node: Pronoun, case: int) -> Word:
    """
    >>> pronoun(Pronoun(0, "she"), DAT)
    ('ihr', 1)
    """
    who = node.who
    if node.of is not None:
        who = "they" if node.of.plural else _STANDS_FOR[node.of.noun.de.gender]
    return _PRONOUNS[who][case], meaning(node.at, HEAD)


def thing(node: Thing, case: int, negated: bool = False) -> list[Word]:
    """A noun phrase in a case; ``negated``: with *kein*."""
    if isinstance(node, Pronoun):
        return [pronoun(node, case)]
    if isinstance(node, Name):
        return [(node.proper.name, meaning(node.at, HEAD))]
    if isinstance(node, Common):
        return common(node, case, negated)
    words: list[Word] = []
    last = len(node.members) - 1
    for index, member in enumerate(node.members):
        if index:
            words.append(
                ("und", meaning(node.at, HEAD)) if index == last else (",", meaning(node.at, HEAD << index))
            )
        words += thing(member, case)
    return words


def common(node: Common, case: int, negated: bool = False) -> list[Word]:
    """A noun with what hangs on it, but for its relative clause."""
    at, place = node.at, column(node)
    words, endings = _determiner(node, case, place, negated)
    if node.count:
        words += [(text, meaning(at, COUNT)) for text in numbers.german(node.count)]
    for each in node.qualities:
        words.append((inflected(each.adjective.de, table(endings, case, place)), meaning(each.at, HEAD)))
    bare = DET if node.det == "bare" and not node.count and not negated else 0
    words += put(noun(node.noun.de, case, node.plural), at, bare)
    if node.content is not None:
        content = common(node.content, case)
        words += [(text, bits | meaning(at, OF)) if index == 0 else (text, bits)
                  for index, (text, bits) in enumerate(content)]  # fmt: skip
    if isinstance(node.owner, Common):
        owner = common(node.owner, GEN)
        words += [(owner[0][0], owner[0][1] | meaning(at, OF)), *owner[1:]]
    return words


def inflected(stem: str, ending: str) -> str:
    """
    >>> inflected("rot", "en"), inflected("teuer", "es"), inflected("müde", "er")
    ('roten', 'teures', 'müder')
    """
    if stem == "teuer":
        stem = "teur"
    return (stem[:-1] if stem.endswith("e") else stem) + ending


def noun(forms: Forms, case: int, plural: bool) -> Parts:
    """
    >>> from entarte.grammar.nouns import NOUNS
    >>> [noun(NOUNS[name].de, case, many)[0][0] for name, case, many in
    ...  [("boy", ACC, False), ("house", GEN, False), ("child", DAT, True), ("car", DAT, True)]]
    ['Jungen', 'Hauses', 'Kindern', 'Autos']
    """
    if plural:
        if case == DAT and not forms.many[0][0].endswith(("n", "s")):
            return tuple((text + "n", bits) for text, bits in forms.many)
        return forms.many
    if case == GEN:
        return forms.genitive
    return forms.many if forms.weak and case != NOM else forms.one


def _determiner(node: Common, case: int, place: int, negated: bool) -> tuple[list[Word], tuple[str, ...]]:
    """The determiner and the endings that adjectives take after it."""
    bits, det = meaning(node.at, DET), node.det
    if negated and indefinite(node):
        return [("kein" + table(_EIN, case, place), bits)], _MIXED
    if det in ("a", "one"):
        return [("ein" + table(_EIN, case, place), bits)], _MIXED
    if det in _POSSESSIVE:
        return [(_POSSESSIVE[det] + table(_EIN, case, place), bits)], _MIXED
    if det in ("this", "every"):
        return [(("dies" if det == "this" else "jed") + table(_DIESER, case, place), bits)], _WEAK
    if det == "all":
        return [("all" + table(_DIESER, case, place), bits | meaning(node.at, COUNT))], _WEAK
    if det == "many":
        return [("viel" + table(_DIESER, case, place), bits)], _ALONE
    if det == "bare":
        return [], _ALONE
    if isinstance(node.owner, Name):
        owner = meaning(node.owner.at, HEAD) | meaning(node.at, OF | DET)
        return [(node.owner.proper.name + "s", owner)], _ALONE
    return [(table(ARTICLE, case, place), bits)], _WEAK


def quality(node: Quality) -> Word:
    """After *sein* an adjective does not change."""
    return node.adjective.de, meaning(node.at, HEAD)

"""Spanish noun phrases: agreement, *el agua*, *buen*, adjectives after the noun, *a* before people."""

from __future__ import annotations

from entarte.grammar import numbers
from entarte.grammar.tree import Common, Gap, Name, Pronoun, Quality, Several, Thing
from entarte.grammar.word import COUNT, DET, HEAD, OF, Word, meaning, put

_ARTICLES = {
    "the": ("el", "la", "los", "las"), "a": ("un", "una", "", ""), "one": ("un", "una", "", ""),
    "this": ("este", "esta", "estos", "estas"), "my": ("mi", "mi", "mis", "mis"),
    "your": ("tu", "tu", "tus", "tus"), "his": ("su", "su", "sus", "sus"),
    "her": ("su", "su", "sus", "sus"), "their": ("su", "su", "sus", "sus"),
    "our": ("nuestro", "nuestra", "nuestros", "nuestras"), "every": ("cada", "cada", "", ""),
    "many": ("", "", "muchos", "muchas"),
}  # fmt: skip
_SHORT = {"bueno": "buen", "malo": "mal"}
_STRONG = {"I": "mí", "you": "ti", "he": "él", "she": "ella", "we": "nosotros", "they": "ellos", "it": "él"}


def feminine(thing: Thing | Gap) -> bool:
    """Grammatical gender, as adjectives follow it."""
    if isinstance(thing, Gap):
        return feminine(thing.of)
    if isinstance(thing, Pronoun):
        return thing.who == "she" or (thing.of is not None and feminine(thing.of))
    if isinstance(thing, Several):
        return all(feminine(member) for member in thing.members)
    return thing.proper.female if isinstance(thing, Name) else thing.noun.es.gender == "f"


def living(thing: Thing | Gap) -> bool:
    """Whether a direct object takes *a*: a person or an animal that is not just some."""
    if isinstance(thing, Gap):
        return living(thing.of)
    if isinstance(thing, Common):
        kinds = thing.noun.kinds
        some = thing.det == "bare" and not thing.count
        return not some and ("human" in kinds or "animal" in kinds)
    if isinstance(thing, Several):
        return living(thing.members[0])
    return True


def quality(node: Quality, she: bool, plural: bool) -> Word:
    """An adjective that agrees."""
    return node.adjective.es[she + 2 * plural], meaning(node.at, HEAD)


def strong(node: Pronoun) -> Word:
    """A pronoun after a preposition."""
    return _STRONG[node.who], meaning(node.at, HEAD)


def thing(node: Thing, role: str = "", before: list[Word] | None = None) -> list[Word]:
    """A noun phrase. ``role`` ``all``: without an article it means all of them (*los pájaros*).

    ``before``: a preposition, repeated before each member of a list; without bits it belongs to the noun.
    """
    before = before or []
    if not isinstance(node, Several):
        before = [(text, bits or meaning(node.at, HEAD)) for text, bits in before]
    if isinstance(node, Pronoun):
        return [*before, strong(node)]
    if isinstance(node, Name):
        return [*before, (node.proper.name, meaning(node.at, HEAD))]
    if isinstance(node, Common):
        return [*before, *common(node, role)]
    words: list[Word] = []
    last = len(node.members) - 1
    for index, member in enumerate(node.members):
        if index:
            words.append(
                ("y", meaning(node.at, HEAD)) if index == last else (",", meaning(node.at, HEAD << index))
            )
        words += thing(member, role, before)
    return words


def common(node: Common, role: str = "") -> list[Word]:
    """A noun with what hangs on it, but for its relative clause."""
    at, forms, plural = node.at, node.noun.es, node.plural
    she = forms.gender == "f"
    before: list[Word] = []
    after: list[Word] = []
    for each in node.qualities:
        text, bits = quality(each, she, plural)
        if each.adjective.es_before:
            before.append((_SHORT.get(text, text), bits))
        else:
            after.insert(0, (text, bits))
    bare = node.det == "bare" and role != "all"
    noun = put(forms.number(plural), at, DET if bare and not node.count else 0)
    count = [(text, meaning(at, COUNT)) for text in numbers.spanish(node.count, she)] if node.count else []
    words = [*_determiner(node, bare, bool(before or count)), *count, *before, *noun, *after]
    if node.content is not None:
        words += [("de", meaning(at, OF)), *common(node.content)]
    if node.owner is not None:
        words += thing(node.owner, "", [("de", meaning(at, OF))])
    return words


def _determiner(node: Common, bare: bool, apart: bool) -> list[Word]:
    """``apart``: something stands between it and the noun (then *la*, not *el*, before *agua*)."""
    if bare or (node.det == "bare" and node.count):
        return []
    she = node.noun.es.gender == "f"
    bits = meaning(node.at, DET)
    prefix: list[Word] = []
    det = node.det
    if det == "all":
        det, prefix = "the", [("todas" if she else "todos", meaning(node.at, COUNT))]
    if det in ("owner", "bare"):
        det = "the"
    stressed = node.noun.es.odd and not node.plural and not apart and det in ("the", "a", "one")
    return [*prefix, (_ARTICLES[det][(she and not stressed) + 2 * node.plural], bits)]


def join(words: list[Word]) -> list[Word]:
    """*del, al*, and *e* for *y* before an i.

    >>> [text for text, _ in join([("de", 1), ("el", 2), ("rey", 4), ("y", 1), ("iglesia", 1)])]
    ['del', 'rey', 'e', 'iglesia']
    """
    found: list[Word] = []
    for text, bits in words:
        if found:
            last, more = found[-1]
            if text == "el" and last in ("a", "de"):
                found[-1] = (last + "l" if last == "de" else "al", more | bits)
                continue
            if last == "y" and text[0] in "ií":
                found[-1] = ("e", more)
        found.append((text, bits))
    return found

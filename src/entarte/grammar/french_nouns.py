"""French noun phrases: articles, agreement, the place of adjectives, *du*, *des* and *de*."""

from __future__ import annotations

from entarte.grammar import numbers
from entarte.grammar.nouns import Forms
from entarte.grammar.tree import Common, Gap, Name, Pronoun, Quality, Several, Thing, indefinite
from entarte.grammar.word import COUNT, DET, HEAD, OF, Word, meaning, put

_VOWELS = frozenset("aeiouyàâéèêëîïôùûœæh")
_ASPIRATED = frozenset({"huit", "onze", "haut"})
_ARTICLES = {
    "the": ("le", "la", "les"), "a": ("un", "une", "des"), "one": ("un", "une", ""),
    "this": ("ce", "cette", "ces"), "my": ("mon", "ma", "mes"), "your": ("ton", "ta", "tes"),
    "his": ("son", "sa", "ses"), "her": ("son", "sa", "ses"), "our": ("notre", "notre", "nos"),
    "their": ("leur", "leur", "leurs"), "every": ("chaque", "chaque", ""),
}  # fmt: skip
_BEFORE_VOWEL = {"ce": "cet", "ma": "mon", "ta": "ton", "sa": "son"}
_WHO = {"who": "qui", "there": "il", "it": "il", "I": "je", "you": "tu", "he": "il", "she": "elle",
        "we": "nous", "they": "ils"}  # fmt: skip
_STRONG = {"I": "moi", "you": "toi", "he": "lui", "she": "elle", "we": "nous", "they": "eux", "it": "lui"}


def vowel(text: str) -> bool:
    """Whether an elision is made before the word.

    >>> [vowel(word) for word in ("homme", "eau", "Anna", "onze", "chat")]
    [True, True, True, False, False]
    """
    return text[0].lower() in _VOWELS and text not in _ASPIRATED


def feminine(thing: Thing | Gap) -> bool:
    """Grammatical gender, as adjectives and participles follow it."""
    if isinstance(thing, Gap):
        return feminine(thing.of)
    if isinstance(thing, Pronoun):
        return thing.who == "she" or (thing.of is not None and feminine(thing.of))
    if isinstance(thing, Several):
        return all(feminine(member) for member in thing.members)
    return thing.proper.female if isinstance(thing, Name) else thing.noun.fr.gender == "f"


def quality(node: Quality, she: bool, plural: bool) -> list[Word]:
    """An adjective that agrees."""
    return put(node.adjective.fr[she + 2 * plural], node.at)


def subject_pronoun(node: Pronoun) -> Word:
    return _WHO[node.who], meaning(node.at, HEAD)


def thing(node: Thing, role: str = "") -> list[Word]:
    """A noun phrase.

    role  ``all``: without an article it means all of them (a subject, what one likes): *les oiseaux*;
          ``not``: under a negation (*pas de pain*); ``of``: after *de*; "" otherwise (*du pain*)
    """
    if isinstance(node, Pronoun):
        return [(_STRONG[node.who], meaning(node.at, HEAD))]
    if isinstance(node, Name):
        return [(node.proper.name, meaning(node.at, HEAD))]
    if isinstance(node, Common):
        return common(node, role)
    words: list[Word] = []
    last = len(node.members) - 1
    for index, member in enumerate(node.members):
        if index:
            words.append(
                ("et", meaning(node.at, HEAD)) if index == last else (",", meaning(node.at, HEAD << index))
            )
        words += thing(member, role)
    return words


def common(node: Common, role: str = "") -> list[Word]:
    """A noun with what hangs on it, but for its relative clause."""
    at, forms, plural = node.at, node.noun.fr, node.plural
    she = forms.gender == "f"
    before: list[Word] = []
    after: list[Word] = []
    for each in node.qualities:
        if each.adjective.fr_before:
            before += quality(each, she, plural)
        else:
            after = quality(each, she, plural) + after
    bare = DET if node.det == "bare" and role == "of" and not node.count else 0
    body = [*before, *put(forms.number(plural), at, bare), *after]
    if not plural and not she:
        _before_vowel(body, node)
    if node.count:
        body = [(text, meaning(at, COUNT)) for text in numbers.french(node.count, she)] + body
    words = _determiner(node, forms, role, body, bool(before))
    if node.content is not None:
        words += [("de", meaning(at, OF)), *common(node.content, "of")]
    if node.det == "owner" and node.owner is not None:
        words += [("de", meaning(at, OF)), *thing(node.owner)]
    return words


def _before_vowel(body: list[Word], node: Common) -> None:
    """*un vieil homme, un bel arbre*."""
    for index, each in enumerate([each for each in node.qualities if each.adjective.fr_before]):
        if each.adjective.bel and vowel(body[index + 1][0]):
            body[index] = (each.adjective.bel, body[index][1])


def _determiner(node: Common, forms: Forms, role: str, body: list[Word], adjective_first: bool) -> list[Word]:
    det, bits = node.det, meaning(node.at, DET)
    if indefinite(node) and role == "not":
        return [("de", bits), *body]
    if det == "bare":
        if node.count or role == "of":
            return body
        if role != "all":
            if not node.plural:
                return [("de", bits), ("la" if forms.gender == "f" else "le", bits), *body]
            return [("de" if adjective_first else "des", bits), *body]
        det = "the"
    if det == "many":
        return [("beaucoup", bits), ("de", bits), *body]
    prefix: list[Word] = []
    if det == "all":
        det = "the"
        prefix = [("toutes" if forms.gender == "f" else "tous", meaning(node.at, COUNT))]
    text = _ARTICLES["the" if det == "owner" else det][2 if node.plural else int(forms.gender == "f")]
    if vowel(body[0][0]):
        text = _BEFORE_VOWEL.get(text, text)
    return [*prefix, (text, bits), *body]


def join(words: list[Word]) -> list[Word]:
    """Elision and contraction: *l'homme, m'a, qu'il, s'il, du, aux*, from right to left.

    >>> [text for text, _ in join([("de", 1), ("le", 2), ("ami", 4), ("de", 1), ("le", 1), ("roi", 1)])]
    ['de', "l'ami", 'du', 'roi']
    """
    found: list[Word] = []
    for text, bits in reversed(words):
        if found:
            after, more = found[-1]
            if (text in _ELIDED and vowel(after)) or (text == "si" and after in ("il", "ils")):
                found[-1] = (f"{text[:-1]}'{after}", bits | more)
                continue
            contracted = _CONTRACTED.get((text, after))
            if contracted:
                found[-1] = (contracted, bits | more)
                continue
        found.append((text, bits))
    return found[::-1]


_ELIDED = frozenset({"le", "la", "je", "me", "te", "se", "ne", "de", "que", "s"})
_CONTRACTED = {("de", "le"): "du", ("de", "les"): "des", ("à", "le"): "au", ("à", "les"): "aux"}

"""The Spanish sentence of a tree: silent subjects, clitics, *a* before people, *gustar*, *ser*, *estar*."""

from __future__ import annotations

from entarte.grammar import numbers
from entarte.grammar import spanish_nouns as nouns
from entarte.grammar.phrases import QUESTIONS, WORDS, City
from entarte.grammar.spanish_nouns import feminine, join, living
from entarte.grammar.spanish_verbs import conjugate, with_clitics
from entarte.grammar.tree import (
    Ask,
    Clause,
    Common,
    Compared,
    Fixed,
    Gap,
    Hour,
    Job,
    Joined,
    Place,
    Pronoun,
    Quality,
    Sentence,
    Several,
    That,
    Thing,
    female,
    person,
)
from entarte.grammar.word import AUX, DET, HEAD, MODE, NOT, OF, B, D, Word, meaning, put

_REFLEXIVE = ("me", "te", "se", "nos", "se")
_DATIVE = ("me", "te", "le", "nos", "les")
_MODALS = {"want": "querer", "can": "poder", "must": "deber"}


def write(tree: Sentence) -> list[Word]:
    """The Spanish words of a sentence."""
    return join(_sentence(tree))


def _sentence(tree: Sentence) -> list[Word]:
    if isinstance(tree, Clause):
        return _clause(tree)
    if isinstance(tree, Joined):
        return [*_sentence(tree.left), *put(WORDS[tree.word].es, tree.at), *_sentence(tree.right)]
    if isinstance(tree, Ask):
        asked = put(QUESTIONS[tree.word].es, tree.at) if tree.word else []
        mark = meaning(tree.at, B)
        return [("¿", mark), *asked, *_clause(tree.clause, ask=True), ("?", mark)]
    under = [*put(WORDS[tree.word].es, tree.at), *_clause(tree.clause)]
    if tree.front:
        return [*under, (",", meaning(tree.at, B)), *_sentence(tree.main)]
    return [*_sentence(tree.main), *under]


def _clause(c: Clause, ask: bool = False) -> list[Word]:
    """``ask``: the subject follows the verb."""
    time = _time(c.time)
    words = [*time] if c.front else []
    if c.verb.frame == "like":
        words += _like(c)
    else:
        subject, silent = _subject(c.subject)
        verbs = _verbs(c, silent)
        rest = _complements(c)
        if ask and c.verb.frame == "be" and isinstance(c.predicate, (Quality, Job)):
            words += [*verbs, *rest, *subject]
        elif ask and subject and subject[0][0] != "quién":
            words += [*verbs, *subject, *rest]
        else:
            words += [*subject, *verbs, *rest]
    if c.place:
        words += _place(c.place)
    if not c.front:
        words += time
    if c.then:
        words += [*put(WORDS[c.then.word].es, c.then.at), *_clause(c.then.clause)]
    return words


def _subject(node: Thing | Gap) -> tuple[list[Word], int]:
    """The subject and the bits that the verb's ending carries for a pronoun left out."""
    if isinstance(node, Gap):
        return [], 0
    if isinstance(node, Pronoun):
        bits = meaning(node.at, HEAD)
        return ([("quién", bits)], 0) if node.who == "who" else ([], bits)
    return _thing(node, "all"), 0


def _negation(c: Clause) -> list[Word]:
    """*no*, *nunca*, *a menudo*: before the clitics."""
    words = [("no", meaning(c.at, NOT))] if c.negated else []
    return words + (put(c.often.phrase.es, c.often.at) if c.often else [])


def _tense(verb: str, state: bool, tense: str) -> tuple[str, ...]:
    forms = conjugate(verb)
    if tense == "past":
        return forms.imperfect if state else forms.past
    return forms.future if tense == "future" else forms.present


def _verbs(c: Clause, silent: int) -> list[Word]:
    """*no* or *siempre*, clitics, the finite verb; an infinitive carries the clitics itself."""
    entry, who = c.verb.es, person(c.subject)
    head = entry.head
    if isinstance(c.predicate, Quality) and c.predicate.adjective.es_state:
        head = "estar"
    lexical = meaning(c.at, entry.slots)
    clitics = _clitics(c)
    before = _negation(c)
    if c.modal:
        finite = _tense(_MODALS[c.modal], True, c.tense)[who], meaning(c.at, MODE | AUX) | silent
        for _, bits in clitics:
            lexical |= bits
        return [*before, finite, (with_clitics(head, [text for text, _ in clitics]), lexical)]
    form = _tense(head, c.verb.state, c.tense)[who]
    return [*before, *clitics, (form, lexical | meaning(c.at, AUX) | silent)]


def _clitics(c: Clause) -> list[Word]:
    """*me, le, se, lo*: reflexive, then dative, then accusative; *le* doubles a dative noun."""
    entry = c.verb.es
    words: list[Word] = []
    if entry.reflexive:
        words.append((_REFLEXIVE[person(c.subject)], meaning(c.at, entry.slots)))
    dative = c.receiver if c.receiver is not None else c.object if entry.case == "dat" else None
    if dative is not None and not isinstance(dative, (That, Gap)):
        words.append((_DATIVE[person(dative)], _bits(dative)))
    if isinstance(c.object, Pronoun) and entry.case in ("", "plain"):
        if words and words[-1][0] in ("le", "les"):
            words[-1] = ("se", words[-1][1])
        words.append(_accusative(c.object))
    return words


def _bits(node: Thing) -> int:
    """The meanings of whom a clitic stands for."""
    if isinstance(node, Several):
        bits = 0
        for member in node.members:
            bits |= meaning(member.at, HEAD)
        return bits
    return meaning(node.at, HEAD)


def _accusative(node: Pronoun) -> Word:
    bits = meaning(node.at, HEAD)
    if node.who in ("I", "you", "we"):
        return _DATIVE[person(node)], bits
    plural = node.who == "they" or (node.of is not None and node.of.plural)
    return ("la" if feminine(node) else "lo") + ("s" if plural else ""), bits


def _complements(c: Clause) -> list[Word]:
    entry, object_ = c.verb.es, c.object
    words = put(c.manner.phrase.es, c.manner.at) if c.manner else []
    words += put(entry.rest, c.at)
    if isinstance(object_, That):
        words += [*put(WORDS["that"].es, object_.at), *_clause(object_.clause)]
    elif object_ is not None and not isinstance(object_, Gap):
        if entry.case not in ("", "plain", "dat"):
            words += _thing(object_, "", [(entry.case, meaning(c.at, entry.case_slots))])
        elif not isinstance(object_, Pronoun):
            personal = entry.case == "dat" or (
                entry.case == "" and c.verb.frame == "object" and living(object_)
            )
            words += _thing(object_, "", [("a", 0)] if personal else [])
    if c.receiver is not None and not isinstance(c.receiver, Pronoun):
        words += _thing(c.receiver, "", [("a", meaning(c.receiver.at, OF))])
    if c.predicate is not None:
        words += _predicate(c.predicate, c.subject)
    return words


def _like(c: Clause) -> list[Word]:
    """*al hombre le gustan las manzanas*: what is liked is the subject."""
    if isinstance(c.object, (That, Gap)) or c.object is None or isinstance(c.subject, Gap):
        raise ValueError("like takes a subject and an object")
    who = person(c.subject)
    words: list[Word] = []
    if not isinstance(c.subject, Pronoun):
        words = _thing(c.subject, "all", [("a", 0)])
    form = _tense("gustar", True, c.tense)[person(c.object)]
    clitic = (_DATIVE[who], _bits(c.subject))
    verb = (form, meaning(c.at, HEAD | AUX))
    return [*words, *_negation(c), clitic, verb, *_thing(c.object, "all")]


def _thing(node: Thing, role: str = "", before: list[Word] | None = None) -> list[Word]:
    """A noun phrase with its relative clause."""
    words = nouns.thing(node, role, before)
    if isinstance(node, Common) and node.relative is not None:
        words += [("que", meaning(node.relative.at, HEAD)), *_clause(node.relative.clause)]
    return words


def _predicate(node: Quality | Compared | Job, subject: Thing | Gap) -> list[Word]:
    plural, she = person(subject) > 2, feminine(subject)
    if isinstance(node, Quality):
        return [nouns.quality(node, she, plural)]
    if isinstance(node, Job):
        forms = node.noun.her[2] if node.noun.her and female(subject) else node.noun.es
        return put(forms.number(plural), node.at, DET)
    irregular = {"good": "mejor", "bad": "peor"}.get(node.adjective.name)
    if irregular:
        words = [(irregular + ("es" if plural else ""), meaning(node.at, DET | HEAD))]
    else:
        words = [("más", meaning(node.at, DET)), nouns.quality(Quality(node.at, node.adjective), she, plural)]
    return [*words, ("que", meaning(node.at, OF)), *nouns.thing(node.than)]


def _place(node: Place) -> list[Word]:
    before = put(node.preposition.es, node.at)
    if isinstance(node.where, City):
        return [*before, (node.where.es[0][0], meaning(node.at, D))]
    return [*before, *nouns.common(node.where)]


def _time(node: Fixed | Hour | None) -> list[Word]:
    if node is None:
        return []
    if isinstance(node, Fixed):
        return put(node.phrase.es, node.at)
    hour = numbers.spanish(node.hour, feminine=True)[0]
    article = "la" if node.hour == 1 else "las"
    return [("a", meaning(node.at, HEAD)), (article, meaning(node.at, DET)), (hour, meaning(node.at, B))]

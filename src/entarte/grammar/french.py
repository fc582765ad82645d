"""The French sentence of a tree: clitics, *ne … pas*, compound past and its agreement, *est-ce que*."""

from __future__ import annotations

from entarte.grammar import french_nouns as nouns
from entarte.grammar import numbers
from entarte.grammar.french_nouns import feminine, join, quality
from entarte.grammar.french_verbs import BY_ETRE, Conjugation, agree, conjugate
from entarte.grammar.phrases import QUESTIONS, WORDS, City
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
from entarte.grammar.word import ASK, AUX, DET, HEAD, MODE, NOT, OF, B, D, Word, meaning, put

_REFLEXIVE = ("me", "te", "se", "nous", "se")
_DATIVE = {"I": "me", "you": "te", "he": "lui", "she": "lui", "it": "lui", "we": "nous", "they": "leur"}
_MODALS = {"want": "vouloir", "can": "pouvoir", "must": "devoir"}


def write(tree: Sentence) -> list[Word]:
    """The French words of a sentence."""
    return join(_sentence(tree))


def _sentence(tree: Sentence) -> list[Word]:
    if isinstance(tree, Clause):
        return _clause(tree)
    if isinstance(tree, Joined):
        return [*_sentence(tree.left), *put(WORDS[tree.word].fr, tree.at), *_sentence(tree.right)]
    if isinstance(tree, Ask):
        words = put(QUESTIONS[tree.word].fr, tree.at) if tree.word else []
        if not (isinstance(tree.clause.subject, Pronoun) and tree.clause.subject.who == "who"):
            ask = meaning(tree.clause.at, ASK)
            words += [("est-ce", ask), ("que", ask)]
        return [*words, *_clause(tree.clause), ("?", meaning(tree.at, B))]
    under = [*put(WORDS[tree.word].fr, tree.at), *_clause(tree.clause)]
    if tree.front:
        return [*under, (",", meaning(tree.at, B)), *_sentence(tree.main)]
    return [*_sentence(tree.main), *under]


def _clause(c: Clause) -> list[Word]:
    time = _time(c.time)
    words = [*time] if c.front else []
    if isinstance(c.subject, Pronoun):
        words.append(nouns.subject_pronoun(c.subject))
    elif not isinstance(c.subject, Gap):
        words += _thing(c.subject, "all")
    words += _verbs(c)
    words += _complements(c)
    if c.place:
        words += _place(c.place)
    if not c.front:
        words += time
    if c.then:
        words += [*put(WORDS[c.then.word].fr, c.then.at), *_clause(c.then.clause)]
    return words


def _clitics(c: Clause) -> list[Word]:
    """The unstressed pronouns before the verb, in their order: *me le, le lui*."""
    entry = c.verb.fr
    words: list[Word] = []
    if entry.reflexive:
        words.append((_REFLEXIVE[person(c.subject)], meaning(c.at, entry.slots)))
    if c.verb.frame == "exist":
        words.append(("y", meaning(c.subject.at, HEAD) if isinstance(c.subject, Pronoun) else 0))
    if isinstance(c.object, Pronoun) and entry.case in ("", "dat"):
        words.append(_object(c.object, entry.case))
    if isinstance(c.receiver, Pronoun):
        dative = (_DATIVE[c.receiver.who], meaning(c.receiver.at, HEAD))
        words.insert(len(words) if dative[0] in ("lui", "leur") else 0, dative)
    return words


def _object(node: Pronoun, case: str) -> Word:
    bits = meaning(node.at, HEAD)
    plural = person(node) == 4 or (node.of is not None and node.of.plural)
    if case == "dat":
        return _DATIVE[node.who], bits
    if node.who in ("I", "you", "we"):
        return _DATIVE[node.who], bits
    return "les" if plural else "la" if feminine(node) else "le", bits


def _verbs(c: Clause) -> list[Word]:
    """*ne*, clitics, finite verb, *pas* or *souvent*, participle or infinitive."""
    entry, who = c.verb.fr, person(c.subject)
    forms = conjugate(entry.head)
    lexical, tense = meaning(c.at, entry.slots), meaning(c.at, AUX)
    clitics = _clitics(c)
    before: list[Word] = []
    after: list[Word] = []
    if c.negated:
        before, after = [("ne", meaning(c.at, NOT))], [("pas", meaning(c.at, NOT))]
    if c.often:
        after = after + put(c.often.phrase.fr, c.often.at)
        if c.never:
            before = [("ne", meaning(c.often.at, HEAD))]
    if c.modal:
        modal = conjugate(_MODALS[c.modal])
        finite = _tense(modal, c.tense)[who], meaning(c.at, MODE | AUX)
        return [*before, finite, *after, *clitics, (entry.head, lexical)]
    if c.verb.state or c.tense != "past":
        return [*before, *clitics, (_tense(forms, c.tense)[who], lexical | tense), *after]
    by_etre = entry.reflexive or entry.head in BY_ETRE
    helper = conjugate("être" if by_etre else "avoir").present[who]
    return [*before, *clitics, (helper, tense), *after, (_participle(c, forms.participle, by_etre), lexical)]


def _tense(forms: Conjugation, tense: str) -> tuple[str, ...]:
    return forms.present if tense == "present" else forms.future if tense == "future" else forms.imperfect


def _participle(c: Clause, participle: str, by_etre: bool) -> str:
    """Agrees with the subject after *être*, with a direct object that stands before *avoir*."""
    if by_etre:
        return agree(participle, feminine(c.subject), person(c.subject) > 2)
    if c.verb.fr.case == "" and isinstance(c.object, (Pronoun, Gap)):
        of = c.object.of
        plural = person(c.object) > 2 or (isinstance(c.object, Pronoun) and of is not None and person(of) > 2)
        return agree(participle, feminine(c.object), plural)
    return participle


def _complements(c: Clause) -> list[Word]:
    entry, object_ = c.verb.fr, c.object
    words = put(c.manner.phrase.fr, c.manner.at) if c.manner else []
    words += put(entry.rest, c.at)
    role = "all" if c.verb.frame == "like" else "not" if c.negated or c.never else ""
    if isinstance(object_, That):
        words += [*put(WORDS["that"].fr, object_.at), *_clause(object_.clause)]
    elif object_ is not None and not isinstance(object_, Gap):
        if entry.case == "":
            words += [] if isinstance(object_, Pronoun) else _thing(object_, role)
        elif entry.case != "dat":
            words += _after([(entry.case, meaning(c.at, entry.case_slots))], object_)
        elif not isinstance(object_, Pronoun):
            words += _after([("à", meaning(c.at, entry.slots))], object_)
    if c.receiver is not None and not isinstance(c.receiver, Pronoun):
        words += _after([("à", meaning(c.receiver.at, OF))], c.receiver)
    if c.predicate is not None:
        words += _predicate(c.predicate, c.subject)
    return words


def _after(preposition: list[Word], node: Thing) -> list[Word]:
    """A noun phrase after a preposition, which each member of a list repeats."""
    role = "of" if preposition[-1][0] == "de" else ""
    if not isinstance(node, Several):
        return [*preposition, *_thing(node, role)]
    words: list[Word] = []
    last = len(node.members) - 1
    for index, member in enumerate(node.members):
        if index:
            words.append(
                ("et", meaning(node.at, HEAD)) if index == last else (",", meaning(node.at, HEAD << index))
            )
        words += [*preposition, *nouns.thing(member, role)]
    return words


def _thing(node: Thing, role: str = "") -> list[Word]:
    """A noun phrase with its relative clause."""
    words = nouns.thing(node, role)
    if isinstance(node, Common) and node.relative is not None:
        clause = node.relative.clause
        text = "que" if isinstance(clause.object, Gap) else "qui"
        words += [(text, meaning(node.relative.at, HEAD)), *_clause(clause)]
    return words


def _predicate(node: Quality | Compared | Job, subject: Thing | Gap) -> list[Word]:
    plural, she = person(subject) > 2, feminine(subject)
    if isinstance(node, Quality):
        return quality(node, she, plural)
    if isinstance(node, Job):
        forms = node.noun.her[0] if node.noun.her and female(subject) else node.noun.fr
        return put(forms.number(plural), node.at, DET)
    if node.adjective.name == "good":
        words = [(agree("meilleur", she, plural), meaning(node.at, DET | HEAD))]
    else:
        words = [("plus", meaning(node.at, DET)), *quality(Quality(node.at, node.adjective), she, plural)]
    return [*words, ("que", meaning(node.at, OF)), *nouns.thing(node.than)]


def _place(node: Place) -> list[Word]:
    if isinstance(node.where, City):
        return [("à", meaning(node.at, HEAD)), (node.where.fr[0][0], meaning(node.at, D))]
    return [*put(node.preposition.fr, node.at), *nouns.common(node.where)]


def _time(node: Fixed | Hour | None) -> list[Word]:
    if node is None:
        return []
    if isinstance(node, Fixed):
        return put(node.phrase.fr, node.at)
    hour = numbers.french(node.hour, feminine=True)[0]
    text = "heure" if node.hour == 1 else "heures"
    return [("à", meaning(node.at, HEAD)), (hour, meaning(node.at, B)), (text, meaning(node.at, DET))]

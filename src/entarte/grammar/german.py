"""The German sentence of a tree: verb second, verb last, brackets, the order of the middle field, commas."""

from __future__ import annotations

from entarte.grammar import german_nouns as nouns
from entarte.grammar import numbers
from entarte.grammar.german_nouns import ACC, DAT, GEN, NOM, RELATIVE, column, table
from entarte.grammar.german_verbs import by_sein, conjugate
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
    Name,
    Place,
    Pronoun,
    Quality,
    Sentence,
    That,
    Thing,
    female,
    indefinite,
    person,
)
from entarte.grammar.word import AUX, DET, HEAD, MODE, NOT, OF, B, D, Word, meaning, put

_COMMA: Word = (",", 0)
_REFLEXIVE = ("mich", "dich", "sich", "uns", "sich")
_MODALS = {"want": "wollen", "can": "können", "must": "müssen"}
_CASES = {"auf": ACC, "an": ACC, "um": ACC}
_KEIN = {"Hunger": "keinen", "Durst": "keinen", "Angst": "keine"}
_CONTRACTED = {("in", "dem"): "im", ("zu", "dem"): "zum", ("zu", "der"): "zur", ("an", "dem"): "am"}


def write(tree: Sentence) -> list[Word]:
    """The German words of a sentence."""
    return _tidy(_sentence(tree))


def _tidy(words: list[Word]) -> list[Word]:
    """No comma twice, none at the end or before the question mark."""
    found: list[Word] = []
    for text, bits in words:
        if found and found[-1][0] == "," and text in (",", "?"):
            bits |= found.pop()[1]
        found.append((text, bits))
    while found[-1][0] == ",":
        found.pop()
    return found


def _sentence(tree: Sentence, first: bool = True) -> list[Word]:
    """``first``: nothing stands before the verb but what the sentence puts there (else verb first)."""
    if isinstance(tree, Clause):
        return _clause(tree, "second" if first else "first")
    if isinstance(tree, Joined):
        left, right = _sentence(tree.left, first), _sentence(tree.right)
        comma = [_COMMA] if tree.word == "but" else []
        return [*left, *comma, *put(WORDS[tree.word].de, tree.at), *right]
    if isinstance(tree, Ask):
        asked = put(QUESTIONS[tree.word].de, tree.at) if tree.word else []
        who = isinstance(tree.clause.subject, Pronoun) and tree.clause.subject.who == "who"
        return [*asked, *_clause(tree.clause, "second" if who else "first"), ("?", meaning(tree.at, B))]
    past = tree.clause.tense == "past" and tree.word == "when"
    word = [("als", meaning(tree.at, HEAD))] if past else put(WORDS[tree.word].de, tree.at)
    under = [*word, *_clause(tree.clause, "last")]
    if tree.front:
        return [*under, (",", meaning(tree.at, B)), *_sentence(tree.main, first=False)]
    return [*_sentence(tree.main, first), _COMMA, *under, _COMMA]


def _clause(c: Clause, verb: str) -> list[Word]:
    """``verb``: where the finite verb stands: first, second or last."""
    subject: list[Word] = [] if isinstance(c.subject, Gap) else _thing(c.subject, NOM)
    time = _time(c.time)
    front = time if c.front and verb == "second" else []
    middle, tail = _middle(c, [] if front else time)
    finite, end = _verbs(c, verb == "last")
    if verb == "last":
        words = [*subject, *middle, *end, finite]
    elif verb == "first" or front:
        words = [*front, finite, *subject, *middle, *end]
    else:
        words = [*subject, finite, *middle, *end]
    words += tail
    if c.then:
        comma = [_COMMA] if c.then.word == "but" else []
        place = "last" if verb == "last" else "second"
        words += [*comma, *put(WORDS[c.then.word].de, c.then.at), *_clause(c.then.clause, place)]
    return words


def _verbs(c: Clause, last: bool) -> tuple[Word, list[Word]]:
    """The finite verb and what closes the bracket: particle, participle, infinitive."""
    entry, who = c.verb.de, person(c.subject)
    forms = conjugate(entry.head, entry.particle)
    tense = meaning(c.at, AUX)
    head, particle = meaning(c.at, entry.slots), meaning(c.at, entry.particle_slots)
    if c.modal:
        modal = conjugate("dürfen" if c.modal == "must" and c.negated else _MODALS[c.modal])
        form = modal.preterite if c.tense == "past" else modal.present
        return (form[who], meaning(c.at, MODE | AUX)), [(forms.infinitive, head | particle)]
    if c.tense == "future":
        return (conjugate("werden").present[who], tense), [(forms.infinitive, head | particle)]
    if c.tense == "past" and not c.verb.state:
        helper = conjugate("sein" if by_sein(entry.head, entry.particle) else "haben").present[who]
        return (helper, tense), [(forms.participle, head | particle)]
    form = forms.preterite if c.tense == "past" else forms.present
    if last:
        return (entry.particle + form[who], head | particle | tense), []
    return (form[who], head | tense), [(entry.particle, particle)] if entry.particle else []


def _middle(c: Clause, time: list[Word]) -> tuple[list[Word], list[Word]]:
    """The middle field after the subject, and what is moved behind the verb (a clause).

    Order: pronouns, time, dative, definite accusative, *nicht* or *oft*, manner, indefinite
    accusative, place, object with a preposition, predicate, the words that stay with the verb.
    """
    entry = c.verb.de
    pronouns: list[Word] = []
    dative: list[Word] = []
    definite: list[Word] = []
    vague: list[Word] = []
    attached: list[Word] = []
    tail: list[Word] = []
    negated = c.negated
    if entry.reflexive:
        pronouns.append((_REFLEXIVE[person(c.subject)], meaning(c.at, entry.slots)))
    if isinstance(c.object, That):
        words = put(WORDS["that"].de, c.object.at)
        tail = [_COMMA, *words, *_clause(c.object.clause, "last"), _COMMA]
    elif c.object is not None and not isinstance(c.object, Gap):
        case = DAT if entry.case == "dat" else _CASES.get(entry.case, ACC)
        kein = negated and entry.case in ("", "dat") and indefinite(c.object)
        words = nouns.thing(c.object, case, kein)
        if kein:
            words[0] = (words[0][0], words[0][1] | meaning(c.at, NOT))
            negated = False
        tail = _relative(c.object)
        if entry.case not in ("", "dat"):
            attached = [(entry.case, meaning(c.at, entry.case_slots)), *words]
        elif isinstance(c.object, Pronoun):
            pronouns += words
        elif _vague(c.object):
            vague = words
        else:
            definite = words
    if isinstance(c.receiver, Pronoun):
        pronouns.append(nouns.pronoun(c.receiver, DAT))
    elif c.receiver is not None:
        words = _thing(c.receiver, DAT)
        dative = [(words[0][0], words[0][1] | meaning(c.receiver.at, OF)), *words[1:]]
    rest = put(entry.rest, c.at)
    if negated and entry.rest and entry.rest[0][0] in _KEIN:
        rest = [(_KEIN[rest[0][0]], meaning(c.at, NOT)), *rest]
        negated = False
    predicate: list[Word] = []
    if c.predicate is not None:
        predicate = _predicate(c.predicate, c.subject, meaning(c.at, NOT) if negated else 0)
        negated = negated and not isinstance(c.predicate, Job)
    particles = [("nicht", meaning(c.at, NOT))] if negated else []
    if c.often:
        particles += put(c.often.phrase.de, c.often.at)
    manner = put(c.manner.phrase.de, c.manner.at) if c.manner else []
    where = _place(c.place) if c.place else []
    middle = [
        *pronouns,
        *time,
        *dative,
        *definite,
        *particles,
        *manner,
        *vague,
        *where,
        *attached,
        *predicate,
        *rest,
    ]
    return middle, tail


def _vague(node: Thing) -> bool:
    """Whether it stands behind *nicht* and *oft*."""
    return isinstance(node, Common) and (node.det in ("a", "bare", "one", "many"))


def _relative(node: Thing) -> list[Word]:
    if not isinstance(node, Common) or node.relative is None:
        return []
    clause = node.relative.clause
    case = NOM
    if isinstance(clause.object, Gap):
        case = DAT if clause.verb.de.case == "dat" else ACC
    text = table(RELATIVE, case, column(node))
    return [_COMMA, (text, meaning(node.relative.at, HEAD)), *_clause(clause, "last"), _COMMA]


def _thing(node: Thing, case: int) -> list[Word]:
    """A noun phrase with its relative clause."""
    return [*nouns.thing(node, case), *_relative(node)]


def _predicate(node: Quality | Compared | Job, subject: Thing | Gap, negated: int) -> list[Word]:
    plural = person(subject) > 2
    if isinstance(node, Quality):
        return [nouns.quality(node)]
    if isinstance(node, Job):
        forms = node.noun.her[1] if node.noun.her and female(subject) else node.noun.de
        words = put(forms.number(plural), node.at, 0 if negated else DET)
        if not negated:
            return words
        ending = "e" if plural or forms.gender == "f" else ""
        return [("kein" + ending, meaning(node.at, DET) | negated), *words]
    words = [(node.adjective.de_more, meaning(node.at, DET | HEAD)), ("als", meaning(node.at, OF))]
    return [*words, *nouns.thing(node.than, NOM)]


def _place(node: Place) -> list[Word]:
    if isinstance(node.where, City):
        text = "nach" if node.preposition.name == "to" else "in"
        return [(text, meaning(node.at, HEAD)), (node.where.de[0][0], meaning(node.at, D))]
    before = put(node.preposition.de, node.at)
    case = GEN if node.preposition.name == "near" else DAT
    if case == GEN and isinstance(node.where.owner, Name):
        before, case = [*before, ("von", before[0][1])], DAT
    where = nouns.common(node.where, case)
    contracted = _CONTRACTED.get((before[-1][0], where[0][0]))
    if contracted and node.where.det == "the":
        return [*before[:-1], (contracted, before[-1][1] | where[0][1]), *where[1:]]
    return [*before, *where]


def _time(node: Fixed | Hour | None) -> list[Word]:
    if node is None:
        return []
    if isinstance(node, Fixed):
        return put(node.phrase.de, node.at)
    at = node.at
    hour = numbers.german(node.hour)[0]
    return [("um", meaning(at, HEAD)), (hour, meaning(at, B)), ("Uhr", meaning(at, DET))]

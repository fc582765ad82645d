"""The English sentence of a tree: do-support, third person -s, 's, a and an, who and that."""

from __future__ import annotations

from entarte.grammar import numbers
from entarte.grammar.english_verbs import past, third
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
    Relative,
    Sentence,
    That,
    Thing,
    person,
)
from entarte.grammar.word import ASK, AUX, COUNT, DET, HEAD, MODE, NOT, OF, B, D, Word, meaning, put

_OBJECT = {"I": "me", "you": "you", "he": "him", "she": "her", "it": "it", "we": "us", "they": "them"}
_AN = tuple("aeiouAEIOU")


def write(tree: Sentence) -> list[Word]:
    """The English words of a sentence."""
    words = _sentence(tree)
    for at in range(len(words) - 1):
        if words[at][0] == "a" and words[at + 1][0].startswith(_AN):
            words[at] = ("an", words[at][1])
    return words


def _sentence(tree: Sentence) -> list[Word]:
    if isinstance(tree, Clause):
        return _clause(tree)
    if isinstance(tree, Joined):
        return [*_sentence(tree.left), *put(WORDS[tree.word].en, tree.at), *_sentence(tree.right)]
    if isinstance(tree, Ask):
        asked = put(QUESTIONS[tree.word].en, tree.at) if tree.word else []
        mark = ("?", meaning(tree.at, B))
        return [*asked, *_clause(tree.clause, ask=not _who(tree.clause.subject)), mark]
    under = [*put(WORDS[tree.word].en, tree.at), *_clause(tree.clause)]
    if tree.front:
        return [*under, (",", meaning(tree.at, B)), *_sentence(tree.main)]
    return [*_sentence(tree.main), *under]


def _who(subject: Thing | Gap) -> bool:
    return isinstance(subject, Pronoun) and subject.who == "who"


def _clause(c: Clause, ask: bool = False) -> list[Word]:
    """``ask``: the helping verb goes before the subject."""
    subject: list[Word] = [] if isinstance(c.subject, Gap) else _thing(c.subject)
    counted = c.subject
    if c.verb.frame == "exist" and isinstance(c.object, Common):
        counted = c.object
    helper, verb = _verbs(c, person(counted), ask)
    often = put(c.often.phrase.en, c.often.at) if c.often else []
    time = _time(c.time)
    words = [*time] if c.front else []
    words += [*helper[:1], *subject, *helper[1:]] if ask else [*subject, *helper]
    entry = c.verb.en
    words += [*often, *verb] if entry.head != "be" or helper else [*verb, *often]
    words += _complements(c)
    if c.manner:
        words += put(c.manner.phrase.en, c.manner.at)
    if c.place:
        words += place(c.place)
    if not c.front:
        words += time
    if c.then:
        words += [*put(WORDS[c.then.word].en, c.then.at), *_clause(c.then.clause)]
    return words


def _verbs(c: Clause, who: int, ask: bool) -> tuple[list[Word], list[Word]]:
    """The helping words before *often* and the verb after it."""
    at, head = c.at, c.verb.en.head
    tense = meaning(at, AUX | ASK if ask else AUX)
    lexical = meaning(at, c.verb.en.slots)
    negation = [("not", meaning(at, NOT))] if c.negated else []
    if c.modal in ("can", "must"):
        mode = meaning(at, MODE) | tense
        if c.modal == "can" and c.negated:
            return [("cannot", mode | meaning(at, NOT))], [(head, lexical)]
        return [(c.modal, mode), *negation], [(head, lexical)]
    tail: list[Word] = []
    if c.modal == "want":
        tail = [("to", lexical), (head, lexical)]
        head, lexical = "want", meaning(at, MODE)
    if c.tense == "future":
        return [("will", tense), *negation], [(head, lexical), *tail]
    if head == "be":
        forms = (
            ("am", "are", "is", "are", "are")
            if c.tense == "present"
            else ("was", "were", "was", "were", "were")
        )
        form = (forms[who], lexical | tense)
        return ([form, *negation], []) if ask else ([], [form, *negation])
    if ask or c.negated:
        do = "did" if c.tense == "past" else "does" if who == 2 else "do"
        return [(do, tense), *negation], [(head, lexical), *tail]
    form_ = past(head) if c.tense == "past" else third(head) if who == 2 else head
    return [], [(form_, lexical | tense), *tail]


def _complements(c: Clause) -> list[Word]:
    """What follows the verb: object, receiver, the words that stay with the verb, the predicate."""
    at = c.at
    object_: list[Word] = []
    if isinstance(c.object, That):
        object_ = [*put(WORDS["that"].en, c.object.at), *_clause(c.object.clause)]
    elif c.object is not None and not isinstance(c.object, Gap):
        object_ = _thing(c.object, object_=True)
    words: list[Word] = []
    placed = False
    for text, slots in c.verb.en.rest:
        if text == "{}":
            if not placed:
                words += object_
            placed = True
        elif text[0] == "~":
            particle = (text[1:], meaning(at, slots))
            if isinstance(c.object, Pronoun):
                words += object_
                placed = True
            words.append(particle)
        else:
            words.append((text, meaning(at, slots)))
    if c.verb.frame == "receiver" and c.receiver is not None:
        if isinstance(c.receiver, Pronoun) and not isinstance(c.object, Pronoun):
            words += [*_thing(c.receiver, object_=True), *object_]
        else:
            to = ("to", meaning(c.receiver.at, OF))
            words += [*object_, to, *_thing(c.receiver, object_=True)]
    elif not placed:
        words += object_
    if c.predicate is not None:
        words += _predicate(c.predicate, person(c.subject) > 2)
    return words


def _predicate(node: Quality | Compared | Job, plural: bool) -> list[Word]:
    if isinstance(node, Quality):
        return [(node.adjective.name, meaning(node.at, HEAD))]
    if isinstance(node, Job):
        trade = put(node.noun.en.number(plural), node.at, DET if plural else 0)
        return trade if plural else [("a", meaning(node.at, DET)), *trade]
    adjective = node.adjective
    if adjective.more == "more":
        words = [("more", meaning(node.at, DET)), (adjective.name, meaning(node.at, HEAD))]
    else:
        words = [(adjective.more, meaning(node.at, DET | HEAD))]
    return [*words, ("than", meaning(node.at, OF)), *_thing(node.than)]


def _thing(node: Thing, object_: bool = False) -> list[Word]:
    if isinstance(node, Pronoun):
        who = "they" if node.of is not None and node.of.plural else node.who
        return [(_OBJECT.get(who, who) if object_ else who, meaning(node.at, HEAD))]
    if isinstance(node, Name):
        return [(node.proper.name, meaning(node.at, HEAD))]
    if isinstance(node, Common):
        return _common(node)
    words: list[Word] = []
    last = len(node.members) - 1
    for index, member in enumerate(node.members):
        if index:
            mark = meaning(node.at, HEAD << index)
            words.append(("and", meaning(node.at, HEAD)) if index == last else (",", mark))
        words += _thing(member)
    return words


def _common(node: Common) -> list[Word]:
    at = node.at
    words: list[Word] = []
    bare = 0
    if node.det == "owner" and node.owner is not None:
        words = _thing(node.owner)
        text, bits = words[-1]
        ending = "'" if isinstance(node.owner, Common) and text.endswith("s") and node.owner.plural else "'s"
        words[-1] = (text + ending, bits | meaning(at, OF | DET))
    elif node.det == "all":
        words = [("all", meaning(at, COUNT)), ("the", meaning(at, DET))]
    elif node.det == "bare":
        bare = 0 if node.count else DET
    else:
        det = "these" if node.det == "this" and node.plural else node.det
        words = [(det, meaning(at, DET))]
    if node.count:
        words += [(text, meaning(at, COUNT)) for text in numbers.english(node.count)]
    words += [(quality.adjective.name, meaning(quality.at, HEAD)) for quality in node.qualities]
    words += put(node.noun.en.number(node.plural), at, bare)
    if node.content is not None:
        words += [("of", meaning(at, OF)), *_thing(node.content)]
    if node.relative is not None:
        words += _relative(node.relative, "human" in node.noun.kinds)
    return words


def _relative(node: Relative, human: bool) -> list[Word]:
    whom = isinstance(node.clause.object, Gap)
    text = ("whom" if whom else "who") if human else "that"
    return [(text, meaning(node.at, HEAD)), *_clause(node.clause)]


def place(node: Place) -> list[Word]:
    """*in the garden*, *to Paris*."""
    before = put(node.preposition.en, node.at)
    if isinstance(node.where, City):
        return [*before, (node.where.name, meaning(node.at, D))]
    return [*before, *_common(node.where)]


def _time(node: Fixed | Hour | None) -> list[Word]:
    if node is None:
        return []
    if isinstance(node, Fixed):
        return put(node.phrase.en, node.at)
    hour = numbers.english(node.hour)[0]
    at = node.at
    return [("at", meaning(at, HEAD)), (hour, meaning(at, B)), ("o'clock", meaning(at, DET))]

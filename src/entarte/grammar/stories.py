"""Little stories with a question, in the manner of bAbI (Weston, Bordes, Chopra et al. 2015): people walk,
take, drop and give. Which sentences an answer rests on is known, and given as word links.

Names of people are made of syllables, and no name of one part (train, valid, test) occurs in another, so a
model that says a name of the test rightly has copied it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from entarte.errors import InputError, did_you_mean
from entarte.example import Example
from entarte.grammar.dice import Dice
from entarte.grammar.reports import names

PARTS = ("train", "valid", "test")
PLACES = "attic cellar garden hall kitchen office shed yard".split()
THINGS = "book coat drum hat key lamp letter map".split()
NUMBERS = ("none", "one", "two", "three")
MOST = 3
"""Things that one person can carry."""
KINDS = ("where", "find", "who", "what", "whether", "count")
"""Questions: where a person is (one sentence supports the answer), where a thing is (two), who has a thing,
what a person carries, whether a person is somewhere, how many things a person carries."""


@dataclass
class World:
    """Who is where, who has what, and in which sentence (by number) that was last said."""

    place: dict[str, str] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)
    holder: dict[str, str] = field(default_factory=dict)
    left: dict[str, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    """Thing → where it was dropped, and the sentences that say so."""
    handled: dict[str, int] = field(default_factory=dict)
    """Thing → the sentence of its last taking, dropping or giving."""
    dealt: dict[str, list[int]] = field(default_factory=dict)
    """Person → the sentences of their taking, dropping, giving and getting."""

    def carried(self, person: str) -> list[str]:
        """What a person has, in the order in which they got it."""
        own = [thing for thing, holder in self.holder.items() if holder == person]
        return sorted(own, key=self.handled.__getitem__)


def stories(
    count: int,
    seed: int = 1,
    part: str = "train",
    *,
    kinds: Sequence[str] = KINDS,
    shortest: int = 3,
    longest: int = 8,
) -> Iterator[Example]:
    """So many stories with a question and its answer; the same seed and part give the same.

    The words of an answer are linked to all words of the sentences that it rests on; things of a list each to
    their own.

    kinds              of questions
    shortest, longest  sentences of a story, the question not counted

    Raises InputError for an unknown part or kind, and for lengths that cannot be.

    >>> one = next(stories(1, seed=2, kinds=["who"], shortest=3, longest=3))
    >>> one.source
    'Fenti went to the hall . Wenti ran to the shed . Wenti took the map . who has the map ?'
    >>> one.target, [one.source.split()[s] for s, _ in sorted(one.links or ())]
    ('Wenti', ['Wenti', 'took', 'the', 'map', '.'])
    """
    if part not in PARTS:
        raise InputError(f"there is no part '{part}'", advice=did_you_mean(part, PARTS))
    for kind in kinds:
        if kind not in KINDS:
            raise InputError(f"there is no question '{kind}'", advice=did_you_mean(kind, KINDS))
    if not kinds:
        raise InputError("no kind of question is named", advice=did_you_mean("", KINDS))
    if not 2 <= shortest <= longest:
        raise InputError(f"a story cannot have from {shortest} to {longest} sentences")
    dice = Dice(f"stories {seed} {part}")
    number = 0
    while number < count:
        people = names(dice, part, 3)
        sentences, world = story(dice, people, shortest + dice.below(longest - shortest + 1))
        found = QUESTIONS[dice.pick(kinds)](dice, world)
        if found is None:  # this story leaves nothing of the kind to be asked
            continue
        number += 1
        yield example(sentences, *found, part, number)


def story(dice: Dice, people: Sequence[str], length: int) -> tuple[list[str], World]:
    """So many sentences, and the world as they leave it."""
    world, said = World(), list[str]()
    while len(said) < length:
        person, number = dice.pick(people), len(said)
        if person not in world.place or dice.chance(0.35):
            place = dice.pick([each for each in PLACES if each != world.place.get(person)])
            world.place[person], world.moved[person] = place, number
            said.append(f"{person} {dice.pick(('went', 'walked', 'ran'))} to the {place}")
            continue
        own = world.carried(person)
        if own and dice.chance(0.5):
            thing = dice.pick(own)
            others = [
                each
                for each in people
                if each != person
                and world.place.get(each) == world.place[person]
                and len(world.carried(each)) < MOST
            ]
            world.dealt.setdefault(person, []).append(number)
            if others and dice.chance(0.5):
                taker = dice.pick(others)
                said.append(f"{person} gave the {thing} to {taker}")
                world.holder[thing] = taker
                world.dealt.setdefault(taker, []).append(number)
            else:
                said.append(f"{person} dropped the {thing}")
                del world.holder[thing]
                world.left[thing] = (world.place[person], (world.moved[person], number))
            world.handled[thing] = number
            continue
        free = [
            thing
            for thing in THINGS
            if thing not in world.holder
            and world.left.get(thing, (world.place[person],))[0] == world.place[person]
        ]
        if free and len(own) < MOST:
            thing = dice.pick(free)
            said.append(f"{person} {dice.pick(('took', 'got'))} the {thing}")
            world.holder[thing], world.handled[thing] = person, number
            world.left.pop(thing, None)
            world.dealt.setdefault(person, []).append(number)
    return said, world


Asked = tuple[str, list[tuple[str, tuple[int, ...]]]]
"""A question; the words of its answer, each with the sentences that support it."""


def where(dice: Dice, world: World) -> Asked:
    person = dice.pick(list(world.place))
    return f"where is {person}", [(world.place[person], (world.moved[person],))]


def find(dice: Dice, world: World) -> Asked | None:
    if not world.handled:
        return None
    thing = dice.pick(list(world.handled))
    if thing in world.holder:
        holder = world.holder[thing]
        place = world.place[holder]
        facts: tuple[int, ...] = (world.handled[thing], world.moved[holder])
    else:
        place, facts = world.left[thing]
    return f"where is the {thing}", [(place, facts)]


def who(dice: Dice, world: World) -> Asked | None:
    if not world.handled:
        return None
    thing = dice.pick(list(world.handled))
    return f"who has the {thing}", [(world.holder.get(thing, "nobody"), (world.handled[thing],))]


def what(dice: Dice, world: World) -> Asked | None:
    if not world.dealt:
        return None
    person = dice.pick(list(world.dealt))
    answer: list[tuple[str, tuple[int, ...]]] = []
    for thing in world.carried(person):
        answer += [("and", ())] if answer else []
        answer.append((thing, (world.handled[thing],)))
    return f"what does {person} carry", answer or [("nothing", (world.dealt[person][-1],))]


def whether(dice: Dice, world: World) -> Asked:
    person = dice.pick(list(world.place))
    here = world.place[person]
    right = dice.chance(0.5)
    place = here if right else dice.pick([each for each in PLACES if each != here])
    return f"is {person} in the {place}", [("yes" if right else "no", (world.moved[person],))]


def count(dice: Dice, world: World) -> Asked | None:
    if not world.dealt:
        return None
    person = dice.pick(list(world.dealt))
    answer = NUMBERS[len(world.carried(person))]
    return f"how many things does {person} carry", [(answer, tuple(world.dealt[person]))]


QUESTIONS = dict(zip(KINDS, (where, find, who, what, whether, count), strict=True))


def example(
    sentences: Sequence[str],
    question: str,
    answer: Sequence[tuple[str, tuple[int, ...]]],
    part: str,
    number: int,
) -> Example:
    """A story and its question as a pair."""
    spans, at = [], 0
    for sentence in sentences:
        words = len(sentence.split()) + 1  # and its full stop
        spans.append(range(at, at + words))
        at += words
    links = {(i, j) for j, (_, facts) in enumerate(answer) for fact in facts for i in spans[fact]}
    source = " . ".join([*sentences, f"{question} ?"])
    target = " ".join(word for word, _ in answer)
    return Example(source, target, frozenset(links), file=f"stories {part}", number=number)

"""Random noun phrases of about a given number of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from entarte.grammar.adjectives import ADJECTIVES, Adjective
from entarte.grammar.dice import Dice
from entarte.grammar.nouns import NOUNS, Noun
from entarte.grammar.phrases import CITIES, NAMES, PREPOSITIONS
from entarte.grammar.tree import Common, Name, Place, Pronoun, Quality, Several

_BY_KIND: dict[str, list[Noun]] = {}
for _noun in NOUNS.values():
    for _kind in _noun.kinds:
        _BY_KIND.setdefault(_kind, []).append(_noun)
_FITTING: dict[str, list[Adjective]] = {
    noun.name: [
        each
        for each in ADJECTIVES.values()
        if each.kinds & noun.kinds and not (noun.substance and each.rank == 2)
    ]
    for noun in NOUNS.values()
}
_CITIES = list(CITIES.values())
_NAMES = list(NAMES.values())
_SINGLE = ("mother", "father", "grandmother", "grandfather", "king", "queen")
"""Of these one seldom has several."""
_OWNERS = ("my", "your", "his", "her", "our", "their")
_NOBODYS = ("man", "woman", "boy", "girl", "child")
"""With *my* these would mean a relative."""
_HOLDS = {"glass": "drink", "bottle": "drink", "cup": "liquid", "piece": "slice"}
_SPOTS = {"place": ("in", "in", "in", "next to", "in front of", "behind", "near"), "roof": ("under",),
          "screen": ("behind", "in front of")}  # fmt: skip
_SPOT_KINDS = ("place",) * 8 + ("roof", "screen")


_POOLS: dict[frozenset[str], list[Noun]] = {}


def pool(kinds: frozenset[str]) -> list[Noun]:
    """All nouns of any of these kinds."""
    if kinds not in _POOLS:
        found = {noun.name: noun for kind in sorted(kinds) for noun in _BY_KIND.get(kind, ())}
        _POOLS[kinds] = list(found.values())
    return _POOLS[kinds]


def common(dice: Dice, noun: Noun, room: int, *, definite: bool = False, bare: bool = True) -> Common:
    """A noun phrase without a relative clause, of 1 to 6 words, near ``room``.

    ``definite``: only the, this, my and the like. ``bare``: may stand without an article.
    """
    at = dice.at()
    substance = noun.substance
    only = noun.name in _SINGLE
    if bare and not definite and not only and (room < 2 or dice.chance(0.4 if substance else 0.1)):
        return Common(at, noun, "bare", not substance, 0, _qualities(dice, noun, room - 1))
    if substance:
        if not definite and room > 2 and dice.chance(0.6):
            return _measured(dice, at, noun)
        return Common(
            at,
            noun,
            dice.pick(("the", "the", "my", "his", "this")),
            False,
            0,
            _qualities(dice, noun, room - 2),
        )
    roll = dice.number()
    if room > 2 and roll < 0.16 and not (definite or only):
        return _counted(dice, at, noun, room)
    free = noun.name not in _NOBODYS
    if room > 2 and roll < 0.3 and free:
        return _owned(dice, at, noun, room)
    plural = dice.chance(0.25) and not only
    qualities = _qualities(dice, noun, room - 2)
    if "family" in noun.kinds and roll < 0.85:
        return Common(at, noun, dice.pick(_OWNERS), plural, 0, qualities)
    if roll < 0.4:
        return Common(at, noun, "this", plural, 0, qualities)
    if roll < 0.5 and free:
        return Common(at, noun, dice.pick(_OWNERS), plural, 0, qualities)
    if definite or roll < 0.78:
        return Common(at, noun, "the", plural, 0, qualities)
    if roll < 0.96:
        return Common(at, noun, "a", False, 0, qualities)
    if roll < 0.98:
        return Common(at, noun, "many", True, 0, qualities)
    return Common(at, noun, "every", False, 0, qualities)


def _qualities(dice: Dice, noun: Noun, room: int) -> tuple[Quality, ...]:
    """At most two adjectives, of different ranks, in English order."""
    fitting = _FITTING[noun.name]
    if not fitting or room < 1 or not dice.chance(0.7 if room == 1 else 0.9):
        return ()
    first = dice.pick(fitting)
    if room < 2 or dice.chance(0.5):
        return (Quality(dice.at(), first),)
    second = dice.pick(fitting)
    if second.rank < first.rank:
        first, second = second, first
    if second.rank == first.rank or not (first.fr_before or second.rank > 3):
        return (Quality(dice.at(), first),)
    return (Quality(dice.at(), first), Quality(dice.at(), second))


def _measured(dice: Dice, at: int, noun: Noun) -> Common:
    """*a glass of water*."""
    holders = [each for each in _BY_KIND["measure"] if _HOLDS[each.name] in noun.kinds]
    if not holders:
        return Common(at, noun, "the")
    content = Common(dice.at(), noun, "bare")
    holder = dice.pick(holders)
    if dice.chance(0.3):
        return Common(at, holder, "bare", True, _numeral(dice), (), None, content)
    return Common(at, holder, "a", content=content)


def _numeral(dice: Dice) -> int:
    return 2 + dice.below(11) if dice.chance(0.6) else 13 + dice.below(87)


def _counted(dice: Dice, at: int, noun: Noun, room: int) -> Common:
    if dice.chance(0.05):
        return Common(at, noun, "one", False, 0, _qualities(dice, noun, room - 2))
    if dice.chance(0.1):
        return Common(at, noun, "all", True, 0, _qualities(dice, noun, room - 3))
    det = dice.pick(("the", "the", "this")) if dice.chance(0.2) else "bare"
    return Common(at, noun, det, True, _numeral(dice), _qualities(dice, noun, room - 2))


def _owned(dice: Dice, at: int, noun: Noun, room: int) -> Common:
    """*Anna's book*, *the old man's book*."""
    qualities = _qualities(dice, noun, room - 3)
    plural = dice.chance(0.2) and noun.name not in _SINGLE
    if "human" in noun.kinds and "family" not in noun.kinds and noun.name not in ("friend", "neighbour"):
        return Common(at, noun, "the", plural, 0, qualities)
    if room < 4 and dice.chance(0.5):
        return Common(at, noun, "owner", plural, 0, qualities, name(dice))
    person = dice.pick(_BY_KIND["human"])
    det = dice.pick(_OWNERS) if "family" in person.kinds else "the"
    owner = Common(dice.at(), person, det, dice.chance(0.15), 0, _qualities(dice, person, room - 4))
    return Common(at, noun, "owner", plural, 0, qualities, owner)


def name(dice: Dice) -> Name:
    return Name(dice.at(), dice.pick(_NAMES))


def several(dice: Dice, choices: Sequence[Noun], room: int) -> Several:
    """*the cat and the dog*, up to four, all definite."""
    count = 2 if room < 8 else 3 if room < 11 else 2 + dice.below(3)
    share = max(2, (room - count + 1) // count)
    at = dice.at()
    taken: set[str] = set()
    members: list[Common | Name] = []
    while len(members) < count:
        if not members and "human" in choices[0].kinds and dice.chance(0.2):
            members.append(name(dice))
            continue
        noun = dice.pick(choices)
        if noun.name in taken:
            continue
        taken.add(noun.name)
        members.append(common(dice, noun, share, definite=True))
    return Several(at, tuple(members))


def place(dice: Dice, room: int) -> Place:
    """*in the garden*, *in Paris*: where something happens."""
    at = dice.at()
    if room < 3 or dice.chance(0.15):
        return Place(at, PREPOSITIONS["in"], dice.pick(_CITIES))
    kind = dice.pick(_SPOT_KINDS)
    preposition = PREPOSITIONS[dice.pick(_SPOTS[kind])]
    return Place(at, preposition, spot(dice, dice.pick(_BY_KIND[kind]), room - len(preposition.en)))


def goal(dice: Dice, room: int) -> Place:
    """*to the market*, *to Paris*."""
    at = dice.at()
    if room < 3 or dice.chance(0.2):
        return Place(at, PREPOSITIONS["to"], dice.pick(_CITIES))
    return Place(at, PREPOSITIONS["to"], spot(dice, dice.pick(_BY_KIND["goal"]), room - 1))


def spot(dice: Dice, noun: Noun, room: int) -> Common:
    """A definite place in the singular."""
    found = common(dice, noun, room, definite=True)
    return replace(found, plural=False, count=0, det="the" if found.det == "all" else found.det)


def pronoun(dice: Dice, who: Sequence[str]) -> Pronoun:
    return Pronoun(dice.at(), dice.pick(who))

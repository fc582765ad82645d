"""SCAN (Lake and Baroni 2018): every command of its grammar, the actions that obey it, and its splits.

    C → S and S | S after S | S
    S → V twice | V thrice | V
    V → D left | D opposite left | D around left (and right) | U
    D → U | turn
    U → walk | look | run | jump

20,910 commands in all. What a model should carry over differs by split; see `SPLITS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from entarte.errors import InputError, did_you_mean
from entarte.example import Example

MOVES = {"walk": "I_WALK", "look": "I_LOOK", "run": "I_RUN", "jump": "I_JUMP"}
SIDES = {"left": "I_TURN_LEFT", "right": "I_TURN_RIGHT"}
TIMES = {"": 1, " twice": 2, " thrice": 3}
LONGEST = 22
"""Actions of the longest command that split `length` trains on."""
TENTH = 9
"""Of the commands beside it, one in so many is the primitive alone: about a tenth of the whole."""

SPLITS = ("simple", "length", "jump", "turn-left")
"""simple: four fifths by chance. length: those of up to 22 actions; tested on longer ones. jump: all without
jump, and jump alone; tested on jump in company. turn-left: the same for turning left."""


def phrases() -> Iterator[tuple[str, list[str]]]:
    """Each V with its actions: 4 + 4 · 2 · 3 + 2 · 3 of them."""
    for move, act in MOVES.items():
        yield move, [act]
    for side, turn in SIDES.items():
        for move, acts in [("turn", []), *((move, [act]) for move, act in MOVES.items())]:
            yield f"{move} {side}", [turn, *acts]
            yield f"{move} opposite {side}", [turn, turn, *acts]
            yield f"{move} around {side}", [turn, *acts] * 4


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command of the grammar, once, with its actions.

    >>> all_of_them = dict(commands())
    >>> len(all_of_them), " ".join(all_of_them["jump left after walk twice"])
    (20910, 'I_WALK I_WALK I_TURN_LEFT I_JUMP')
    """
    single = [(f"{text}{word}", acts * n) for text, acts in phrases() for word, n in TIMES.items()]
    yield from single
    for first, one in single:
        for second, two in single:
            yield f"{first} and {second}", one + two
            yield f"{first} after {second}", two + one


def scan(split: str = "simple", seed: int = 1, valid: float = 0.04) -> dict[str, list[Example]]:
    """The parts train, valid and test of a split, in random order; valid is a share of what train would be.

    As in the paper's files, a primitive that is met alone is a tenth of what is trained on.
    Raises InputError for an unknown split.

    >>> {part: len(pairs) for part, pairs in scan("length").items()}
    {'train': 16310, 'valid': 680, 'test': 3920}
    """
    if split not in SPLITS:
        raise InputError(f"there is no split '{split}'", advice=did_you_mean(split, SPLITS))
    chance = Random(f"scan {split} {seed}")
    every = [(text, " ".join(acts)) for text, acts in commands()]
    chance.shuffle(every)
    alone = {"jump": "jump", "turn-left": "turn left"}.get(split, "")
    if split == "simple":
        cut = len(every) * 4 // 5
        trained, tested = every[:cut], every[cut:]
    elif split == "length":
        trained = [pair for pair in every if len(pair[1].split()) <= LONGEST]
        tested = [pair for pair in every if len(pair[1].split()) > LONGEST]
    else:
        trained = [pair for pair in every if alone not in pair[0]]
        tested = [pair for pair in every if alone in pair[0] and pair[0] != alone]
        trained += [(alone, dict(every)[alone])] * (len(trained) // TENTH)
        chance.shuffle(trained)
    held = round(len(trained) * valid)
    parts = {"train": trained[held:], "valid": trained[:held], "test": tested}
    return {
        part: [Example(*pair, file=f"scan {split} {part}", number=n) for n, pair in enumerate(pairs, start=1)]
        for part, pairs in parts.items()
    }

"""Lines of Python with made-up names, and what they do in English: code to be written by copying.

Names, numbers and literals are made up, and none of one part (train, valid, test) occurs in another, so a
model that says one of the test rightly has copied it. Every line parses, and each can be run: whether two
lines do the same can be asked of Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from zlib import crc32

from entarte.errors import InputError, did_you_mean
from entarte.example import Example
from entarte.grammar.dice import Dice
from entarte.grammar.reports import PARTS, SHARES, SYLLABLES

LINES: dict[str, tuple[str, ...]] = {
    "{a} = {n}": ("set {a} to {n}.", "{a} is an integer {n}.", "store {n} in {a}."),
    "{a} = {s}": ("set {a} to the string {s}.", "{a} is a string {s}."),
    "{a} = [{b}, {n}, {s}]": (
        "{a} is a list of {b}, {n} and {s}.",
        "put {b}, {n} and {s} into a list {a}.",
    ),
    "{a} += {n}": ("add {n} to {a}.", "increment {a} by {n}."),
    "{c} = {a} * {b}": ("multiply {a} by {b}, store the result in {c}.", "{c} is {a} times {b}."),
    "{c} = {a}({b}, {n})": (
        "call {a} with {b} and {n}, store the result in {c}.",
        "{c} is the result of {a} called with {b} and {n}.",
    ),
    "{b}.{a}({s})": ("call the method {a} of {b} with {s}.", "call {b}.{a} with argument {s}."),
    "{b}.append({a})": ("append {a} to {b}.", "put {a} at the end of the list {b}."),
    "def {a}({b}, {c}):": (
        "define the function {a} with arguments {b} and {c}.",
        "{a} is a function of {b} and {c}.",
    ),
    "return {a} + {n}": ("return {a} plus {n}.", "give back the sum of {a} and {n}."),
    "if {a} > {n}:": ("if {a} is greater than {n},", "when {a} is above {n},"),
    "if {a} < {b}: return {s}": (
        "if {a} is less than {b}, return {s}.",
        "give back {s} where {a} is below {b}.",
    ),
    "if {a} not in {b}:": ("if {a} is not in {b},", "when {b} does not contain {a},"),
    "for {a} in {b}:": ("for every {a} in {b},", "go through {b}, each time with {a},"),
    "raise {a}({s})": ("raise {a} with the string {s}.", "raise an exception {a} that says {s}."),
    "else:": ("otherwise,", "if not,"),
}
"""A line → what is said for it, in several ways."""


def programs(count: int, seed: int = 1, part: str = "train") -> Iterator[Example]:
    """So many descriptions with their lines; the same seed and part give the same.

    Raises InputError for an unknown part.

    >>> for one in programs(3, seed=2):
    ...     print(one.source, "→", one.target)
    set pati_ri to 4859. → pati_ri = 4859
    append sai_joza to vabel_vada. → vabel_vada.append(sai_joza)
    give back 'Rodor gau' where xara_o is below fiwen_wen. → if xara_o < fiwen_wen: return 'Rodor gau'
    """
    if part not in SHARES:
        raise InputError(f"there is no part '{part}'", advice=did_you_mean(part, PARTS))
    dice = Dice(f"programs {seed} {part}")
    for number in range(1, count + 1):
        line = dice.pick(list(LINES))
        names = dict.fromkeys(_name(dice, part) for _ in range(9))
        fill = dict(zip("abc", names, strict=False)) | {"n": _number(dice, part), "s": _literal(dice, part)}
        yield Example(
            dice.pick(LINES[line]).format(**fill), line.format(**fill), file=f"programs {part}", number=number
        )


def made_up(text: str) -> set[str]:
    """The names, numbers and literals of a line that were made up.

    >>> sorted(made_up("if bel_dor < 12: return 'No za'"))
    ["'No za'", '12', 'bel_dor']
    """
    return set(re.findall(r"'[^']*'|\d+|\b[a-z]+_[a-z_]+\b", text))


def _syllables(dice: Dice, count: int) -> str:
    return "".join(dice.pick(SYLLABLES) for _ in range(count))


def _own(text: str, part: str) -> bool:
    """Whether it is of that part: each made-up text belongs to one."""
    return crc32(text.encode()) % 10 in SHARES[part]


def _name(dice: Dice, part: str) -> str:
    while not _own(name := f"{_syllables(dice, 2)}_{_syllables(dice, 1 + dice.below(2))}", part):
        pass
    return name


def _number(dice: Dice, part: str) -> str:
    while not _own(number := str(2 + dice.below(9998)), part):
        pass
    return number


def _literal(dice: Dice, part: str) -> str:
    while not _own(
        said := f"'{_syllables(dice, 2).capitalize()} {_syllables(dice, 1 + dice.below(3))}'", part
    ):
        pass
    return said

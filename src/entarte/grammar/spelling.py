"""A made-up language with a spelling: words and how they are said, by rule.

The rules look left and right as those of English do. c and g are soft before e and i, s is voiced between
vowels, a silent e at the end makes the vowel before it long, double consonants are one, and vowels without
stress are weak. oo is said in two ways, so a word that has it has two readings, each right.
"""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from entarte.errors import InputError, did_you_mean
from entarte.example import Example
from entarte.grammar.dice import Dice
from entarte.grammar.reports import PARTS, SHARES

SHORT = {"a": "AE", "e": "EH", "i": "IH", "o": "AA", "u": "AH"}
LONG = {"a": "EY", "e": "IY", "i": "AY", "o": "OW", "u": "UW"}
PAIRS = {"ee": "IY", "oa": "OW", "ai": "EY", "ou": "AW", "oo": "UW"}
WEAK = {"AE": "AH", "AA": "AH", "EH": "IH"}
"""Short vowels without stress."""
OTHER = {"UW": "UH"}
"""The second way to say oo."""
CONSONANTS = {
    "b": "B", "d": "D", "f": "F", "k": "K", "l": "L", "m": "M", "n": "N", "p": "P", "r": "R", "t": "T",
    "v": "V", "z": "Z", "sh": "SH", "ch": "CH", "th": "TH", "ng": "NG", "ph": "F",
    "tt": "T", "ll": "L", "nn": "N", "ss": "S", "c": "K", "g": "G", "s": "S",
}  # fmt: skip
SOFT = {"c": "S", "g": "JH"}
"""Before e and i."""

ONSETS = "b c ch d f g k l m n p ph r s sh t th v z".split()
MIDDLES = [*SHORT, *SHORT, *PAIRS]
ENDS = "b d f l ll m n ng nn p r s ss sh t tt th".split()


def spelt(word: str) -> list[str]:
    """The letters that are said together.

    >>> spelt("phoosse")
    ['ph', 'oo', 'ss', 'e']
    """
    found = []
    while word:
        size = 2 if word[:2] in CONSONANTS or word[:2] in PAIRS else 1
        found.append(word[:size])
        word = word[size:]
    return found


def readings(word: str) -> list[str]:
    """The phonemes of a word, vowels with their stress (1, or 0), in each way that it is said.

    >>> readings("cattage"), readings("thoos")
    (['K AE1 T EY0 JH'], ['TH UW1 S', 'TH UH1 S'])
    """
    signs = spelt(word)
    silent = len(signs) > 2 and signs[-1] == "e" and signs[-2] in CONSONANTS and signs[-3] in SHORT
    spoken = signs[:-1] if silent else signs
    vowels = [at for at, sign in enumerate(spoken) if sign not in CONSONANTS]
    stressed = vowels[max(len(vowels) - 2, 0)] if vowels else -1
    said = []
    for at, sign in enumerate(spoken):
        after = signs[at + 1][0] if at + 1 < len(signs) else ""
        if sign in CONSONANTS:
            between = sign == "s" and at - 1 in vowels and at + 1 in vowels
            said.append("Z" if between else SOFT.get(sign, "") if sign in SOFT and after in ("e", "i") else
                        CONSONANTS[sign])  # fmt: skip
            continue
        long = silent and at == len(spoken) - 2
        sound = PAIRS.get(sign) or (LONG if long else SHORT)[sign]
        said.append(f"{sound}1" if at == stressed else f"{WEAK.get(sound, sound)}0")
    ways = [said]
    if "oo" in spoken:
        double = {at for at, sign in enumerate(spoken) if sign == "oo"}
        ways.append([OTHER[s[:-1]] + s[-1] if at in double else s for at, s in enumerate(said)])
    return [" ".join(way) for way in ways]


def spelling(count: int, seed: int = 1, part: str = "train") -> Iterator[Example]:
    """The readings of so many different words, those of one word one after the other; the same seed and part
    give the same. No word is in two parts. Raises InputError for an unknown part.

    >>> [(each.source, each.target) for each in spelling(2, seed=3)]
    [('pishete', 'P IH1 SH IY0 T'), ('shebufe', 'SH EH1 B UW0 F')]
    """
    if part not in SHARES:
        raise InputError(f"there is no part '{part}'", advice=did_you_mean(part, PARTS))
    dice = Dice(f"spelling {seed} {part}")
    seen: set[str] = set()
    number = 0
    while len(seen) < count:
        word = drawn(dice)
        if word in seen or crc32(word.encode()) % 10 not in SHARES[part]:
            continue
        seen.add(word)
        for reading in readings(word):
            number += 1
            yield Example(word, reading, file=f"spelling {part}", number=number)


def drawn(dice: Dice) -> str:
    """A word of one to three syllables."""
    word = ""
    for _ in range(1 + dice.below(3)):
        word += dice.pick(ONSETS) + dice.pick(MIDDLES)
    if dice.chance(0.6):
        word += dice.pick(ENDS)
        if word[-1] != word[-2] and dice.chance(0.4):
            word += "e"
    return word

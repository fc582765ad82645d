"""A phrase that must not stand in the text, however it is cut into pieces: an automaton over characters.

Whole words are meant: where the phrase begins or ends with a letter or digit, none may stand beside it
(scripts that are written without spaces excepted). So “pie” is found in “a pie.” and not in “pieces”.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from entarte.vocabulary import EOS

State = int
BLOCKS = ((0xE00, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
"""Scripts that are written without spaces: Thai to Burmese, Khmer, Japanese, Chinese."""


def joins(letter: str) -> bool:
    """Whether a character makes one word with one beside it.

    >>> [joins(letter) for letter in ("é", "7", "'", " ", "猫")]
    [True, True, False, False, False]
    """
    code = ord(letter)
    if any(low <= code <= high for low, high in BLOCKS) or code >= 0x20000:
        return False
    return letter.isalnum() or unicodedata.category(letter).startswith("M")


def stands(phrase: str, text: str) -> bool:
    """Whether a phrase stands in a text as whole words.

    >>> stands("pie", "a pie."), stands("pie", "pieces"), stands("猫", "小猫")
    (True, False, True)
    """
    at = text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        left = at > 0 and joins(phrase[0]) and joins(text[at - 1])
        right = end < len(text) and joins(phrase[-1]) and joins(text[end])
        if not (left or right):
            return True
        at = text.find(phrase, at + 1)
    return False


class Texts:
    """What each token of a vocabulary writes, as characters: (V, L) code points, 0 where there is none."""

    def __init__(self, texts: Sequence[str]) -> None:
        width = max(map(len, texts), default=1)
        self.codes = np.zeros((len(texts), max(width, 1)), dtype=np.int32)
        for row, text in enumerate(texts):
            self.codes[row, : len(text)] = [ord(letter) for letter in text]
        letters = np.unique(self.codes)
        self.letters = {int(code): joins(chr(code)) for code in letters if code}
        self.inner = frozenset(row for row, text in enumerate(texts) if text and joins(text[0]))
        """Tokens that go on with the word before them."""


class Ban:
    """One phrase, over one vocabulary. A state is a number; 0 is the start, 1 that the phrase stands there.

    phrase   as the tokens write it, without spaces at its ends
    patient  let a word go on that begins with the phrase, and refuse only its end. What has said the phrase
             then has to go on with the word or to die, which only a search with other prefixes can afford;
             else a token is refused at once that ends with the phrase.
    """

    def __init__(self, phrase: str, texts: Texts, *, patient: bool) -> None:
        self.phrase = phrase
        self.patient = patient and bool(texts.inner)
        own = {ord(letter): number for number, letter in enumerate(dict.fromkeys(phrase))}
        kinds = [(chr(code), joins(chr(code))) for code in own] + [("", True), ("", False)]
        joined, apart, nothing = len(own), len(own) + 1, len(own) + 2
        classes = {code: own.get(code, joined if word else apart) for code, word in texts.letters.items()}
        codes = np.array([0, *classes], dtype=np.int64)
        order = np.argsort(codes)
        numbers = np.array([nothing, *classes.values()])[order]
        self.classes = numbers[np.searchsorted(codes[order], texts.codes)]  # (V, L)
        # A state is first a set of lengths that are matched, and whether the last character was of a word.
        found: dict[tuple[frozenset[int], bool] | None, State] = {(frozenset(), False): 0, None: 1}
        rows: dict[State, list[State]] = {1: [1] * (nothing + 1)}
        open_ = [(frozenset[int](), False)]
        self.said = {1}  # states in which the phrase would stand there if the text ended
        for state in open_:
            row = []
            for letter, word in kinds:
                after = self._after(state, letter, word)
                if after not in found:
                    found[after] = len(found)
                    open_.append(after)  # type: ignore[arg-type]
                row.append(found[after])
            rows[found[state]] = [*row, found[state]]
            if len(phrase) in state[0]:
                self.said.add(found[state])
        self.table = np.array([rows[number] for number in range(len(found))])  # (states, classes)
        self.known: dict[State, tuple[NDArray[np.int64], Tensor]] = {}

    def _after(
        self, state: tuple[frozenset[int], bool], letter: str, word: bool
    ) -> tuple[frozenset[int], bool] | None:
        """The state after one more character; None where the phrase stands there for certain."""
        lengths, joined = state
        phrase, last = self.phrase, joins(self.phrase[-1])
        if len(phrase) in lengths and not (last and word):
            return None
        on = {n + 1 for n in lengths if n < len(phrase) and phrase[n] == letter}
        if phrase[0] == letter and not (joins(letter) and joined):
            on.add(1)
        return (frozenset(on), word) if last or len(phrase) not in on else None

    def _known(self, state: State) -> tuple[NDArray[np.int64], Tensor]:
        if state not in self.known:
            after = np.full(len(self.classes), state)
            for column in self.classes.T:
                after = self.table[after, column]
            refused = after == 1
            if not self.patient:
                refused |= np.isin(after, list(self.said)) & (after != state)
            refused[EOS] = state in self.said
            self.known[state] = after, torch.from_numpy(np.flatnonzero(refused))
        return self.known[state]

    def next(self, state: State, token: int) -> State:
        """After one more token."""
        return int(self._known(state)[0][token])

    def refused(self, state: State) -> Tensor:
        """The tokens that may not come next."""
        return self._known(state)[1]

"""One side of an alignment: its tokens, and the whitespace words that they make.

Spans and word numbers are counted from 0 in characters (code points) and words of the original text.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from entarte.span import words


class Spanned(Protocol):
    """Anything with a text and its place in the original line: a Piece, a word, a Token."""

    @property
    def text(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True)
class Token:
    """One row or column: its text and [start, end) in the original line.

    kind      "text"; "eos" for the end-of-sequence slot; "start" for what lies before the first token, in a
              model that looks at its own past. The last two belong to no word
    log_prob  natural logarithm of the probability the model gave it (target tokens only), or None
    p_gen     the chance that it was generated and not copied from the source (target tokens of a
              pointer-generator; See et al. 2017, eq. 8), or None
    """

    text: str
    start: int
    end: int
    kind: Literal["text", "eos", "start"] = "text"
    log_prob: float | None = None
    p_gen: float | None = None

    @property
    def label(self) -> str:
        """The text as a person is shown it, the same in every picture.

        The "▁" that SentencePiece writes for a space goes, bare space becomes "␣", control
        characters become their pictures, and marks that reorder text are dropped, so that no text
        can steer a terminal. The end of the sequence is "⟨end⟩".

        >>> [Token(text, 0, 1).label for text in ("▁he", "▁", "a\\x1b[1m")]
        ['he', '␣', 'a␛[1m']
        """
        if self.kind == "eos":
            return "⟨end⟩"
        if self.kind == "start":
            return "⟨start⟩" if self.text else "∅"
        text = self.text.replace("▁", " ").strip(" ") or ("␣" if self.text else "∅")
        return text.translate(_PICTURES)


_PICTURES: dict[int, int | None] = {code: 0x2400 + code for code in range(0x20)}
_PICTURES |= dict.fromkeys(range(0x7F, 0xA0), 0xFFFD)
_PICTURES |= dict.fromkeys([0x200E, 0x200F, 0x61C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def word_numbers(text: str, tokens: Sequence[Spanned]) -> tuple[tuple[int, ...], ...]:
    """For each token the numbers of the whitespace words it covers; usually one, none for EOS.

    A token of bare space belongs to the word that follows (to the last word at the end of the line).
    A token without characters belongs to the word it stands in or behind.

    >>> pieces = [Token("▁m", 0, 1), Token("'", 1, 2), Token("a", 2, 3), Token("▁", 3, 4)]
    >>> word_numbers("m'a entarté", pieces)
    ((0,), (0,), (0,), (1,))
    """
    spans = words(text)
    starts, ends = [word.start for word in spans], [word.end for word in spans]
    numbers: list[tuple[int, ...]] = []
    for token in tokens:
        first = bisect_right(ends, token.start)  # first word that ends behind the token's start
        last = bisect_right(starts, token.end - 1)  # first word that starts at or behind its end
        if getattr(token, "kind", "text") != "text" or not spans:
            numbers.append(())
        elif first < last:
            numbers.append(tuple(range(first, last)))
        elif token.start == token.end and token.start in ends and token.start not in starts:
            numbers.append((ends.index(token.start),))
        else:
            numbers.append((min(first, len(spans) - 1),))
    return tuple(numbers)


def tokens_of(
    text: str,
    pieces: Sequence[Spanned],
    count: int,
    log_probs: Sequence[float] | None,
    p_gen: Sequence[float] | None = None,
) -> tuple[Token, ...]:
    """The pieces as tokens, and EOS where the weights have one more."""
    given = [Token(piece.text, piece.start, piece.end, getattr(piece, "kind", "text")) for piece in pieces]
    if count == len(pieces) + 1:
        given.append(Token("</s>", len(text), len(text), "eos"))
    if log_probs is not None:
        if len(log_probs) != len(given):
            raise ValueError(f"{len(log_probs)} log-probabilities for {len(given)} tokens")
        given = [replace(token, log_prob=float(value)) for token, value in zip(given, log_probs)]
    if p_gen is not None:
        if len(p_gen) != len(given):
            raise ValueError(f"{len(p_gen)} chances of generating for {len(given)} tokens")
        given = [replace(token, p_gen=float(value)) for token, value in zip(given, p_gen)]
    return tuple(given)


def join(text: str, tokens: Sequence[Token]) -> tuple[tuple[Token, ...], NDArray[np.float64]]:
    """The words that the tokens make, and (words, tokens): how much of each token belongs to each word."""
    spans = words(text)
    members: dict[int, list[tuple[int, float]]] = {}  # word number, or -1 - token for a token on its own
    for index, numbers in enumerate(word_numbers(text, tokens)):
        for number in numbers or (-1 - index,):
            members.setdefault(number, []).append((index, 1 / max(len(numbers), 1)))
    joined, parts = [], np.zeros((len(members), len(tokens)))
    for row, (number, pieces) in enumerate(members.items()):
        logs = [tokens[index].log_prob for index, _ in pieces]
        known = [log * part for log, (_, part) in zip(logs, pieces) if log is not None]
        log_prob = sum(known) if len(known) == len(logs) else None
        whole = tokens[pieces[0][0]] if number < 0 else spans[number]
        kind = tokens[pieces[0][0]].kind if number < 0 else "text"
        chances = [(tokens[index].p_gen, part) for index, part in pieces]
        parted = [chance * part for chance, part in chances if chance is not None]
        p_gen = sum(parted) / sum(part for _, part in chances) if len(parted) == len(chances) else None
        joined.append(Token(whole.text, whole.start, whole.end, kind, log_prob, p_gen))
        for index, part in pieces:
            parts[row, index] = part
    return tuple(joined), parts


def plain_token(token: Token, numbers: tuple[int, ...]) -> dict[str, Any]:
    """A token as JSON; `numbers` are its words."""
    plain: dict[str, Any] = {
        "text": token.text,
        "start": token.start,
        "end": token.end,
        "words": list(numbers),
    }
    if token.kind != "text":
        plain["kind"] = token.kind
    if token.log_prob is not None:
        plain["log_prob"] = "-inf" if token.log_prob == -math.inf else token.log_prob
    if token.p_gen is not None:
        plain["p_gen"] = token.p_gen
    return plain


def only_keys(name: str, plain: Any, known: str) -> None:
    if not isinstance(plain, dict):
        raise ValueError(f"{name} is not an object")
    for key in plain:
        if key not in known.split():
            raise ValueError(f"{name} has an unknown key {key!r}")


def read_side(side: str, plain: Any) -> tuple[Token, ...]:
    """The tokens of {"text", "tokens"}; ValueError or KeyError say what is wrong."""
    only_keys(side, plain, "text tokens")
    if not isinstance(plain["text"], str) or not isinstance(plain["tokens"], list):
        raise ValueError(f"{side} must have a text and a list of tokens")
    tokens = []
    for number, given in enumerate(plain["tokens"]):
        only_keys(f"{side} token {number}", given, "text start end words kind log_prob p_gen")
        log_prob = -math.inf if given.get("log_prob") == "-inf" else given.get("log_prob")
        kind = given.get("kind", "text")
        right = isinstance(given["text"], str) and type(given["start"]) is type(given["end"]) is int
        number_like = log_prob is None or (type(log_prob) in (int, float) and not math.isnan(log_prob))
        p_gen = given.get("p_gen")
        if p_gen is not None and not (type(p_gen) in (int, float) and 0 <= p_gen <= 1):
            raise ValueError(f"{side} token {number} was generated with the chance {p_gen!r}")
        if not right or not number_like or kind not in ("text", "eos", "start"):
            raise ValueError(f"{side} token {number} is {given}")
        tokens.append(Token(given["text"], given["start"], given["end"], kind, log_prob, p_gen))
    numbers = [list(part) for part in word_numbers(plain["text"], tokens)]
    for number, (given, covers) in enumerate(zip(plain["tokens"], numbers)):
        if given.get("words", covers) != covers:
            raise ValueError(f"{side} token {number} says words {given['words']}, its span says {covers}")
    return tuple(tokens)

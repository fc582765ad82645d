"""Learns the pieces of a text with SentencePiece: the same lines give the same bytes.

One thread, no clock, and chance only where a sample of the lines is asked for (then seeded). What
SentencePiece would skip or shrink without a word is refused here, or counted in the notes.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sentencepiece import SentencePieceTrainer

from entarte.errors import InputError, did_you_mean
from entarte.lexer import tokens
from entarte.vocabulary import CONTROL

KINDS = ("unigram", "bpe", "char", "tagged", "word", "code")
NORMALISATIONS = {
    "nmt_nfkc": ("nmt_nfkc", "nmt_nfkc_cf"),
    "nfkc": ("nfkc", "nfkc_cf"),
    "none": ("identity", None),
}
"""Setting → (SentencePiece's rule, its rule with case folding)."""

LETTERS = ("char", "tagged")
"""The kinds whose pieces are single characters (and tags): none stands for the space before a word."""

HIDDEN = {"pad": "\x01pad", "unk": "\x01unk", "bos": "\x01bos", "eos": "\x01eos"}
# The control symbols' names inside the SentencePiece model. SentencePiece takes these strings out of
# the training text, so they are none that a person writes; "<s>" and "</s>" stay ordinary text.

INNER = "\x02"
"""A space inside a token of code, as the SentencePiece model holds it: there, a space ends a word."""

TAG = "<[^<>▁\\s]+>"
"""Pattern of a tag: what kind tagged takes for one piece, as <PST> beside the letters of a lemma."""

LONGEST = 3_000  # characters without a space; bpe keeps positions in 16 bits, after NFKC (≤ 18 ×)
LEAST = 0.98  # SentencePiece takes no lower coverage
RESERVED = "▅"  # U+2585: SentencePiece uses it for rare characters and drops lines that hold it


def learn(
    lines: Iterable[str],
    *,
    kind: str,
    size: int,
    seed: int,
    sample: int,
    normalisation: str,
    lowercase: bool,
    coverage: float,
    symbols: Sequence[str] = (),
) -> tuple[bytes, tuple[str, ...]]:
    """The SentencePiece model, serialised, and notes on lines that could not be used.

    The arguments are those of ``entarte.text.Tokenizer.train``. Raises InputError for a setting that
    cannot be, text without a single character, and a ``size`` that the text does not allow.
    """
    if kind not in KINDS:
        raise InputError(
            f"'{kind}' is no kind of pieces", setting="text.kind", advice=did_you_mean(kind, KINDS)
        )
    rule = _rule(normalisation, lowercase)
    if not LEAST <= coverage <= 1.0:
        raise InputError(f"{coverage} is not from {LEAST} to 1", setting="text.coverage")
    if coverage < 1.0 and kind not in ("unigram", "bpe"):
        raise InputError(
            f"{coverage} changes nothing for kind {kind}",
            setting="text.coverage",
            advice="There, text.size says how many are kept; leave text.coverage at 1.",
        )
    if sample < 0:
        raise InputError(
            f"{sample} lines cannot be sampled", setting="text.sample", advice="0 takes all lines."
        )
    if size == 0:
        if kind in ("unigram", "bpe"):
            raise InputError(
                f"0 (all there are) has no meaning for kind {kind}",
                setting="text.size",
                advice="Give a number, or use kind char, tagged, word or code.",
            )
    elif size <= len(CONTROL):
        raise InputError(
            f"{size} leaves no room for text: {len(CONTROL)} ids are control symbols", setting="text.size"
        )
    if kind == "code":
        if normalisation != "none":
            raise InputError(
                f"'{normalisation}' would change literals, and code is read as it is",
                setting="text.normalisation",
                advice="Set it to 'none'.",
            )
        lines = (_spaced(line) for line in _checked(lines))
    usable, notes = _usable(lines, seed, sample)
    control: dict[str, Any] = {f"{name}_id": number for number, name in enumerate(HIDDEN)}
    control |= {f"{name}_piece": piece for name, piece in HIDDEN.items()}
    if kind == "tagged":
        control["user_defined_symbols"] = sorted({tag for line in usable for tag in re.findall(TAG, line)})
    if symbols:
        if kind not in ("unigram", "bpe"):
            raise InputError(
                f"pieces of kind {kind} need none",
                setting="text.symbols",
                advice="Leave it empty: what stands between spaces is a word there.",
            )
        if bad := [each for each in symbols if not each or set(each) & set(" \t\n▁")]:
            raise InputError(f"'{bad[0]}' is empty or holds a space", setting="text.symbols")
        control["user_defined_symbols"] = sorted(set(symbols))
    writer = io.BytesIO()
    try:
        SentencePieceTrainer.train(
            sentence_iterator=iter(usable),
            model_writer=writer,
            model_type={"code": "word", "tagged": "char"}.get(kind, kind),
            vocab_size=size or 100_000_000,
            use_all_vocab=not size,
            character_coverage=coverage,
            normalization_rule_name=rule,
            add_dummy_prefix=kind not in LETTERS,
            max_sentence_length=16 * LONGEST,
            num_threads=1,
            minloglevel=2,
            **control,
        )
    except RuntimeError as fault:
        raise _explain(str(fault), size) from None
    return writer.getvalue(), notes


def too_large(size: int, largest: int) -> InputError:
    """The error for a vocabulary larger than the text allows."""
    return InputError(
        f"a vocabulary of {size} is larger than this text allows; the largest possible is {largest}",
        setting="text.size",
        advice=f"Set text.size={largest} or less, or give more text.",
    )


def _rule(normalisation: str, lowercase: bool) -> str:
    if normalisation not in NORMALISATIONS:
        raise InputError(
            f"'{normalisation}' is no normalisation",
            setting="text.normalisation",
            advice=did_you_mean(normalisation, NORMALISATIONS),
        )
    plain, folded = NORMALISATIONS[normalisation]
    if not lowercase:
        return plain
    if folded is None:
        raise InputError(
            "lower case needs a normalisation, and it is 'none'",
            setting="text.lowercase",
            advice="Use text.normalisation=nmt_nfkc.",
        )
    return folded


def _usable(lines: Iterable[str], seed: int, sample: int) -> tuple[list[str], tuple[str, ...]]:
    """The training text in bites that SentencePiece takes whole, and what was left out."""
    usable: list[str] = []
    total = long = reserved = 0
    for line in _sampled(_checked(lines), seed, sample):
        total += 1
        if RESERVED in line:
            reserved += 1
            continue
        bites = list(_bites(line))
        if any(len(bite) > LONGEST for bite in bites):
            long += 1
            continue
        usable += bites
    notes = []
    if long:
        notes.append(
            f"{long:,} of {total:,} lines were not used to learn the pieces: "
            f"they run on for more than {LONGEST:,} characters without a space"
        )
    if reserved:
        notes.append(
            f"{reserved:,} of {total:,} lines were not used to learn the pieces: "
            f"they hold the character U+2585, which SentencePiece keeps for itself"
        )
    if not any(bite.strip() for bite in usable):
        raise InputError("; ".join(["there is no text to learn pieces from", *notes]))
    return usable, tuple(notes)


def _spaced(line: str) -> str:
    """The tokens of a line of code with a space between any two, and none inside."""
    return " ".join(token.text.replace(" ", INNER) for token in tokens(line))


def _checked(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        line = line.removesuffix("\n")
        for bad, name in (("\0", "a NUL character"), ("\n", "a line end")):
            if bad in line:
                raise InputError(f"line {number} of the text to learn pieces from holds {name}")
        yield line


def _sampled(lines: Iterable[str], seed: int, sample: int) -> Iterable[str]:
    """All lines, or ``sample`` of them, each with the same chance (Vitter 1985, algorithm R)."""
    if not sample:
        return lines
    chance = random.Random(seed)
    kept: list[str] = []
    for number, line in enumerate(lines):
        if number < sample:
            kept.append(line)
        elif (place := chance.randrange(number + 1)) < sample:
            kept[place] = line
    return kept


def _bites(line: str) -> Iterator[str]:
    """A line, cut at spaces where it is long: pieces never cross a space, so nothing is lost.

    >>> [len(bite) for bite in _bites("a man " * 1000)]
    [2999, 3000]
    """
    if len(line) <= LONGEST:
        yield line
        return
    start = 0
    while start < len(line):
        end = len(line)
        if end - start > LONGEST:
            end = line.rfind(" ", start, start + LONGEST + 1)
            if end <= start:
                end = line.find(" ", start + LONGEST)
                end = len(line) if end < 0 else end
        yield line[start:end]
        start = end + 1


def _explain(fault: str, size: int) -> InputError:
    """SentencePiece's words in ours."""
    if match := re.search(r"size too high .*value <= (\d+)", fault):
        return too_large(size, int(match[1]))
    if match := re.search(r"smaller than required_chars\. \d+ vs (\d+)", fault):
        return InputError(
            f"a vocabulary of {size} is smaller than the {match[1]} single characters and control symbols"
            " that it must hold",
            setting="text.size",
            advice=f"Set text.size to more than {match[1]}, or text.coverage below 1, for example 0.9995.",
        )
    return InputError(f"SentencePiece could not learn pieces from this text: {fault}")

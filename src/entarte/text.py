"""Text to ids and back, without ever losing the place in the original line.

SentencePiece (Kudo and Richardson 2018) cuts a normalised copy of the line. Every piece keeps the
characters ``[start, end)`` of the line *as it was given* (before NFKC, case folding or collapsed
spaces), so that an alignment can be drawn over the text that a person wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sentencepiece import SentencePieceProcessor

from entarte.errors import DamagedError, EntarteError, InputError, SetupError
from entarte.learn import HIDDEN, INNER, LETTERS, TAG, learn, too_large
from entarte.lexer import tokens
from entarte.seal import sealed, unsealed
from entarte.span import Piece
from entarte.vocabulary import CONTROL, UNK, Vocabulary

SPACE = "▁"
"""The visible space (U+2581) that SentencePiece puts at the front of a word."""

TAGGED = re.compile(f"{SPACE}?{TAG}{SPACE}?|.", re.DOTALL)


class Tokenizer:
    """Cuts lines into the pieces of a vocabulary. Two with the same model are equal; it can be pickled."""

    __slots__ = ("_model", "_names", "_sp", "_worst", "kind", "notes", "vocabulary")

    kind: str
    """``unigram``, ``bpe``, ``char``, ``tagged``, ``word`` or ``code``."""
    notes: tuple[str, ...]
    """What a person should know about its training (lines that could not be used); empty when loaded."""
    vocabulary: Vocabulary

    def __init__(self, model: bytes, kind: str, notes: tuple[str, ...] = ()) -> None:
        """``model``: a serialised SentencePiece model that ``learn`` made. Use ``train`` or ``load``."""
        self._model, self.kind, self.notes = model, kind, notes
        self._sp = SentencePieceProcessor()
        self._sp.LoadFromSerializedProto(model)
        pieces = [self._sp.id_to_piece(number) for number in range(self._sp.get_piece_size())]
        if pieces[: len(CONTROL)] != list(HIDDEN.values()):
            raise RuntimeError("not a model that Entarté made")
        self.vocabulary = Vocabulary(piece.replace(INNER, " ") for piece in pieces[len(CONTROL) :])
        unknown = (SPACE if self.whole else "") + CONTROL[UNK]
        self._names = ["", unknown, "", "", *self.vocabulary.pieces[len(CONTROL) :]]
        # SentencePiece's score of an unknown character: the lowest of all pieces less 10.
        self._worst = min(self._sp.get_score(n) for n in range(len(CONTROL), len(pieces))) - 10.0

    @classmethod
    def train(
        cls,
        lines: Iterable[str],
        *,
        kind: str = "unigram",
        size: int = 8000,
        seed: int = 0,
        sample: int = 0,
        normalisation: str = "nmt_nfkc",
        lowercase: bool = False,
        coverage: float = 1.0,
        symbols: Sequence[str] = (),
    ) -> Tokenizer:
        """Learns a vocabulary of exactly ``size`` pieces, control symbols included.

        kind: unigram, bpe, char, tagged, word or code. size: 0 takes all there are (not unigram, bpe).
        sample: this many lines drawn with ``seed`` (0: all). normalisation: nmt_nfkc, nfkc or none.
        lowercase: case folding of single characters (ß stays). coverage: the share of running characters that
        must be in a unigram or BPE vocabulary, from 0.98; rarer ones are unknown. symbols: strings that a
        unigram or BPE vocabulary has as one piece, wherever they stand. Raises InputError, naming the
        setting; see ``notes`` for lines left out.
        """
        model, notes = learn(
            lines, kind=kind, size=size, seed=seed, sample=sample,
            normalisation=normalisation, lowercase=lowercase, coverage=coverage, symbols=symbols,
        )  # fmt: skip
        tokenizer = cls(model, kind, notes)
        if size and len(tokenizer.vocabulary) != size:
            raise too_large(size, len(tokenizer.vocabulary))
        return tokenizer

    @classmethod
    def load(cls, path: str | Path) -> Tokenizer:
        """Reads what ``save`` wrote. Raises DamagedError where it is missing, cut short, altered or newer."""
        model, kind = unsealed(path)
        try:
            return cls(model, kind)
        except (RuntimeError, ValueError) as fault:
            raise DamagedError(f"the tokenizer cannot be used: {fault}", file=path) from None

    def save(self, path: str | Path) -> None:
        """Writes a SentencePiece model, sealed with a checksum in a field that SentencePiece passes over."""
        try:
            Path(path).write_bytes(sealed(self._model, self.kind))
        except OSError as fault:
            raise SetupError(f"cannot be written: {fault.strerror}", file=path) from None

    def __reduce__(self) -> tuple[type[Tokenizer], tuple[bytes, str, tuple[str, ...]]]:
        return Tokenizer, (self._model, self.kind, self.notes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tokenizer) and self._model == other._model

    def __hash__(self) -> int:
        return hash(self._model)

    def __repr__(self) -> str:
        return f"Tokenizer({self.kind}, {len(self.vocabulary)} pieces)"

    @property
    def whole(self) -> bool:
        """Whether a piece is a whole word or token, which may be unknown and be put in another's place."""
        return self.kind in ("word", "code")

    def __len__(self) -> int:
        """Entries of the vocabulary."""
        return len(self.vocabulary)

    def some(self) -> tuple[str, ...]:
        """Its first pieces, as a sample of what it knows."""
        return self.vocabulary.pieces[len(CONTROL) : len(CONTROL) + 8]

    def rows(self, lines: Sequence[str]) -> list[list[int]]:
        """What a model reads of each line: its ids, without BOS and EOS (see `source.row.Cut`)."""
        return self.ids_many(lines)

    def without(self, line: str, characters: slice, slots: range) -> tuple[str, range]:
        """The line but for some characters of it; no slot is then to be blotted out."""
        return line[: characters.start] + line[characters.stop :], range(0)

    def shown(self, line: str, count: int, reduction: int) -> tuple[str, list[Piece]]:
        """The line, and its first ``count`` pieces, each ``reduction`` of which are joined to one."""
        pieces = self.pieces(line)[:count]
        joined = [pieces[at : at + reduction] for at in range(0, len(pieces), reduction)]
        return line, [
            Piece("".join(one.text for one in some), some[0].start, some[-1].end, some[0].id)
            for some in joined
        ]

    def ids(self, line: str) -> list[int]:
        """The ids of one line, without BOS and EOS."""
        return self.ids_many([line])[0]

    def ids_many(self, lines: Sequence[str]) -> list[list[int]]:
        """The ids of many lines; each is what it would be alone."""
        try:
            if self.kind in ("unigram", "bpe"):
                many: list[list[int]] = self._sp.encode(list(lines), return_type=int, num_threads=1)
                return many
            return [self.vocabulary.ids(self._bare(self._cut(line))) for line in lines]
        except (RuntimeError, TypeError) as fault:
            raise _unwritable(lines, fault) from None

    def pieces(self, line: str) -> list[Piece]:
        """The pieces of a line, each with its id and its characters of the line as given."""
        if self.kind == "code":
            [ids] = self.ids_many([line])
            cut = zip(tokens(line), ids, strict=True)
            return [Piece(SPACE + token.text, token.start, token.end, number) for token, number in cut]
        try:
            _, places = self._sp.normalize(line, with_offsets=True)
            if self.kind in ("unigram", "bpe"):
                found = self._sp.encode(line, return_type="offset_mapping")
                texts, ids = found["pieces"], found["ids"]
            else:
                texts = self._cut(line)
                ids = self.vocabulary.ids(self._bare(texts))
        except RuntimeError as fault:
            raise _unwritable([line], fault) from None
        places[-1:] = [places[-1], len(line) + 1]  # a sentinel beyond all places
        pieces, at = [], 0
        for text, bare, number in zip(texts, self._bare(texts), ids, strict=True):
            first, at = at, at + len(text)
            if first == 0 and self.kind not in LETTERS:
                first = 1  # the ▁ put before the line stands for no character
            elif len(text) > 1 and text[0] == SPACE:
                first += 1  # nor does the span begin with the spaces before a word
            start = end = places[first]
            if first < at:  # to the next place that differs: ﬁ, one character, may give two pieces
                stop = at
                while places[stop] == places[at - 1]:
                    stop += 1
                start, end = _trim(line, start, min(places[stop], len(line)))
            pieces.append(Piece(bare, start, end, number))
        return pieces

    def texts_many(self, lines: Sequence[str]) -> list[list[str]]:
        """The texts of the pieces of many lines; of an unknown piece, the characters that were not known."""
        try:
            if self.kind in ("unigram", "bpe"):
                many: list[list[str]] = self._sp.encode(list(lines), return_type=str, num_threads=1)
                return many
            return [self._bare(self._cut(line)) for line in lines]
        except (RuntimeError, TypeError) as fault:
            raise _unwritable(lines, fault) from None

    def _cut(self, line: str) -> list[str]:
        normal = self._sp.normalize(line)
        if self.kind == "code":
            return [SPACE + token.text for token in tokens(line)]
        if self.kind == "tagged":
            return TAGGED.findall(normal)
        # SentencePiece would join neighbouring unknown words, or characters, into one: here each is its own.
        return re.findall(f"{SPACE}[^{SPACE}]*", normal) if self.kind == "word" else list(normal)

    def _bare(self, texts: list[str]) -> list[str]:
        """Pieces as the vocabulary has them: tags without the spaces beside them."""
        if self.kind != "tagged":
            return texts
        return [text.strip(SPACE) if len(text) > 1 else text for text in texts]

    def text(self, ids: Iterable[int], beyond: Sequence[str] = ()) -> str:
        """The text of ids. PAD, BOS and EOS are left out; an unknown piece is written ``<unk>``.

        beyond  what the ids after those of the vocabulary write (see `vocabulary.Beyond`)
        """
        names = [*self._names, *beyond] if beyond else self._names
        return "".join([names[number] for number in ids]).replace(SPACE, " ").lstrip(" ")

    def written(
        self,
        ids: Iterable[int],
        instead: Mapping[int, str] | None = None,
        beyond: Sequence[str] = (),
    ) -> tuple[str, list[Piece]]:
        """The text of ids, and for each id, control symbols too, where in that text it stands.

        instead  words to write for some ids, by their place; for a tokenizer of kind word
        beyond   what the ids after those of the vocabulary write
        """
        names = [*self._names, *beyond] if beyond else self._names
        parts: list[str] = []
        pieces, at = [], 0
        for place, number in enumerate(ids):
            part = names[number]
            if instead and place in instead:
                part = SPACE + instead[place]
            shown = part.replace(SPACE, " ")
            if at == 0:
                shown = shown.lstrip(" ")
            inner = shown.strip(" ")
            start = at + (shown.index(inner) if inner else 0)
            pieces.append(Piece(part or CONTROL[number], start, start + len(inner or shown), number))
            parts.append(shown)
            at += len(shown)
        return "".join(parts), pieces

    def segmentations(self, line: str, count: int) -> list[tuple[tuple[int, ...], float]]:
        """The ``count`` likeliest ways to cut a line, best first, each with its log-probability.

        For subword regularisation (Kudo 2018, §3): P(x) is the product of the pieces' probabilities (eq. 1).
        Fewer where there are fewer. Raises InputError unless the kind is unigram.
        """
        if self.kind != "unigram":
            raise InputError(
                f"a tokenizer of kind {self.kind} cuts each line in one way only",
                setting="text.kind",
                advice="Subword regularisation needs kind unigram.",
            )
        try:
            many = self._sp.nbest_encode(line, nbest_size=count, return_type=int)
        except RuntimeError as fault:
            raise _unwritable([line], fault) from None
        score = self._sp.get_score
        return [(tuple(ids), sum(self._worst if i == UNK else score(i) for i in ids)) for ids in many]


def _trim(line: str, start: int, end: int) -> tuple[int, int]:
    """A span without the spaces at its ends, unless it is all spaces."""
    span = line[start:end]
    inner = span.strip()
    if not inner:
        return start, end
    start += len(span) - len(span.lstrip())
    return start, start + len(inner)


def _unwritable(lines: Iterable[str], fault: Exception) -> EntarteError:
    """The binding's complaint about a str that is no text, in words."""
    for line in lines:
        lone = next((i for i, c in enumerate(line) if "\ud800" <= c <= "\udfff"), None)
        if lone is not None:
            return InputError(
                f"character {lone} of a line is half of a pair (U+{ord(line[lone]):04X}), not text"
            )
    return EntarteError(f"SentencePiece failed: {fault}")

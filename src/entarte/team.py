"""Several models that translate as one: the ensemble as a person uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from entarte.alignment import Alignment
from entarte.errors import InputError, did_you_mean
from entarte.generate import Translator
from entarte.output import Read
from entarte.saved import load
from entarte.search import Ensemble, Hypothesis, force
from entarte.search.ensemble import MEANS, Mean
from entarte.search.unknown import Word
from entarte.span import Piece
from entarte.step import Stepper
from entarte.token import Token
from entarte.vocabulary import EOS, Beyond


def ensemble(models: Sequence[Translator | str | Path], *, mean: Mean = "probabilities") -> Translator:
    """Models that share the target vocabulary, used as one; see `Team`. A path is loaded."""
    return Team([each if isinstance(each, Translator) else load(each) for each in models], mean=mean)


class Team(Translator):
    """Models of any kind that share the target vocabulary; each reads the source in its own pieces.

    The settings and the length limits are those of the first. An output's alignment is the mean over the
    members, and has a head for each member, which is the mean over that member's own heads. Where the members
    cut the source into different pieces, it is over words.

    members  at least one
    mean     probabilities: log of the mean of p; log-probabilities: the mean of log p, normalised again

    Raises InputError where the target vocabularies differ.
    """

    def __init__(self, members: Sequence[Translator], *, mean: Mean = "probabilities") -> None:
        if not members:
            raise InputError("an ensemble needs at least one model")
        if mean not in MEANS:
            raise InputError(
                f"there is no mean of '{mean}'", setting="mean", advice=did_you_mean(str(mean), MEANS)
            )
        first = members[0]
        for other in members[1:]:
            agree(first, other)
        super().__init__(
            first.settings, first.model, first.source, first.target, "+".join(m.name for m in members)
        )
        self.members = tuple(members)
        self.mean: Mean = mean
        self.names = tuple(f"{number} {each.name}" for number, each in enumerate(members, start=1))

    def to(self, name: str) -> Self:
        """All members, on one device."""
        for member in self.members:
            member.to(name)
        return self

    @property
    def copies(self) -> bool:
        """Whether a member does."""
        return any(member.copies for member in self.members)

    def read(
        self, lines: Sequence[str], longest: int = 0, beyond: Sequence[Beyond] | None = None
    ) -> list[Read]:
        """Lines as ids of every member, who note the words that the vocabulary lacks in one place."""
        beyond = beyond or [Beyond(self.target.vocabulary) for _ in lines]
        each = [member.read(lines, longest, beyond) for member in self.members]
        return [
            Read(
                reads[0].line,
                tuple(ids for read in reads for ids in read.ids),
                reads[0].unread,
                tuple(copies for read in reads for copies in read.copies),
                own.pieces,
            )
            for *reads, own in zip(*each, beyond, strict=True)
        ]

    def bind(self, reads: Sequence[Read]) -> Stepper:
        """Every member, having read these sources."""
        bound, at = [], 0
        for member in self.members:
            upto = at + members(member)
            own = [replace(read, ids=read.ids[at:upto], copies=read.copies[at:upto]) for read in reads]
            at = upto
            bound.append(member.bind(own))
        return Ensemble(bound, mean=self.mean)

    def looked(self, found: Hypothesis, shift: bool = False) -> Hypothesis:
        """As one model does, each member in its way."""
        parts, at = [], 0
        for member in self.members:
            own = found.weights[:, at : at + members(member)]
            parts.append(member.looked(replace(found, weights=own), shift).weights)
            at += members(member)
        return replace(found, weights=torch.cat(parts, 1))

    def standing(self, weights: Tensor) -> Tensor:
        """All members."""
        return weights

    @property
    def most(self) -> int:
        """What the member with the fewest can say."""
        return min((member.most for member in self.members if member.most), default=0)

    def replaced(self, read: Read, found: Hypothesis, dictionary: Mapping[str, str]) -> dict[int, Word]:
        """As one model does, by the mean of the members that have cut the source alike."""
        alike, at = [], 0
        for row, member in enumerate(self.members):
            if len(read.ids[at]) == read.length:
                alike.append(row)
            at += members(member)
        return super().replaced(read, replace(found, weights=found.weights[:, alike]), dictionary)

    @torch.inference_mode()
    def forced(
        self, reads: Sequence[Read], targets: Sequence[Sequence[int]], open: Sequence[bool] = ()
    ) -> list[Hypothesis]:
        """Forced decoding of target ids (without EOS), step by step."""
        ends = [() if open and open[row] and target else (EOS,) for row, target in enumerate(targets)]
        return force(self.bind(reads), [(*target, *end) for target, end in zip(targets, ends, strict=True)])

    def aligned(
        self, read: Read, text: str, written: Sequence[Piece], found: Hypothesis, notes: Mapping[str, Any]
    ) -> Alignment:
        """Where each member looked, and all of them on average."""
        weights = found.weights.transpose(0, 1).double().numpy()  # (M, T, S)
        cuts, at = [], 0
        for member in self.members:
            source, cut, slots = member.columns(read, at)
            cuts.append((cut, slots))
            at += members(member)
        if all(spans(cut) == spans(cuts[0][0]) for cut, _ in cuts):
            heads = weights[:, :, : cuts[0][1]]
            return Alignment.of(
                *(source, cuts[0][0], text, written, heads.mean(0)),
                log_probs=found.log_probs,
                p_gen=found.p_gen,
                heads=heads,
                head_names=self.names,
                notes=notes,
            )
        words = [
            Alignment.of(
                *(source, cut, text, written, each[:, :slots]),
                log_probs=found.log_probs,
                p_gen=found.p_gen,
            ).words()
            for (cut, slots), each in zip(cuts, weights, strict=True)
        ]
        columns = list(dict.fromkeys(column for one in words for column in one.columns))
        columns.sort(key=lambda column: (column.kind == "eos", column.start))
        heads = np.array([spread(one, columns) for one in words])
        return Alignment(
            words[0].rows,
            tuple(columns),
            heads.mean(0),
            source,
            text,
            level="words",
            heads=heads,
            head_names=self.names,
            notes=notes,
        )


def members(model: Translator) -> int:
    """How many models read the source: an ensemble may be a member of another."""
    return sum(map(members, model.members)) if isinstance(model, Team) else 1


def agree(first: Translator, other: Translator) -> None:
    """InputError unless two models share the target vocabulary, and a source of features with its slots."""
    reads, also = reading(first), reading(other)
    if reads != also:
        raise InputError(
            f"the members of the ensemble read different sources: {reads} in '{first.name}', {also} in "
            f"'{other.name}'"
        )
    one, two = first.target.vocabulary.pieces, other.target.vocabulary.pieces
    if one == two:
        return
    if len(one) != len(two):
        what = f"'{first.name}' has {len(one)} entries, '{other.name}' has {len(two)}"
    else:
        at = next(n for n, (mine, yours) in enumerate(zip(one, two)) if mine != yours)
        what = f"entry {at} is '{one[at]}' in '{first.name}' and '{two[at]}' in '{other.name}'"
    raise InputError(
        f"the target vocabularies of the ensemble differ: {what}",
        advice="Train the models on the same data.train with the same settings of [text].",
    )


def reading(model: Translator) -> str:
    """What a model takes a source line for; of features also how many frames make a slot of its memory."""
    kind = model.settings.source.kind
    return kind if kind == "text" else f"{kind}, {model.model.encoder.reduction} frames to a slot"


def spans(cut: Sequence[Piece]) -> list[tuple[int, int]]:
    """Which characters of the line each piece covers."""
    return [(piece.start, piece.end) for piece in cut]


def spread(one: Alignment, columns: Sequence[Token]) -> NDArray[np.float64]:
    """The weights of an alignment under these columns; those that it lacks get 0."""
    place = {column: n for n, column in enumerate(columns)}
    table = np.zeros((len(one.rows), len(columns)))
    table[:, [place[column] for column in one.columns]] = one.weights
    return table

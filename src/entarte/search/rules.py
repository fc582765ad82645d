"""What may not come next, whatever the model says: lengths, repetition, and the wishes for each source."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import torch
from torch import Tensor

from entarte.search.required import Progress, Required
from entarte.search.wish import NONE, Wish, check_ids
from entarte.vocabulary import EOS


class Rules:
    """Rules that hold for a token given the tokens before it. They mask, and never change a number.

    One object goes through one decoding and follows its rows.

    min_length  tokens that must be said before EOS may be, as far as a source's limit allows
    no_repeat   n: no n-gram stands twice in an output; 0: no such rule
    wishes      one for each source
    limits      one for each source
    rows        how many rows each source begins with
    """

    def __init__(
        self, min_length: int, no_repeat: int, wishes: Sequence[Wish], limits: Sequence[int], rows: int = 1
    ) -> None:
        self.least = torch.tensor([min(min_length, limit - 1) for limit in limits], dtype=torch.long)
        self.no_repeat = no_repeat
        self.wishes = wishes
        self.required = {
            i: Required(wish.required, wish.inner, wish.before)
            for i, wish in enumerate(wishes)
            if wish.required
        }
        self.personal = [i for i, wish in enumerate(wishes) if wish.forbidden]
        self.idle = not (min_length or no_repeat or any(wish != NONE for wish in wishes))
        self.owners = [i for i in range(len(limits)) for _ in range(rows)]
        self.history = torch.zeros(len(self.owners), 0, dtype=torch.long)
        self.progress: dict[int, Progress] = {
            r: self.required[i].start for r, i in enumerate(self.owners) if i in self.required
        }
        self.bans = [wish.bans for wish in wishes]
        self.states: list[tuple[int, ...]] = [(0,) * len(self.bans[i]) for i in self.owners]
        self.checked = False

    def follow(self, rows: Tensor, tokens: Tensor, owners: Sequence[int]) -> None:
        """The next step's rows.

        rows    (R,) the row of this step that each one continues
        tokens  (R,) what it said
        owners  R: the source of each
        """
        if self.idle:
            return
        rows, tokens = rows.cpu(), tokens.cpu()
        self.history = torch.cat([self.history[rows], tokens.unsqueeze(1)], dim=1)
        self.owners = list(owners)
        self.states = [
            tuple(ban.next(state, token) for ban, state in zip(self.bans[owner], self.states[row]))
            for owner, row, token in zip(owners, rows.tolist(), tokens.tolist())
        ]
        self.progress = {
            r: self.required[owner].next(self.progress[row], token)
            for r, (owner, row, token) in enumerate(zip(owners, rows.tolist(), tokens.tolist()))
            if owner in self.required
        }

    def jump(self, said: Sequence[tuple[int, ...]], owner: int) -> None:
        """Rows that continue nothing: what each has said, all of one length, all of one source."""
        if self.idle:
            return
        self.history = torch.tensor(said, dtype=torch.long).view(len(said), -1)
        self.owners = [owner] * len(said)
        self.states = [tuple(reduce(ban.next, row, 0) for ban in self.bans[owner]) for row in said]
        self.progress = {}
        if owner in self.required:
            phrases = self.required[owner]
            self.progress = {r: reduce(phrases.next, row, phrases.start) for r, row in enumerate(said)}

    def mask(self, log_probs: Tensor) -> Tensor:
        """Log-probabilities (R, V) with -inf at what may not be said; may write into what it is given.

        Raises InputError where a wish names ids that are not in the vocabulary.
        """
        if self.idle:
            return log_probs
        if not self.checked:
            for wish in self.wishes:
                check_ids(wish, log_probs.size(1))
            self.checked = True
        where = log_probs.device
        said = self.history.size(1)
        forced = [
            (row, self.wishes[owner].prefix[said])
            for row, owner in enumerate(self.owners)
            if said < len(self.wishes[owner].prefix)
        ]
        kept = [(row, token, log_probs[row, token].clone()) for row, token in forced]
        owner = torch.tensor(self.owners, dtype=torch.long)
        log_probs[(said < self.least[owner]).to(where), EOS] = -torch.inf
        rows, tokens = repeats(self.history, self.no_repeat)
        log_probs[rows.to(where), tokens.to(where)] = -torch.inf
        for i in self.personal:
            mine = (owner == i).nonzero().flatten()
            for phrase in self.wishes[i].forbidden:
                hit = mine[ends_with(self.history[mine], phrase[:-1])]
                log_probs[hit.to(where), phrase[-1]] = -torch.inf
        for row, states in enumerate(self.states):
            for ban, state in zip(self.bans[self.owners[row]], states):
                log_probs[row, ban.refused(state).to(where)] = -torch.inf
        for row, i in enumerate(self.owners):
            if self.wishes[i].closed and said == len(self.wishes[i].prefix):
                log_probs[row, list(self.wishes[i].closed)] = -torch.inf
        unmet = [
            r for r, progress in self.progress.items() if not self.required[self.owners[r]].met(progress)
        ]
        log_probs[torch.tensor(unmet, dtype=torch.long, device=where), EOS] = -torch.inf
        for row, token, value in kept:
            log_probs[row] = -torch.inf
            log_probs[row, token] = value
        return log_probs


def ends_with(history: Tensor, phrase: Sequence[int]) -> Tensor:
    """(R,) bool: which rows of (R, t) end with the phrase.

    >>> ends_with(torch.tensor([[4, 5], [5, 4]]), (4,))
    tensor([False,  True])
    """
    n = len(phrase)
    if n > history.size(1):
        return torch.zeros(history.size(0), dtype=torch.bool)
    return (history[:, history.size(1) - n :] == torch.tensor(phrase, dtype=torch.long)).all(dim=1)


def repeats(history: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """Rows and tokens that would end an n-gram which the row has said before; n = 0: none.

    >>> repeats(torch.tensor([[4, 5, 4], [4, 5, 6]]), 2)  # row 0 has said 4 5 and ends in 4
    (tensor([0]), tensor([5]))
    """
    if not n or history.size(1) < n:
        none = torch.zeros(0, dtype=torch.long)
        return none, none
    grams = history.unfold(1, n, 1)  # (R, t - n + 1, n)
    tail = history[:, history.size(1) - n + 1 :].unsqueeze(1)  # (R, 1, n - 1)
    rows, places = (grams[..., :-1] == tail).all(dim=-1).nonzero(as_tuple=True)
    return rows, grams[rows, places, n - 1]

"""The search of an export: the beam of `search.beam`, over many sentences at once, in numpy.

It chooses what that beam chooses. What differs is the work:

- A row is a live prefix; there are no dead ones to compute. Only the look is padded to K rows a sentence.
- A sentence that is done makes room, which is filled again from the queue; the others go on undisturbed.
- A memory stays where it was put. Rows of a sentence share it, and a step tells rows apart by their place.
- With stop = best, a prefix whose best possible score is not above that of the n-th best finished hypothesis
  is dropped. No continuation of it can be returned; and what else comes into the beam for it has a lower
  total, so a lower bound, and is dropped too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from entarte.engine.graphs import Floats, Graphs, Ints, Parts
from entarte.engine.paths import Layer, Leaf, Paths, Slot
from entarte.engine.rows import NOTHING, Hypothesis, Job, Limits, Placed, Rows, places, put
from entarte.engine.sayer import Sayer
from entarte.engine.way import Way
from entarte.errors import InputError
from entarte.vocabulary import BOS, EOS, PAD


class Decoding:
    """Decodes the sentences of a queue, which are all padded to one length.

    queue   may be shared with other workers
    width   S, slots of each source
    words   how many words there are to choose from, at most
    looks   keep where each token looked
    scores  False: the best word alone, without its probability (greedy only)
    """

    def __init__(
        self, graphs: Graphs, sayer: Sayer, way: Way, queue: deque[Job], width: int, words: int,
        looks: bool, scores: bool,
    ) -> None:  # fmt: skip
        self.graphs, self.sayer, self.way, self.queue, self.width = graphs, sayer, way, queue, width
        self.looks = looks or way.coverage > 0
        self.paths = Paths(way, self.looks)
        self.scores = scores or way.width > 1
        self.most = min(way.width + 3, words)  # PAD, BOS and EOS may have to be passed over
        self.k = self.most if way.width > 1 or way.min_length else 1
        self.slots: list[Slot | None] = []
        self.memory: Parts = {}
        self.state: Parts = {}
        self.rows = NOTHING
        self.time = 0
        self.limits = Limits()
        self.placed = Placed(NOTHING.slot, NOTHING.slot, NOTHING.slot)

    def __iter__(self) -> Iterator[tuple[Job, list[Hypothesis]]]:
        """Each sentence with its n best, best first, as soon as it is done."""
        while self.fill():
            yield from self.step()
            self.paths.forget(min((slot.begun for slot in self.slots if slot is not None), default=self.time))

    # -- sentences come and go -----------------------------------------------------------------------

    def fill(self) -> bool:
        """Bring in new sentences where enough room has come free; whether anything is left to do."""
        room = self.slots.count(None) + self.way.batch - len(self.slots)
        if len(self.rows.slot) == 0 or 4 * room >= self.way.batch:
            free = [s for s, slot in enumerate(self.slots) if slot is None]
            free += range(len(self.slots), self.way.batch)
            jobs: list[Job] = []
            while len(jobs) < len(free):
                try:
                    jobs.append(self.queue.popleft())
                except IndexError:  # another worker may have been faster
                    break
            if jobs:
                self.begin(jobs, np.array(free[: len(jobs)]))
            elif len(self.rows.slot):
                self.close_up()
        return len(self.rows.slot) > 0

    def begin(self, jobs: list[Job], at: Ints) -> None:
        """Read some sources into free slots."""
        ids = np.full((len(jobs), self.width), PAD, np.int64)
        for row, job in zip(ids, jobs):
            row[: len(job.ids)] = job.ids
        lengths = np.array([len(job.ids) for job in jobs])
        memory, state = self.graphs.encode(ids, np.arange(self.width) < lengths[:, None])
        size = max(len(self.slots), int(at[-1]) + 1)
        self.slots += [None] * (size - len(self.slots))
        self.memory = {name: put(self.memory.get(name), part, at, size) for name, part in memory.items()}
        self.limits.begin(at, self.time, jobs, [self.way.divisor(job.limit) for job in jobs], size)
        self.sayer.begin(at, jobs, size)
        for slot, job in zip(at.tolist(), jobs):
            self.slots[slot] = Slot(job, self.time)
        before = len(next(iter(self.state.values()))) if self.state else 0
        self.state = {
            name: np.concatenate([self.state[name], part]) if self.state else part
            for name, part in state.items()
        }
        new = len(jobs)
        fresh = Rows(at, np.zeros(new), np.full(new, BOS), np.zeros(new), before + np.arange(new))
        rows = Rows(*(np.concatenate(parts) for parts in zip(self.rows, fresh)))
        self.rows = rows.take(np.argsort(rows.slot, kind="stable"))

    def close_up(self) -> None:
        """Where nothing comes in any more, let those that are left stand together."""
        live = np.unique(self.rows.slot)
        if 2 * len(live) > len(self.slots):
            return
        self.memory = {name: part[live] for name, part in self.memory.items()}
        self.limits.move(live)
        self.sayer.move(live)
        self.slots = [self.slots[s] for s in live.tolist()]
        self.rows = self.rows._replace(slot=np.searchsorted(live, self.rows.slot))

    # -- a step --------------------------------------------------------------------------------------

    def step(self) -> Iterator[tuple[Job, list[Hypothesis]]]:
        """Every row reads its token; the beams go on; what is done leaves."""
        rows = self.rows
        if rows.slot is not self.placed.slot or len(self.placed.place) != len(self.slots):
            self.placed = Placed(rows.slot, *places(rows.slot, len(self.slots), self.way.width))
        _, place, back = self.placed
        said = self.time - self.limits.begun
        done = self.graphs.step(
            rows.token, rows.parent, said[rows.slot], place, back, self.memory, self.state, self.looks
        )
        ids, log_probs = self.say(done.features, self.placed, self.k)
        self.state = done.state
        self.paths.layers[self.time] = Layer(
            rows.token.tolist(), rows.log_prob.tolist(), rows.parent.tolist(), done.weights
        )
        going = self.choose(ids, log_probs, said, back)
        ending = going.token == EOS
        if ending.any():
            for at in np.flatnonzero(ending).tolist():
                self.end(going, at)
            going = going.take(~ending)
        alive = self.going_on(going, said)
        kept = going if alive.all() else going.take(alive)
        yield from self.leave(going, kept)
        self.rows = kept
        self.time += 1

    def say(self, features: Floats, rows: Placed, k: int) -> tuple[Ints, Floats | None]:
        """The k most probable words of each row; more where the one that is asked for may not be said."""
        ids, log_probs = self.sayer.say(features, rows, k, self.scores)
        if k == 1 < self.most and ((ids == PAD) | (ids == BOS)).any():
            return self.say(features, rows, self.most)
        return ids, log_probs

    def choose(self, ids: Ints, log_probs: Floats | None, said: Ints, back: Ints) -> Rows:
        """The K best continuations of each sentence, best first; among equals the lower token, then the
        lower row. `parent` is the row of this step; `back` as of `places`."""
        rows = self.rows
        if ids.shape[1] == 1 < self.most:  # nothing to choose from, as of `say`
            value = np.zeros(len(ids)) if log_probs is None else probable(log_probs)[:, 0]
            return Rows(rows.slot, rows.total + value, ids[:, 0], value, np.arange(len(ids)))
        if log_probs is None:  # greedy: the order alone counts
            values = np.broadcast_to(-np.arange(ids.shape[1], dtype=float), ids.shape).copy()
        else:
            values = probable(log_probs)
        values[(ids == PAD) | (ids == BOS)] = -np.inf
        if self.way.min_length:
            early = (said < np.minimum(self.way.min_length, self.limits.most - 1))[rows.slot]
            values[early[:, None] & (ids == EOS)] = -np.inf
        if self.way.width == 1:  # columns come in the order that is wanted
            every, column = np.arange(len(ids)), values.argmax(1)
            value = values[every, column]
            found = Rows(rows.slot, rows.total + value, ids[every, column], value, every)
            return found if (value > -np.inf).all() else found.take(value > -np.inf)
        total = rows.total[:, None] + values
        row, column = np.nonzero((total > -np.inf) & (total >= self.least(total, back)[rows.slot, None]))
        token, total, slot = ids[row, column], total[row, column], rows.slot[row]
        order = np.lexsort((row, token, -total, slot))
        slot = slot[order]
        kept = order[np.arange(len(order)) - np.searchsorted(slot, slot) < self.way.width]
        return Rows(
            rows.slot[row[kept]], total[kept], token[kept], values[row[kept], column[kept]], row[kept]
        )

    def least(self, total: NDArray[np.float64], back: Ints) -> NDArray[np.float64]:
        """The K-th best of some continuations (R, k) of each sentence: few are left to be put in order."""
        K = self.way.width
        padded = np.full((len(self.slots) * K, total.shape[1]), -np.inf)
        padded[back] = total
        found: NDArray[np.float64] = np.partition(padded.reshape(len(self.slots), -1), -K, axis=1)[:, -K]
        return found

    def end(self, chosen: Rows, at: int) -> None:
        """A hypothesis that says EOS is finished."""
        number, total = int(chosen.slot[at]), float(chosen.total[at])
        slot = self.slots[number]
        assert slot is not None
        leaf = Leaf(self.time, int(chosen.parent[at]), EOS, float(chosen.log_prob[at]), total)
        slot.ends.append((self.paths.score(slot, leaf), leaf))
        if len(slot.ends) >= self.way.n_best:
            ranked = sorted((score for score, _ in slot.ends), reverse=True)
            self.limits.worst[number] = ranked[self.way.n_best - 1]

    def going_on(self, going: Rows, said: Ints) -> NDArray[np.bool_]:
        """(R,) which of the unfinished prefixes live on."""
        limits = self.limits
        alive: NDArray[np.bool_] = (said + 1 < limits.most)[going.slot]
        if self.way.stop == "best":
            return alive & (going.total / limits.divisor[going.slot] > limits.worst[going.slot])
        if self.way.stop == "count":
            found = np.array([0 if slot is None else len(slot.ends) for slot in self.slots])
            return alive & (found < self.way.width)[going.slot]
        return alive

    def leave(self, going: Rows, kept: Rows) -> Iterator[tuple[Job, list[Hypothesis]]]:
        """Sentences of which nothing lives on."""
        gone = np.zeros(len(self.slots), bool)
        gone[self.rows.slot] = True
        gone[kept.slot] = False
        for number in np.flatnonzero(gone).tolist():
            slot = self.slots[number]
            assert slot is not None
            ends = slot.ends or [
                (self.paths.score(slot, leaf), leaf) for leaf in self.unfinished(going, number)
            ]
            yield slot.job, self.paths.best(slot, ends)
            self.slots[number] = None

    def unfinished(self, going: Rows, number: int) -> list[Leaf]:
        """The prefixes of a sentence of which none has finished."""
        mine = np.flatnonzero(going.slot == number).tolist()
        if mine:
            return [
                Leaf(self.time, int(g.parent), int(g.token), float(g.log_prob), float(g.total))
                for g in map(going.take, mine)
            ]
        mine = np.flatnonzero(self.rows.slot == number).tolist()  # after which nothing was possible
        return [Leaf(self.time, row, None, 0.0, float(self.rows.total[row])) for row in mine]


def probable(log_probs: Floats) -> NDArray[np.float64]:
    """In double precision. Raises InputError where the largest of a row is no logarithm of a probability."""
    values = log_probs.astype(np.float64)
    if not (values[:, 0] <= 1e-3).all():
        raise InputError(
            f"the model gave a log-probability of {values[~(values[:, 0] <= 1e-3), 0][0]}, which is "
            "not the logarithm of a probability",
            advice="Its weights may have diverged in training; try an earlier checkpoint.",
        )
    return values

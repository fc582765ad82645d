"""From outputs to cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from entarte import manifest
from entarte.card.card import Card, Heard, Look, Said
from entarte.check import Aids, Check, Evidence, gather, judge, needs
from entarte.check.choose import of_model
from entarte.check.copied import copied
from entarte.check.evidence import BARE, ERASED, NO_AIDS
from entarte.errors import InputError
from entarte.generate import Translator
from entarte.metric import create_all, statistics
from entarte.output import Output
from entarte.run import CHECKPOINTS, Run
from entarte.task import TASKS

LOOKS = 3
"""Source words that a word of the output is shown to have looked at."""
METRICS = ("chrf", "bleu", "exact")


def cards(
    translator: Translator,
    outputs: Sequence[Output],
    *,
    references: Sequence[str] = (),
    checks: Sequence[Check] | None = None,
    aids: Sequence[Aids] = (),
    first: int = 1,
) -> Iterator[Card]:
    """A card for each output of `translate` or `force`, in order.

    references  what should have been said, one for each output
    checks      by default those of the model's folder
    aids        gold links, a dictionary, the reverse model's alignments
    first       the number of the first line

    Raises InputError where there are more of one than of the other.
    """
    for what, given in (("references", references), ("aids", aids)):
        if given and len(given) != len(outputs):
            raise InputError(f"{len(outputs)} outputs but {len(given)} {what}")
    chosen = of_model(translator) if checks is None else checks
    model, data, task = identity(translator)
    everything = needs(chosen) | {BARE, ERASED}
    gathered = gather(translator, outputs, everything, aids or [NO_AIDS] * len(outputs))
    for number, evidence in enumerate(gathered):
        known = scored(evidence.output.text, references[number]) if references else None
        yield Card(
            evidence.output,
            task,
            target_words(evidence),
            source_words(evidence),
            judge(chosen, evidence),
            known,
            model,
            data,
            first + number,
        )


def target_words(evidence: Evidence) -> tuple[Said, ...]:
    """The output's words with their probability, and where the decoder looked."""
    looked = evidence.looked()  # (U, S)
    nats = evidence.by_unit(evidence.log_probs)
    support = None if evidence.bare is None else evidence.by_unit(evidence.log_probs - evidence.bare)
    copies = copied(evidence.source, evidence.target)
    chances = [row.p_gen for row in evidence.alignment.rows]
    generated = None
    if chances and None not in chances:
        counts = evidence.by_unit(np.ones(len(chances)))
        generated = evidence.by_unit(np.array(chances, dtype=np.float64)) / counts
    words = []
    for n, unit in enumerate(evidence.target):
        order = np.argsort(-looked[n], kind="stable")[:LOOKS]
        looks = tuple(Look(int(s), float(looked[n, s])) for s in order if looked[n, s] > 0)
        nat = None if support is None else float(support[n])
        p_gen = None if generated is None else float(generated[n])
        words.append(Said(unit.text, float(nats[n]), looks, bool(copies[n]), nat, p_gen))
    return tuple(words)


def source_words(evidence: Evidence) -> tuple[Heard, ...]:
    """The source's words with how far they were covered, and what depends on them."""
    coverage = evidence.looked().sum(0)
    effect = None
    if evidence.erased is not None and evidence.erased.size:
        effect = np.maximum(-evidence.erased, 0).max(1)
    return tuple(
        Heard(unit.text, float(coverage[n]), None if effect is None else float(effect[n]))
        for n, unit in enumerate(evidence.source)
    )


def scored(text: str, reference: str) -> tuple[str, dict[str, float]]:
    """A reference, and the output's scores against it."""
    metrics = create_all(METRICS)
    return reference, {
        metric.name: float(metric.each(statistics(metric, [text], [reference]))[0]) for metric in metrics
    }


def identity(translator: Translator) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """The model, its data and its task, as they are known from the folder."""
    settings = translator.settings
    search = {"kind": settings.search.kind, **settings.search.options}
    model: dict[str, Any] = {"name": translator.name, "search": search}
    data: dict[str, Any] = {"train": list(settings.data.train), "valid": list(settings.data.valid)}
    folder = translator.folder
    if folder is not None:
        listed = manifest.read(folder)
        model["entarte"] = listed.entarte
        model["files"] = {
            name: entry.sha256 for name, entry in sorted(listed.files.items()) if not entry.grows
        }
        if digest := pairs_digest(folder, str(model["files"])):
            data["sha256"] = digest
    return model, data, task(settings.data.train, TASKS[settings.task.kind].name)


@lru_cache(maxsize=64)
def pairs_digest(folder: Path, files: str) -> str:
    """SHA-256 of the training pairs' ids, as the last checkpoint has it; empty where none is left.

    Opening a run reads all of it, so it is done once for a state of its `files`.
    """
    if not (folder / CHECKPOINTS).exists():
        return ""
    last = Run.open(folder).latest_checkpoint()
    return "" if last is None else str(last.state().get("corpus", ""))


def task(files: Sequence[str], name: str) -> dict[str, str]:
    """A task's name; the two sides by the endings of the training files, where they tell.

    >>> task(["data/train.en", "data/train.fr.gz"], "sequence to sequence")
    {'name': 'sequence to sequence', 'source': 'en', 'target': 'fr'}
    >>> task(["pairs.tsv"], "summary")
    {'name': 'summary'}
    """
    found = {"name": name}
    if len(files) == 2:
        ends = [Path(name.removesuffix(".gz")).suffix.removeprefix(".") for name in files]
        if all(ends) and ends[0] != ends[1]:
            found |= {"source": ends[0], "target": ends[1]}
    return found

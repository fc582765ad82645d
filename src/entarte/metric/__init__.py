"""How good the outputs are: one measure a file, all of them in the table.

    rows = statistics(METRICS["bleu"](), hypotheses, references)
    METRICS["bleu"]().corpus(rows)

`create` makes a metric from a name that a person typed; `statistics` makes its rows and checks that there
are as many hypotheses as references; `significance`, `bucket` and `report` work on the rows.

>>> round(measure(["the cat sat down"], ["the cat sat"], ["wer"])[0].value, 2)
33.33
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from entarte.errors import InputError, did_you_mean
from entarte.metric.aer import Aer
from entarte.metric.base import Additive, Metric, Row, Rows, Score, TextMetric
from entarte.metric.bleu import Bleu
from entarte.metric.chrf import ChrF, ChrFPlusPlus
from entarte.metric.code import BleuCode, ExactCode
from entarte.metric.distinct import Distinct1, Distinct2
from entarte.metric.error_rate import Cer, Per, Wer
from entarte.metric.exact import Exact, SentenceErrors
from entarte.metric.f1 import F1
from entarte.metric.length import Length
from entarte.metric.on_gold import OnGold
from entarte.metric.parses import Parses
from entarte.metric.perplexity import Bits, Perplexity, WordPerplexity
from entarte.metric.pointing import Pointing
from entarte.metric.repeated import Repeated1, Repeated2
from entarte.metric.rouge import Rouge1, Rouge2, RougeL
from entarte.metric.ter import Ter
from entarte.metric.unknown import Unknown
from entarte.metric.whole import Whole

METRICS: dict[str, Callable[..., Metric]] = {
    "bleu": Bleu,
    "chrf": ChrF,
    "chrf++": ChrFPlusPlus,
    "ter": Ter,
    "exact": Exact,
    "ser": SentenceErrors,
    "wer": Wer,
    "cer": Cer,
    "per": Per,
    "length": Length,
    "rouge-1": Rouge1,
    "rouge-2": Rouge2,
    "rouge-l": RougeL,
    "distinct-1": Distinct1,
    "distinct-2": Distinct2,
    "repeated-1": Repeated1,
    "repeated-2": Repeated2,
    "unknown": Unknown,
    "exact-code": ExactCode,
    "bleu-code": BleuCode,
    "parses": Parses,
    "f1": F1,
    "on-gold": OnGold,
    "pointing": Pointing,
    "perplexity": Perplexity,
    "perplexity-word": WordPerplexity,
    "bits": Bits,
    "whole": Whole,
    "aer": Aer,
}

# What each metric of another kind than text is measured on, for the message to who asks for it on text.
NOT_TEXT = {
    "perplexity": "is measured on a model's own probabilities, not on files of text",
    "perplexity-word": "is measured on a model's own probabilities, not on files of text",
    "bits": "is measured on a model's own probabilities, not on files of text",
    "whole": "is measured on dialogues, of which a model that is evaluated knows where they begin",
    "on-gold": "is measured on the attention of a model, not on text",
    "pointing": "is measured on the attention of a model, not on text",
    "aer": "is measured on word alignments, not on text",
}

__all__ = [
    "METRICS",
    "NOT_TEXT",
    "Additive",
    "Metric",
    "Row",
    "Rows",
    "Score",
    "TextMetric",
    "create",
    "create_all",
    "higher_is_better",
    "measure",
    "statistics",
]


def create(name: str, **settings: Any) -> TextMetric:
    """The metric of text with that name, or InputError with the nearest names.

    >>> create("blue")
    Traceback (most recent call last):
    entarte.errors.InputError: metrics: there is no metric 'blue'. Did you mean 'bleu'?
    """
    key = name.strip().lower()
    if key not in METRICS:
        raise InputError(f"there is no metric '{name}'", setting="metrics", advice=did_you_mean(key, METRICS))
    if key in NOT_TEXT:
        raise InputError(f"{key} {NOT_TEXT[key]}", setting="metrics", advice=_elsewhere(key))
    known = settings_of(key)
    for setting in settings:
        if setting not in known:
            raise InputError(
                f"{key} has no setting '{setting}'",
                setting="metrics",
                advice=did_you_mean(setting, known) if known else "It has none",
            )
    metric = METRICS[key](**settings)
    assert isinstance(metric, TextMetric)
    return metric


def higher_is_better(name: str) -> bool | None:
    """Whether more of a measure is better; None where a value in the middle is right.

    >>> higher_is_better("bleu"), higher_is_better("wer"), higher_is_better("length")
    (True, False, None)
    """
    better: bool | None = METRICS[name].higher_is_better  # type: ignore[attr-defined]
    return better


def create_all(names: Iterable[str], **settings: Any) -> list[TextMetric]:
    """Metrics that share settings: each takes those it has, and a setting that none has is an error."""
    wanted = [name.strip().lower() for name in names]
    if not wanted:
        raise InputError("no metric was named", setting="metrics", advice=did_you_mean("", METRICS))
    doubled = sorted({name for name in wanted if wanted.count(name) > 1})
    if doubled:
        raise InputError(f"'{doubled[0]}' is named twice", setting="metrics")
    metrics, read = [], set()
    for name in wanted:
        mine = {key: value for key, value in settings.items() if key in settings_of(name)}
        read |= set(mine)
        metrics.append(create(name, **mine))
    for setting in settings:
        if setting not in read:
            able = [name for name in METRICS if setting in settings_of(name)]
            raise InputError(
                f"none of {', '.join(wanted)} reads it",
                setting=setting,
                advice=f"It is a setting of {', '.join(able)}" if able else "It is a setting of no metric",
            )
    return metrics


def settings_of(name: str) -> list[str]:
    """The settings of a metric: the keyword-only arguments of its constructor; none for unknown names.

    >>> settings_of("bleu")
    ['tokenize', 'lowercase']
    """
    if name not in METRICS:
        return []
    parameters = inspect.signature(METRICS[name]).parameters.values()
    return [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]


def statistics(
    metric: TextMetric, hypotheses: Sequence[str], references: Sequence[str | Sequence[str]]
) -> list[Row]:
    """One row per sentence. references: for each sentence one text, or its several readings.

    (sacreBLEU's own interface nests the other way: for each *file* its sentences. See `by_sentence`.)
    """
    if len(hypotheses) != len(references):
        raise InputError(
            f"{len(hypotheses)} hypotheses but {len(references)} references",
            advice="Line k of one must belong to line k of the other",
        )
    rows = []
    for number, (hypothesis, known) in enumerate(zip(hypotheses, references), start=1):
        readings = [known] if isinstance(known, str) else list(known)
        if not readings:
            raise InputError(f"sentence {number} has no reference")
        rows.append(metric.sentence(hypothesis, readings))
    return rows


def measure(
    hypotheses: Sequence[str],
    references: Sequence[str | Sequence[str]],
    names: Iterable[str] = ("bleu", "chrf", "ter"),
    **settings: Any,
) -> list[Score]:
    """The corpus value of each named metric, in that order."""
    metrics = create_all(names, **settings)
    return [metric.corpus(statistics(metric, hypotheses, references)) for metric in metrics]


def by_sentence(files: Sequence[Sequence[str]]) -> list[list[str]]:
    """From R reference files of N lines each to N sentences with R readings each.

    >>> by_sentence([["a", "b"], ["A", "B"]])
    [['a', 'A'], ['b', 'B']]
    """
    lengths = [len(lines) for lines in files]
    if len(set(lengths)) > 1:
        raise InputError(f"the references have {', '.join(map(str, lengths))} lines; they must be equal")
    return [list(readings) for readings in zip(*files)]


def _elsewhere(name: str) -> str:
    others = ", ".join(key for key in METRICS if key not in NOT_TEXT)
    return (
        f"{'Use `entarte aer`, or' if name == 'aer' else 'Evaluate a model for it, or'} choose from {others}"
    )

"""A report of measures as a picture: quality by length and by frequency, differences between systems."""

from __future__ import annotations

from math import nan
from pathlib import Path
from typing import Literal

from entarte.metric.report import Report, Versus
from entarte.plot.curve import Panel, Series, save


def draw(report: Report, path: str | Path) -> Path:
    """Write the panels of a report as .png, .svg or .pdf. Errors as in `entarte.plot.save`."""
    return save(panels(report), path)


def panels(report: Report) -> list[Panel]:
    """What there is to draw: quality by source length, words by training frequency, differences; where
    there is none of these, the scores."""
    made = [length(report, metric) for metric in first(report)]
    if report.words:
        made.append(words(report))
    made += [versus(report, pair) for pair in report.versus]
    return made or [scores(report)]


def first(report: Report) -> list[str]:
    """The metric whose quality by length is drawn: the first."""
    return list(next(iter(report.lengths.values()), {}))[:1]


def length(report: Report, metric: str) -> Panel:
    """A line for each system over the buckets of length, with bands where there are intervals."""
    series = []
    for system, measured in report.lengths.items():
        buckets = measured[metric]
        values = [nan if bucket.score is None else bucket.score.value for bucket in buckets]
        known = any(bucket.interval for bucket in buckets)
        series.append(
            Series(
                system,
                [bucket.label for bucket in buckets],
                values,
                [bucket.interval.low if bucket.interval else nan for bucket in buckets] if known else None,
                [bucket.interval.high if bucket.interval else nan for bucket in buckets] if known else None,
            )
        )
    points = max(sum(value == value for value in one.y) for one in series)
    kind: Literal["line", "bar"] = "line" if points > 1 else "bar"  # a line of one point cannot be seen
    words, title = f"words of the {report.by}", f"by {report.by} length"
    return Panel(tuple(series), words, report.label(metric), title, kind)


def words(report: Report) -> Panel:
    """A line for each system over the buckets of training frequency."""
    series = tuple(
        Series(system, [bucket.label for bucket in buckets], [bucket.f1 for bucket in buckets])
        for system, buckets in report.words.items()
    )
    return Panel(series, "times in training", "F1 of words", "by word frequency")


def versus(report: Report, pair: Versus) -> Panel:
    """The difference on each metric, with its interval where there is one."""
    best = {each.metric: each for each in pair.comparisons}
    best |= {each.metric: each for each in pair.comparisons if each.interval is not None}
    shown = list(best.values())
    known = all(each.interval is not None for each in shown)
    series = Series(
        f"{pair.second} − {pair.first}",
        [report.label(each.metric) for each in shown],
        [each.difference for each in shown],
        [each.interval.low for each in shown if each.interval] if known else None,
        [each.interval.high for each in shown if each.interval] if known else None,
    )
    title = f"{pair.second} against {pair.first}"
    return Panel((series,), "", "difference", title, kind="bar")


def scores(report: Report) -> Panel:
    """Bars for each system."""
    series = []
    for system, each in report.scores.items():
        bands = [report.intervals.get(system, {}).get(score.name) for score in each]
        known = all(bands)
        series.append(
            Series(
                system,
                [score.label for score in each],
                [score.value for score in each],
                [band.low for band in bands if band] if known else None,
                [band.high for band in bands if band] if known else None,
            )
        )
    return Panel(tuple(series), "", "", report.title, kind="bar")

"""Curves, bars and sparklines."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from entarte.errors import DamagedError, InputError
from entarte.plot.curve import Panel, Series, figure, records, save, sparkline, training

RECORDS = [
    {"kind": "begun"},
    {
        "kind": "validation",
        "update": 10,
        "train_perplexity": 90.0,
        "perplexity": 80.0,
        "bleu": 1.0,
        "aer": None,
    },
    {
        "kind": "validation",
        "update": 20,
        "train_perplexity": 30.0,
        "perplexity": None,
        "bleu": 5.0,
        "aer": None,
    },
]


def test_a_training_has_a_panel_for_each_measure_that_was_taken() -> None:
    perplexity, bleu = training(RECORDS)
    assert [one.name for one in perplexity.series] == ["training", "validation"]
    assert (perplexity.series[0].x, perplexity.series[0].y) == ([10, 20], [90, 30])
    assert (perplexity.series[1].x, perplexity.series[1].y) == ([10], [80])  # null: not finite, left out
    assert (bleu.y, bleu.series[0].y) == ("BLEU", [1, 5])


def test_a_training_without_lines_can_be_drawn() -> None:
    pytest.importorskip("matplotlib", reason="figures need matplotlib")
    assert [text.get_text() for text in figure(training([])).axes[0].texts] == ["no data"]


def test_metrics_are_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in RECORDS))
    assert records(path) == RECORDS
    path.write_text('{"kind": "validation"}\n{"kind": "val')
    with pytest.raises(DamagedError, match=r"metrics\.jsonl:2: this line is not JSON"):
        records(path)
    path.write_bytes(b"\xff")
    with pytest.raises(DamagedError, match="this is not UTF-8 text"):
        records(path)
    with pytest.raises(InputError, match="cannot be read: No such file"):
        records(tmp_path / "none.jsonl")


def test_lines_with_bands_and_bars_with_whiskers() -> None:
    pytest.importorskip("matplotlib", reason="figures need matplotlib")
    band = Series("attention", [5, 10, 20], [40, 38, 37], [39, 37, 35], [41, 39, 39])
    gap = Series("fixed", [5, 10, 20], [38, math.nan, 9])
    bars = [Series(name, ["dot", "general"], [1, 2], [0, 1], [2, 3]) for name in ("BLEU", "chrF")]
    made = figure(
        [Panel((band, gap), "length", "BLEU", "Bottleneck"), Panel(tuple(bars), "", "score", kind="bar")]
    )
    left, right = made.axes
    assert [line.get_label() for line in left.lines] == ["attention", "fixed"]
    assert len(left.collections) == 1
    assert left.get_title() == "Bottleneck"
    assert len(right.patches) == 4
    assert [tick.get_text() for tick in right.get_xticklabels()] == ["dot", "general"]
    assert {line.get_marker() for line in left.lines} == {"o", "s"}  # told apart without colour


@pytest.mark.parametrize("name", ["png", "svg", "pdf"])
def test_curves_are_written(name: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="figures need matplotlib")
    assert save(training(RECORDS), tmp_path / f"curve.{name}").stat().st_size > 1000


def test_curves_have_no_other_endings(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"written as '\.html'\. Known: \.png, \.svg, \.pdf\."):
        save(training(RECORDS), tmp_path / "curve.html")


def test_series_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="series 'a' must have as many y, low and high as x"):
        Series("a", [1, 2], [1])
    with pytest.raises(ValueError, match="series 'a' must have"):
        Series("a", [1], [1], low=[0])


@pytest.mark.parametrize(
    ("values", "width", "bars"),
    [
        ([0, 7, 3.5], None, "▁█▅"),
        ([], None, ""),
        ([2, 2], None, "▄▄"),
        ([math.nan, 1, math.inf, 2], None, " ▁ █"),
        ([math.nan], None, " "),
        ([0, 0, 4, 4, 8, 8], 3, "▁▅█"),
        ([1, 2], 10, "▁█"),
    ],
)
def test_sparklines(values: list[float], width: int | None, bars: str) -> None:
    assert sparkline(values, width) == bars

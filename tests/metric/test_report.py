"""Tables and reports: what a person reads and what a program reads."""

from __future__ import annotations

import json
import math

import pytest

from entarte.metric import create, statistics
from entarte.metric.bucket import by_length, by_word_frequency
from entarte.metric.report import Report, Versus
from entarte.metric.significance import bootstrap, differing, interval
from entarte.metric.table import Table

SOURCES = ["eins zwei", "drei vier fünf"]
REFERENCES = [["one two"], ["three four five"]]
OUTPUTS = {"old|er": ["one", "three four five"], "<new>": ["one two", "three x five"]}


@pytest.fixture
def report():
    metric = create("wer")
    rows = {name: statistics(metric, lines, REFERENCES) for name, lines in OUTPUTS.items()}
    old, new = rows.values()
    better, worse = differing(metric, old, new)
    return Report(
        title="Test set",
        scores={name: [metric.corpus(each)] for name, each in rows.items()},
        intervals={name: {"wer": interval(metric, each, samples=20)} for name, each in rows.items()},
        lengths={name: {"wer": by_length(metric, each, [2, 3], [2, 5])} for name, each in rows.items()},
        words={
            name: by_word_frequency(lines, REFERENCES, {"one": 1}, [1]) for name, lines in OUTPUTS.items()
        },
        versus=[
            Versus(
                "old|er",
                "<new>",
                (bootstrap(metric, old, new, samples=20),),
                "wer",
                tuple(better),
                tuple(worse),
            )
        ],
        sources=SOURCES,
        references=REFERENCES,
        outputs=OUTPUTS,
        notes=["The test set is tiny."],
    )


def test_markdown(report):
    text = report.to_markdown()
    lines = text.split("\n")
    assert "<new>" not in text
    assert lines[0] == "# Test set"
    assert "| system | WER | WER interval |" in lines
    # "old|er" misses 1 of 5 words, "<new>" has 1 of 5 wrong; neither name can be taken for markup.
    assert any(line.startswith("| old\\|er | 20.00 | ") for line in lines)
    assert any(line.startswith("| &lt;new&gt; | 20.00 | ") for line in lines)
    assert "| 0–2 | 1 | 50.00 | 0.00 |" in lines
    assert "| 6+ | 0 | – | – |" in lines
    # Words seen in training at least once: "one", right in both.
    assert "| 1+ | 1 | 100.00 | 100.00 |" in lines
    assert "## Where &lt;new&gt; is most better (WER)" in lines
    assert "| 1 | 50.00 | 0.00 | eins zwei | one two | one | one two |" in lines
    assert "- WER: `nrefs:1|case:mixed|symbol:word|best:edits|def:1`" in lines
    assert "- The test set is tiny." in lines


def test_json(report):
    loaded = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert loaded["format"] == 1
    assert loaded["scores"]["<new>"][0]["value"] == 20
    assert loaded["scores"]["<new>"][0]["signature"].startswith("nrefs:1")
    assert loaded["lengths"]["old|er"]["wer"][2] == {
        "low": 6,
        "high": None,
        "sentences": 0,
        "score": None,
        "interval": None,
    }
    assert loaded["words"]["<new>"][1]["f1"] == 100
    pair = loaded["versus"][0]
    assert (pair["first"], pair["second"]) == ("old|er", "<new>")
    assert pair["comparisons"][0]["difference"] == 0
    assert pair["better"][0]["texts"] == {
        "source": "eins zwei",
        "reference": "one two",
        "first": "one",
        "second": "one two",
    }
    assert loaded["notes"] == ["The test set is tiny."]


def test_metrics_that_one_system_lacks_leave_a_gap():
    wer, exact = create("wer"), create("exact")
    report = Report(
        "t",
        {
            "a": [metric.corpus(statistics(metric, ["x"], ["x"])) for metric in (wer, exact)],
            "b": [exact.corpus(statistics(exact, ["y"], ["x"]))],
        },
    )
    assert report.score_table().rows == (("a", 0.0, 100.0), ("b", None, 0.0))
    assert [table.title for table in report.tables()] == ["Scores"]


def test_table():
    table = Table("t", ("name", "n", "x"), (("a\nb", 3, math.nan), ("_c_", 12, 0.123456)), digits=3)
    assert table.to_markdown() == (
        "| name | n | x |\n|:--|--:|--:|\n| a b | 3 | – |\n| \\_c\\_ | 12 | 0.123 |"
    )
    assert table.to_json() == {
        "title": "t",
        "columns": ["name", "n", "x"],
        "rows": [["a\nb", 3, None], ["_c_", 12, 0.123456]],
    }
    with pytest.raises(ValueError, match="table 't': 1 cells under 2 columns"):
        Table("t", ("a", "b"), (("x",),))


def test_a_score_reads_well():
    assert str(create("wer").corpus(statistics(create("wer"), ["a x"], ["a b"]))) == "WER 50.00"
    assert str(create("length").corpus(statistics(create("length"), ["a"], [""]))) == "length ratio –"


def test_a_table_in_a_terminal_lines_up_and_obeys_no_text():
    table = Table("t", ("name", "x"), (("日本", 1.0), ("e\u0301\x1b[31m", 12.5)))
    assert table.to_text() == "name        x\n日本     1.00\ne\u0301�[31m  12.50"


def test_what_is_too_wide_makes_blocks_of_lines():
    table = Table("t", ("line", "source"), ((1, "a" * 115), (2, "b")))
    assert table.to_text() == f"line    1\nsource  {'a' * 115}\n\nline    2\nsource  b"
    table = Table("t", ("line", "source"), ((1, "a" * 114),))
    assert table.to_text() == f"line  source\n   1  {'a' * 114}"


def test_a_report_in_a_terminal(report):
    text = report.to_text()
    assert text.startswith("Scores\n\nsystem")
    assert "<new> against old|er" in text
    assert text.endswith("WER: nrefs:1|case:mixed|symbol:word|best:edits|def:1\nThe test set is tiny.\n")

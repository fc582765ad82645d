"""Cards and reports: what stands on them, and that the JSON is what the schema says."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from entarte.card import Report, cards
from entarte.check import CHECKS
from entarte.errors import InputError
from entarte.generate import Translator
from entarte.manifest import read

from .schema import check, schema

LINES = ["he hit me with a pie .", "she sees two dogs", "", "a cat"]


@pytest.fixture(scope="module")
def report(translator: Translator) -> Report:
    outputs = translator.translate(LINES)
    return Report(
        "four lines", tuple(cards(translator, outputs, references=["il m'a entarté .", "", "", "a"]))
    )


def test_the_json_is_what_the_schemas_say(report: Report) -> None:
    for card in report.cards:
        plain = json.loads(card.to_json())
        check(plain, schema("card.schema.json"), schema("card.schema.json"))
    check(json.loads(report.to_json()), schema("report.schema.json"), schema("report.schema.json"))


def test_the_schema_refuses_what_is_none(report: Report) -> None:
    plain = report.cards[0].to_dict()
    for key, wrong in (("suspicion", 1.5), ("output", None), ("verdict", "maybe"), ("more", 1)):
        with pytest.raises(AssertionError):
            check({**plain, key: wrong}, schema("card.schema.json"), schema("card.schema.json"))


def test_a_card_says_what_the_model_said(translator: Translator, report: Report) -> None:
    card, output = report.cards[0], translator.translate(LINES[:1])[0]
    plain = card.to_dict()
    assert (plain["source"], plain["output"], plain["line"]) == (LINES[0], output.text, 1)
    assert [word["text"] for word in plain["target_words"]] == output.text.split(" ")
    logs = [word["log_prob"] for word in plain["target_words"]]
    assert sum(logs) == pytest.approx(sum(output.log_probs[: len(logs)]), abs=1e-4)  # but EOS
    assert plain["target_words"][0]["probability"] == pytest.approx(math.exp(logs[0]), abs=1e-5)
    assert [each["output"] for each in plain["alternatives"]] == [each.text for each in output.alternatives]
    assert [verdict["check"] for verdict in plain["checks"]] == list(CHECKS)
    assert plain["reference"]["text"] == "il m'a entarté ."
    assert plain["task"] == {"name": "sequence to sequence", "source": "en", "target": "fr"}


def test_words_look_where_the_alignment_says(report: Report) -> None:
    card = report.cards[1]
    weights = card.output.alignment.words().weights
    for row, word in enumerate(card.target):
        heaviest = word.looks[0]
        assert heaviest.weight == pytest.approx(weights[row, :-1].max())
        assert heaviest.source == int(np.argmax(weights[row, :-1]))
    covered = [word.coverage for word in card.source]
    assert covered == pytest.approx(weights[: len(card.target), :-1].sum(0))


def test_the_model_is_known_by_its_files(folder: Path, report: Report) -> None:
    listed = read(folder).files
    assert report.cards[0].model["files"]["model.safetensors"] == listed["model.safetensors"].sha256
    assert report.to_dict()["model"] == report.cards[0].to_dict()["model"]


def test_a_report_is_sorted_by_suspicion(report: Report) -> None:
    ranked = [card.suspicion for card in report.ranked()]
    assert ranked == sorted(ranked, reverse=True)
    summary = {row[0]: row[1:] for row in report.summary().rows}
    assert summary["any"][0] == sum(bool(card.failed) for card in report.cards)
    assert all(fail + good + unknown == 4 for fail, _, good, unknown in summary.values())


def test_an_empty_line_has_a_card(report: Report) -> None:
    card = report.cards[2]
    assert (card.target, card.source, card.suspicion) == ((), (), 0.0)
    assert {verdict.word for verdict in card.verdicts} == {"unknown"}
    assert "passes every check" in card.to_markdown()


def test_references_must_fit(translator: Translator) -> None:
    with pytest.raises(InputError, match="1 outputs but 2 references"):
        list(cards(translator, translator.translate(["a"]), references=["a", "b"]))


def test_forms_go_by_the_ending(report: Report, tmp_path: Path) -> None:
    for each in (report, report.cards[0]):
        assert json.loads(each.save(tmp_path / "a.json").read_text("utf-8"))["version"] == 1
        assert each.save(tmp_path / "a.md").read_text("utf-8").startswith("# ")
        with pytest.raises(InputError, match=r"cannot be written as '\.pdf'"):
            each.save(tmp_path / "a.pdf")

"""The pointer copies names that it has never seen; attention alone cannot (See et al. 2017, figure 1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from entarte.assess import assess
from entarte.cli.main import main
from entarte.errors import InputError
from entarte.example import Example
from entarte.generate import Translator
from entarte.grammar.reports import PARTS, reports
from entarte.metric import create_all
from entarte.task import TASKS

pytestmark = pytest.mark.timeout(600)  # two trainings of some seconds, on a machine that may be busy


def names(part: str, count: int) -> set[str]:
    """The words of some reports that begin with a capital."""
    return {
        word
        for each in reports(count, part=part)
        for word in f"{each.source} {each.target}".split()
        if word[0].isupper()
    }


def unseen() -> list[Example]:
    return list(reports(60, part="test"))


def scores(model: Translator, *metrics: str) -> dict[str, float]:
    found = assess(model, unseen(), create_all(metrics)).report.scores
    return {score.name: score.value for score in next(iter(found.values()))}


def test_no_name_is_in_two_parts() -> None:
    each = [names(part, 1500) for part in PARTS]
    assert all(each)
    assert not each[0] & each[1] | each[0] & each[2] | each[1] & each[2]


def test_the_same_seed_tells_the_same() -> None:
    assert list(reports(20, 5)) == list(reports(20, 5))
    assert list(reports(20, 5)) != list(reports(20, 6))
    with pytest.raises(InputError, match=r"there is no part 'tests'\. Did you mean 'test'"):
        next(reports(1, part="tests"))


def test_everything_but_the_verb_stands_in_the_document() -> None:
    for each in reports(200):
        giver, _, taker, a, thing, in_, place = (each.target or "").split()
        assert {giver, taker, thing, place} <= set(each.source.split())
        assert (a, in_) == ("a", "in")


def test_the_pointer_says_names_that_it_never_saw(pointer: Translator) -> None:
    """At least 19 of 20 summaries are right to the letter, within 3 epochs."""
    found = scores(pointer, "exact", "unknown")
    assert found["exact"] >= 95
    assert found["unknown"] == 0


def test_attention_alone_cannot(taught: Callable[..., Translator]) -> None:
    """It says <unk> for each name. (All of a summary but three names is then right.)"""
    found = scores(taught("readout.kind=attentional", "train.epochs=1"), "exact", "unknown")
    assert found["exact"] == 0
    assert found["unknown"] > 30


def test_p_gen_tells_names_from_words(pointer: Translator) -> None:
    """High where a word of the vocabulary is generated, low where a name is copied."""
    handed = next(each for each in unseen() if "handed" in each.source and "gave" in str(each.target))
    output = pointer.translate([handed.source])[0]
    chances = {token.text: token.p_gen for token in output.alignment.rows}
    copied = [chance for text, chance in chances.items() if text.lstrip("▁")[:1].isupper()]
    assert len(copied) == 3
    assert all(chance is not None and chance < 0.1 for chance in copied)
    assert chances["▁gave"] is not None
    assert chances["▁gave"] > 0.9
    assert len(output.beyond) == len(set(output.beyond)) >= 3


def test_what_is_copied_is_looked_at(pointer: Translator) -> None:
    for output in pointer.translate([each.source for each in unseen()[:20]]):
        source, said = output.source.split(), output.text.split()
        links = output.alignment.word_links()
        right = sum(source[i] == said[j] for i, j in links if said[j][:1].isupper())
        assert right >= 2


def test_evaluate_goes_by_the_task(
    pointer: Translator, told: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(pointer.folder), "--examples", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    measured = [score["name"] for score in next(iter(found["scores"].values()))]
    assert measured == [*TASKS["summary"].metrics, "perplexity"]
    assert main(["evaluate", str(pointer.folder), "--examples", "1"]) == 0
    said = capsys.readouterr().out
    assert "ROUGE-L" in said
    assert "BLEU" not in said
    assert "Summaries\n\ndocument" in said


def test_training_is_watched_by_rouge(pointer: Translator) -> None:
    from entarte.run import Run

    last = Run.open(str(pointer.folder)).metrics()[-1]
    assert last["bleu"] is None
    assert last["scores"]["rouge-l"] > 90


def test_show_and_card_tell_p_gen(pointer: Translator, capsys: pytest.CaptureFixture[str]) -> None:
    source = unseen()[0].source
    assert main(["show", str(pointer.folder), source]) == 0
    line = capsys.readouterr().out.strip().split("\n")[-1]
    assert line.startswith("Generated, not copied (p_gen):")
    card = pointer.translate([source])[0].card()
    assert card.task["name"] == "summary"
    assert all(0 <= word["p_gen"] <= 1 for word in card.to_dict()["target_words"])
    assert r"p\_gen" in card.to_markdown()


def test_the_command_writes_what_the_generator_tells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "data",
        "reports",
        "--out",
        str(tmp_path / "told"),
        "--pairs",
        "5",
        "--valid",
        "2",
        "--test",
        "3",
    ]
    assert main(words) == 0
    lines = (tmp_path / "told" / "train.tsv").read_text(encoding="utf-8")
    assert lines == "".join(f"{each.source}\t{each.target}\n" for each in reports(5))
    assert main(words) == 2
    assert "already holds train.tsv. Use --force, or another folder." in capsys.readouterr().err
    assert main([*words, "--force", "--seed", "2"]) == 0
    assert (tmp_path / "told" / "train.tsv").read_text(encoding="utf-8") != lines

"""Stories: what they say, what is asked, and that the linked sentences are those that decide the answer."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from entarte import saved
from entarte.alignment import Alignment
from entarte.assess import assess
from entarte.cli.main import main
from entarte.errors import InputError
from entarte.example import Example
from entarte.grammar.stories import KINDS, PARTS, stories
from entarte.metric import create_all
from entarte.metric.f1 import F1
from entarte.metric.on_gold import OnGold
from entarte.metric.part import by_part
from entarte.reader import read
from entarte.settings import load
from entarte.span import words
from entarte.task.answers import Answers
from entarte.train import train

pytestmark = pytest.mark.timeout(600)


def retold(story: Example) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """A story read again, without what the generator knows: place of people, holder and place of things."""
    place: dict[str, str] = {}
    holder: dict[str, str] = {}
    left: dict[str, str] = {}
    for sentence in story.source.split(" . ")[:-1]:
        said = sentence.split()
        if said[1] in ("went", "walked", "ran"):
            place[said[0]] = said[-1]
        elif said[1] in ("took", "got"):
            assert holder.get(said[3]) is None, "it was nobody's"
            assert left.get(said[3], place[said[0]]) == place[said[0]], "it lay there"
            holder[said[3]] = said[0]
        elif said[1] == "dropped":
            assert holder.pop(said[3]) == said[0]
            left[said[3]] = place[said[0]]
        else:
            assert said[1] == "gave"
            assert holder[said[3]] == said[0]
            assert place[said[0]] == place[said[5]], "both are there"
            holder[said[3]] = said[5]
    return place, holder, left


@pytest.mark.parametrize("kind", KINDS)
def test_answers_are_right(kind: str) -> None:
    for story in stories(150, 7, kinds=[kind]):
        place, holder, left = retold(story)
        question = story.source.split(" . ")[-1].removesuffix(" ?").split()
        if kind == "where":
            assert story.target == place[question[2]]
        elif kind == "find":
            thing = question[3]
            assert story.target == (place[holder[thing]] if thing in holder else left[thing])
        elif kind == "who":
            assert story.target == holder.get(question[3], "nobody")
        elif kind == "whether":
            assert story.target == ("yes" if place[question[1]] == question[4] else "no")
        else:
            own = {thing for thing, who in holder.items() if who == question[-2]}
            if kind == "what":
                assert set((story.target or "").split(" and ")) == (own or {"nothing"})
            else:
                assert story.target == ("none", "one", "two", "three")[len(own)]


def test_links_are_whole_sentences_and_name_the_answer() -> None:
    for story in stories(300, 2, kinds=["where", "find", "who", "what"]):
        said, links = story.source.split(), story.links or frozenset()
        ends = [at for at, word in enumerate(said) if word == "."]
        starts = [0, *(at + 1 for at in ends)]
        for j, answer in enumerate((story.target or "").split()):
            own = {i for i, k in links if k == j}
            spans = [range(a, b + 1) for a, b in zip(starts, ends, strict=False) if a in own]
            assert own == {i for span in spans for i in span}
            if answer not in ("nobody", "nothing", "and"):
                assert answer in {said[i] for i in own}


def test_yes_is_as_frequent_as_no_and_names_are_of_one_part() -> None:
    said = Counter(each.target for each in stories(400, kinds=["whether"]))
    assert set(said) == {"yes", "no"}
    assert 150 < said["yes"] < 250
    names = [
        {word for each in stories(400, part=part) for word in re.findall(r"\b[A-Z]\w+", each.source)}
        for part in PARTS
    ]
    assert not names[0] & names[1] | names[0] & names[2] | names[1] & names[2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"part": "tests"}, r"there is no part 'tests'\. Did you mean 'test'"),
        ({"kinds": ["when"]}, r"there is no question 'when'\. Did you mean 'where'"),
        ({"kinds": []}, "no kind of question is named"),
        ({"shortest": 5, "longest": 3}, "from 5 to 3 sentences"),
    ],
)
def test_stories_that_cannot_be(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        next(stories(1, **options))  # type: ignore[arg-type]


def test_f1_of_words() -> None:
    metric = F1()
    rows = [metric.sentence("hat and lamp", ["lamp and hat"]), metric.sentence("hat", ["hat lamp", "key"])]
    assert metric.corpus(rows).value == pytest.approx(100 * (1 + 2 / 3) / 2)
    assert metric.corpus([metric.sentence("", [""])]).value == 100
    assert metric.corpus([metric.sentence("Hat", ["hat"])]).value == 0
    assert F1(lowercase=True).corpus([F1(lowercase=True).sentence("Hat", ["hat"])]).value == 100


def test_attention_on_gold() -> None:
    source, target = "a b c", "x y z"
    weights = np.array([[0.5, 0.2, 0.3], [0.1, 0.8, 0.1], [0.0, 0.0, 1.0]])
    alignment = Alignment.of(source, words(source), target, words(target), weights)
    metric = OnGold()
    row = metric.sentence(alignment, {(0, 0), (1, 0), (2, 1)})  # z is linked to nothing
    assert row.tolist() == pytest.approx([0.7 + 0.1, 1, 2])
    score = metric.corpus([row])
    assert score.value == pytest.approx(40)
    assert score.details["most"] == 50


def test_scores_by_part() -> None:
    metric = F1()
    rows = [metric.sentence(said, ["a"]) for said in ("a", "b", "a")]
    found = by_part(["where", "who", "where"], [(metric, rows, range(3))], {"who": ("exact",)})
    assert [score.value for score in found["where"]] == [100]
    assert found["who"] == []
    task = Answers()
    assert task.part("Ba went to the hall . how many things does Ba carry ?") == "how"
    assert task.part("") == ""


@pytest.mark.slow
def test_a_model_answers_by_the_right_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = "data stories --pairs 2500 --valid 40 --test 80 --kinds who,what --shortest 3 --longest 3"
    assert main([*words.split(), "--out", str(tmp_path / "told")]) == 0
    files = [f"data.{part}={tmp_path}/told/{part}.tsv" for part in PARTS]
    links = [f"data.{part}_links={tmp_path}/told/{part}.align" for part in ("train", "test")]
    small = "front.width=48 encoder.width=96 decoder.width=96 attention.width=48 train.threads=1"
    taught = "loss.guided=0.5 loss.guided_spread=false train.epochs=4 train.rate=0.006 train.batch_tokens=300"
    settings = load("qa", [*files, *links, *small.split(), *taught.split()])
    train(settings, tmp_path / "model")
    model = saved.load(tmp_path / "model")
    pairs = list(read(tmp_path / "told/test.tsv", links=tmp_path / "told/test.align"))
    found = assess(model, pairs, create_all(["exact"]))
    scores = {score.name: score for score in next(iter(found.report.scores.values()))}
    assert scores["exact"].value > 60
    assert scores["on-gold"].details["most"] > 75
    assert set(next(iter(found.report.parts.values()))) == {"who", "what"}
    assert main(["evaluate", str(tmp_path / "model"), "--examples", "0"]) == 0
    assert "By part\n\npart" in capsys.readouterr().out

"""Unknown words replaced, and the dictionary that they are looked up in."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import entarte
from entarte import dictionary
from entarte.build import build, initialise
from entarte.cli.main import main
from entarte.errors import InputError
from entarte.model import weights
from entarte.run import Run
from entarte.saved import BOTH, load
from entarte.settings import dump, loads
from entarte.text import Tokenizer
from entarte.vocabulary import UNK

from .conftest import SETTINGS

LINES = ["he hit me with a pie .", "he hit me .", "me with he"]
SOURCES = ["he Pott me", "Qux hit Pott", ""]


@pytest.fixture(scope="module")
def worded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of words that likes to say <unk>."""
    place = tmp_path_factory.mktemp("runs") / "worded"
    settings = loads(SETTINGS, ["text.kind=word", "generate.beam=3"])
    with Run.create(place) as run:
        run.put("settings.toml", dump(settings).encode())
        tokenizer = Tokenizer.train(LINES, kind="word", size=0)
        tokenizer.save(run.path(BOTH))
        run.adopt(BOTH)
        size = len(tokenizer.vocabulary)
        torch.manual_seed(3)
        model = build(settings, size, size, settings.model.tied)
        initialise(model, "uniform", 0.9)
        with torch.no_grad():
            model.readout.bias[UNK] += 2.5  # type: ignore[union-attr, operator, index]
        run.put_model(weights(model))
    return place


def test_the_word_looked_at_is_copied(worded: Path) -> None:
    model = load(worded)
    plain = model.translate(SOURCES)
    assert sum("<unk>" in each.text for each in plain) >= 2
    for before, after in zip(plain, model.translate(SOURCES, unknown="copy"), strict=True):
        assert "<unk>" not in after.text
        assert (after.log_probs, after.score) == (before.log_probs, before.score)  # law 4 still holds
        said, now = before.text.split(), after.text.split()
        looked = before.alignment.weights[:, : len(before.source.split())]
        wanted = [
            before.source.split()[int(looked[n].argmax())] if word == "<unk>" else word
            for n, word in enumerate(said)
        ]
        assert now == wanted
        assert sorted(after.replaced) == [n for n, word in enumerate(said) if word == "<unk>"]
        assert [row.text.lstrip("▁") for row in after.alignment.rows][: len(now)] == now


def test_it_is_right_after_an_ensemble_and_for_every_alternative(worded: Path) -> None:
    model = load(worded)
    both = entarte.ensemble([model, model])
    for one, two in zip(
        model.translate(SOURCES, n_best=3, unknown="copy"), both.translate(SOURCES, n_best=3, unknown="copy")
    ):
        assert [each.text for each in one.ranked()] == [each.text for each in two.ranked()]
        assert not any("<unk>" in each.text for each in two.ranked())


def test_a_dictionary_is_looked_up_first(worded: Path, tmp_path: Path) -> None:
    path = tmp_path / "d.tsv"
    path.write_text("Pott\tM. Pott\t3\t1.0\nhe\til\n", encoding="utf-8")
    model = load(worded)
    found = model.translate(SOURCES, unknown="look-up", dictionary=str(path))
    copied = model.translate(SOURCES, unknown="copy")
    hows = {word.how for each in found for word in each.replaced.values()}
    assert hows >= {"looked up"}
    for one, other in zip(found, copied):
        for place, word in one.replaced.items():
            known = {"Pott": "M. Pott", "he": "il"}
            assert word.text == known.get(other.replaced[place].text, other.replaced[place].text)
    given = model.translate(SOURCES, dictionary={"Pott": "M. Pott", "he": "il"})
    assert [each.text for each in given] == [each.text for each in found]


def test_on_the_command_line(worded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").write_text("".join(line + "\n" for line in SOURCES))
    assert main(["translate", str(worded), str(tmp_path / "in"), "-s", "generate.unknown=copy"]) == 0
    texts = [each.text for each in load(worded).translate(SOURCES, unknown="copy")]
    assert capsys.readouterr().out == "".join(text + "\n" for text in texts)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no such file"),
        ("a b\n", ":1: this is no translation. Write source word, TAB, target word"),
        ("a\tb\n\nc\t\n", ":3: this is no translation"),
        ("a\tb\na\tc\n", ":2: 'a' has another translation above"),
    ],
)
def test_a_dictionary_that_is_none(tmp_path: Path, content: str | None, message: str) -> None:
    path = tmp_path / "d.tsv"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError) as error:
        dictionary.read(path)
    assert message in str(error.value)


def test_what_cannot_be(folder: Path, worded: Path) -> None:
    with pytest.raises(InputError, match="a model of 'char' pieces has no unknown words to replace"):
        load(folder).translate(["he"], unknown="copy")
    with pytest.raises(InputError, match=r"generate\.dictionary: is needed to look words up"):
        load(worded).translate(["he"], unknown="look-up")
    with pytest.raises(
        InputError, match=r"generate\.unknown: 'copi' is not known here\. Did you mean 'copy'"
    ):
        load(worded).translate(["he"], unknown="copi")
    with pytest.raises(
        InputError, match=r"generate\.bean: search 'beam' has no setting 'bean'. Did you mean 'beam'"
    ):
        load(worded).translate(["he"], bean=4)


@pytest.mark.parametrize("search", ["greedy", "beam", "sample", "exact", "mbr"])
def test_unknown_words_can_be_forbidden(worded: Path, search: str) -> None:
    """No search says <unk>; what it says has the probability that it had."""
    model = load(worded)
    options = {"exact": {"budget": 40, "max_length": 4, "min_length": 2}, "sample": {"temperature": 2.0}}.get(
        search, {}
    )
    assert any("<unk>" in each.text for each in model.translate(SOURCES, search=search, **options))
    for said in model.translate(SOURCES, search=search, unknown="forbid", **options):
        for each in said.ranked():
            assert "<unk>" not in each.text
            if each.source and each.finished:
                [forced] = model.force([each.source], [each.text])
                assert forced.log_prob == pytest.approx(each.log_prob, abs=1e-4)

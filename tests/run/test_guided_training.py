"""Training with a guided attention: what it brings, what it leaves alone, what it refuses."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from entarte import batch
from entarte.errors import InputError
from entarte.generate import Translator
from entarte.linking import align
from entarte.metric.aer import Aer
from entarte.saved import load
from entarte.settings import Settings, loads
from entarte.team import Team
from entarte.train import train
from entarte.watch import Silent

TINY = """
[text]
kind = "word"
size = 0
[front]
width = 16
[encoder]
cell = "gru"
width = 16
[decoder]
cell = "gru"
width = 16
[train]
epochs = 6
rate = 0.01
batch_tokens = 60
valid_sentences = 0
threads = 1
[generate]
kind = "greedy"
"""


def write(folder: Path, name: str, count: int, seed: int) -> None:
    """Numbers, said backwards: word i is word n − 1 − i of the other side."""
    chance = random.Random(seed)
    pairs, links = [], []
    for _ in range(count):
        said = [chance.randrange(8) for _ in range(chance.randint(2, 6))]
        pairs.append(" ".join(f"a{n}" for n in said) + "\t" + " ".join(f"b{n}" for n in reversed(said)))
        links.append(" ".join(f"{i}-{len(said) - 1 - i}" for i in range(len(said))))
    for ending, lines in (("tsv", pairs), ("align", links)):
        (folder / f"{name}.{ending}").write_text("".join(line + "\n" for line in lines), encoding="utf-8")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write(tmp_path, "train", 120, 1)
    write(tmp_path, "valid", 20, 2)
    return tmp_path


def settings(folder: Path, *overrides: str) -> Settings:
    files = [f'data.train=["{folder}/train.tsv"]', f'data.valid=["{folder}/valid.tsv"]']
    return loads(TINY, [*files, *overrides])


def aer(folder: Path, model: str) -> float:
    """Of forced decodings of the validation pairs."""
    lines = (folder / "valid.tsv").read_text("utf-8").split("\n")[:-1]
    sources, targets = zip(*(line.split("\t") for line in lines), strict=True)
    found = [each.alignment.word_links() for each in load(folder / model).force(sources, targets)]
    gold = [frozenset((i, len(s.split()) - 1 - i) for i in range(len(s.split()))) for s in sources]
    measure = Aer()
    return measure.corpus(measure.statistics(found, gold)).value


class Notes(Silent):
    """Keeps what is noted."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        self.lines.append(text)


def test_a_guided_attention_looks_where_it_should(corpus: Path) -> None:
    links, notes = f"data.train_links={corpus}/train.align", Notes()
    train(settings(corpus), corpus / "plain")
    train(settings(corpus, links, "loss.guided=1"), corpus / "guided", watcher=notes)
    train(settings(corpus, links, "loss.guided=1", "loss.guided_shift=true"), corpus / "shifted")
    plain, guided, shifted = (aer(corpus, name) for name in ("plain", "guided", "shifted"))
    assert guided < 0.1
    assert shifted < 0.1
    assert plain > 0.3, "this test needs a task that is not learnt without links"
    check_read_as_guided(corpus / "guided", corpus / "shifted")
    assert "120 of 120 pairs have word links that guide the attention" in notes.lines


def check_read_as_guided(guided: Path, shifted: Path) -> None:
    """A model that was guided with the shift is read with it everywhere; another where it is asked for."""
    source, target = "a1 a2 a3 a4", "b4 b3 b2 b1"
    straight, turned = load(guided), load(shifted)
    assert align(turned, [source], [target]) == align(turned, [source], [target], shift=True)
    looks = straight.force([source], [target])[0].alignment
    assert align(straight, [source], [target], shift=True) == [looks.shifted().word_links()]
    assert align(straight, [source], [target], shift=True) != align(straight, [source], [target])
    raw = turned.model.force(*raw_batch(turned, source, target)).weights[0].mean(0)
    shown = turned.force([source], [target])[0].alignment.weights
    assert np.allclose(shown[:-1], raw[1:].detach().numpy(), atol=1e-6)
    assert not shown[-1].any()
    said = turned.translate([source])[0]
    assert said.finished
    assert np.allclose(
        said.alignment.weights, turned.force([source], [said.text])[0].alignment.weights, atol=1e-5
    )
    both = Team([straight, turned]).force([source], [target])[0].alignment
    assert both.heads is not None
    for head, one in zip(both.heads, (straight, turned), strict=True):
        assert np.allclose(head, one.force([source], [target])[0].alignment.weights, atol=1e-6)
    later = Team([straight, turned]).force([source], [target], shift=True)[0].alignment
    assert later.heads is not None
    assert np.allclose(later.heads[0], looks.shifted().weights, atol=1e-6)
    assert np.allclose(later.heads[1], shown, atol=1e-6), "what was guided so is not shifted twice"


def raw_batch(model: Translator, source: str, target: str) -> tuple[batch.Source, batch.Target]:
    return batch.source([model.source.ids(source)]), batch.target([model.target.ids(target)])


def test_links_that_do_not_guide_change_nothing(corpus: Path) -> None:
    few = ["train.epochs=1", "front.dropout=0.2"]
    train(settings(corpus, *few), corpus / "without")
    train(settings(corpus, *few, f"data.train_links={corpus}/train.align"), corpus / "with")
    without, given = ((corpus / name / "model.safetensors").read_bytes() for name in ("without", "with"))
    assert without == given


def test_agreement_and_guide_go_together(corpus: Path) -> None:
    """Two passes, each guided; they count once together."""
    links = f"data.train_links={corpus}/train.align"
    few = [links, "loss.guided=1", "train.epochs=1", "train.optimiser=sgd", "train.rate=0.3"]
    train(settings(corpus, *few), corpus / "once")
    train(settings(corpus, *few, "loss.agreement=1"), corpus / "twice")  # no dropout: both passes agree
    assert aer(corpus, "once") == pytest.approx(aer(corpus, "twice"), abs=1e-9)


def test_links_without_a_sure_one_are_refused(corpus: Path) -> None:
    (corpus / "train.align").write_text("0?0\n" + "\n" * 119, encoding="utf-8")
    chosen = settings(corpus, f"data.train_links={corpus}/train.align", "loss.guided=1")
    with pytest.raises(InputError, match="no training pair has a sure link to guide by") as caught:
        train(chosen, corpus / "run")
    assert caught.value.setting == "data.train_links"
    assert not (corpus / "run").exists()


@pytest.mark.parametrize(
    ("overrides", "setting", "message"),
    [
        (["loss.guided=1"], "loss.guided", "no links to guide by"),
        (["loss.guided_shift=true"], "loss.guided_shift", "means nothing without a guided loss"),
        (["loss.guided_decay=0.5"], "loss.guided_decay", "means nothing without a guided loss"),
        (["LINKS", "attention.kind=mean", "loss.guided=1"], "loss.guided", "looks everywhere alike"),
        (["LINKS", "attention.kind=none", "loss.guided=1"], "loss.guided", "looks everywhere alike"),
        (
            ["LINKS", "loss.guided=1", "text.kind=unigram", "text.size=90", "text.segmentations=2"],
            "loss.guided",
            "best cut only",
        ),
        (
            ["LINKS", "loss.guided=1", "loss.guided_shift=true", "train.scheduled_sampling=0.1"],
            "loss.guided_shift",
            "may not have read",
        ),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, overrides: list[str], setting: str, message: str) -> None:
    given = ["data.train_links=a.align" if word == "LINKS" else word for word in overrides]
    with pytest.raises(InputError, match=message) as caught:
        settings(tmp_path, *given)
    assert caught.value.setting == setting

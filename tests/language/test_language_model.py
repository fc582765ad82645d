"""Language models from the settings to what they write."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import torch

from entarte import batch, saved
from entarte.cli.main import main
from entarte.edit import Edits, edited
from entarte.errors import InputError
from entarte.generate import Translator
from entarte.run import Run
from entarte.sampling import sample
from entarte.search import Exact
from entarte.settings import load
from entarte.train import train
from entarte.trainer import Stopped
from entarte.vocabulary import EOS, UNK

from ..laws.models import SAID, tiny
from ..laws.small import keep
from ..laws.test_law_13_resumed_is_unbroken import Interrupter
from .conftest import settings

NOTHING = {"encoder": {"kind": "nothing"}, "decoder": {"kind": "self-attentive"}, "attention": "general"}


def test_it_learns(model: Translator, told: Path) -> None:
    """Of 52 words it hesitates between two at most: the rest of a dialogue follows from what was said."""
    held_out = (told / "test.txt").read_text("utf-8").split("\n")[:-1]
    forced = model.force([""] * len(held_out), held_out)
    nll = -sum(each.log_prob for each in forced) / sum(len(each.log_probs) for each in forced)
    assert math.exp(nll) < 2.5


def test_the_same_text_again(model: Translator) -> None:
    """A text is drawn by its number and the seed alone, and begins with the prompt."""
    one = [each.text for each in sample(model, "<user> hi", count=5, seed=3)]
    two = [each.text for each in sample(model, "<user> hi", count=2, seed=3)]
    other = [each.text for each in sample(model, "<user> hi", count=5, seed=4)]
    assert one[:2] == two
    assert one != other
    assert len(set(one)) > 1
    assert all(text.startswith("<user> hi ") for text in one)


def test_what_is_drawn_is_scored_alike(model: Translator) -> None:
    """Law 4 from outside: forced, a text has the probability and the looks with which it was drawn."""
    for drawn in sample(model, count=3, length=60, seed=1):
        [forced] = model.force([""], [drawn.text], open=[not drawn.finished])
        assert forced.log_prob == pytest.approx(drawn.log_prob, abs=1e-3)
        assert forced.alignment.weights == pytest.approx(drawn.alignment.weights, abs=1e-5)


def test_the_alignment_is_of_the_text_over_itself(model: Translator) -> None:
    [output] = sample(model, "<user> hi", length=3, seed=1)
    alignment = output.alignment
    assert alignment.source == alignment.target == output.text
    rows, columns = [each.label for each in alignment.rows], [each.label for each in alignment.columns]
    assert columns[:2] == ["∅", "⟨start⟩"]
    assert columns[2:] == rows[:-2]
    assert alignment.weights[0, 0] == 1.0
    assert not alignment.weights[torch.ones(len(rows), len(rows)).triu(1).bool().numpy()].any()
    assert alignment.from_json(alignment.to_json()) == alignment
    whole = alignment.words()
    assert [each.kind for each in whole.columns[:2]] == ["start", "start"]
    assert alignment.links() == frozenset((s, t) for s, t in alignment.links() if s >= 2)


def test_open_windows_end_without_an_end() -> None:
    """Nothing is learnt of an end that is only a window's."""
    target = batch.target([[5, 6], [7]], open=[True, False])
    assert target.mask.tolist() == [[True, True, False], [True, True, False]]
    model = tiny(**NOTHING)
    forced = model.force(batch.source([[], []]), target)
    assert forced.log_probs[0, 2] == 0


def test_a_source_changes_nothing() -> None:
    model = tiny(**NOTHING)
    target = batch.target([[4, 5]])
    one, other = (model.force(batch.source([row]), target).log_probs for row in ([], [6, 7, 8]))
    assert torch.equal(one, other)


@pytest.mark.parametrize("query", ["current", "previous"])
def test_exact_search_finds_the_best_of_all_texts(query: str) -> None:
    """Law 11, with a past that is reordered and grows: every text of up to three tokens, forced."""
    model = tiny(**(NOTHING | {"decoder": {"kind": "self-attentive", "query": query}}))
    words = [UNK, *range(4, SAID)]
    texts = [[], *([one] for one in words), *([one, two] for one in words for two in words)]
    with torch.no_grad():
        forced = model.force(batch.source([[]] * len(texts)), batch.target(texts))
        [proved] = Exact(n_best=3)(model.bind(batch.source([[]])), [3])
    best = forced.log_probs.sum(1).topk(3)
    assert [each.tokens for each in proved] == [(*texts[n], EOS) for n in best.indices.tolist()]
    assert [each.score for each in proved] == pytest.approx(best.values.tolist(), abs=1e-5)


def test_resumed_is_unbroken(told: Path, tmp_path: Path) -> None:
    """Law 13."""
    chosen = settings(told, "lm-attention", "train.updates=4", "data.window=100", "readout.dropout=0.2")
    train(chosen, tmp_path / "whole")
    with pytest.raises(Stopped):
        train(chosen, tmp_path / "parts", watcher=Interrupter(2))
    train(chosen, tmp_path / "parts", resume=True)
    whole, parts = (Run.open(tmp_path / name).model() for name in ("whole", "parts"))
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


@pytest.mark.parametrize(
    ("override", "message", "setting"),
    [
        ("data.format=tsv data.window=0", "encoder 'nothing' and running text", "data.format"),
        ("encoder.kind=recurrent", "encoder 'nothing' and running text", "encoder.kind"),
        ("text.shared=false", "one side, and one vocabulary", "text.shared"),
        ("model.tied=all", "there is no source to share with", "model.tied"),
        ("generate.coverage=0.1", "there is no source that should be covered", "generate.coverage"),
    ],
)
def test_settings_that_contradict_each_other(override: str, message: str, setting: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        load("lm-attention", override.split())
    assert caught.value.setting == setting


@pytest.mark.parametrize(
    ("change", "message", "setting"),
    [
        ({"decoder": {}, "attention": "general"}, "there is no source to look at", "attention.kind"),
        ({"decoder": {"start": "bridge"}, "attention": "none"}, "no source to start from", "decoder.start"),
        ({"attention": "none"}, "'none' does not look back", "attention.kind"),
        ({"attention": "coverage"}, "remembers its weights slot by slot", "attention.kind"),
        ({"readout": "pointer"}, "a pointer copies from a source", "readout.kind"),
        ({"readout": "plain"}, "nothing would read what the attention finds", "attention.kind"),
    ],
)
def test_parts_that_do_not_go_together(change: dict, message: str, setting: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        tiny(**(NOTHING | change))
    assert caught.value.setting == setting


def test_a_text_longer_than_the_positions_is_refused(
    model: Translator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a Transformer with learned positions has a number of them."""
    monkeypatch.setattr(Translator, "most", 10)
    with pytest.raises(
        InputError, match="41 pieces, 1 of them the prompt's, are more than there are positions"
    ) as caught:
        sample(model, "hi", length=40)
    assert caught.value.setting == "--length"
    assert "Give 9 or less" in caught.value.advice


def test_sample_on_the_command_line(attentive: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    picture = tmp_path / "looks.json"
    words = ["sample", str(attentive), "<user> hi", "-c", "2", "-l", "4", "--seed", "1"]
    assert main([*words, "--look", "--plot", str(picture)]) == 0
    said, noted = capsys.readouterr()
    assert "── 1 of 2, log-probability -" in said
    assert "⟨start⟩" in said
    assert picture.is_file()
    assert f"wrote {picture}" in noted
    assert main([*words, "--json"]) == 0
    texts = [json.loads(line)["text"] for line in capsys.readouterr().out.strip().split("\n")]
    assert len(texts) == 2
    assert all(text in said for text in texts)


def test_evaluate_measures_per_token_word_and_character(
    attentive: Path, plain: Path, capsys: pytest.CaptureFixture
) -> None:
    for folder in (attentive, plain):
        assert main(["evaluate", str(folder), "--json"]) == 0
        said = capsys.readouterr().out
        report = json.loads(said)
        [scores] = report["scores"].values()
        values = {each["name"]: each for each in scores}
        assert set(values) == {"perplexity", "perplexity-word", "bits"}
        details = values["bits"]["details"]
        bits = -details["log_prob"] / details["characters"] / math.log(2)
        assert values["bits"]["value"] == pytest.approx(bits)
        assert values["perplexity"]["value"] > 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sample", "PLAIN", "--look"], "does not look back, so there is nothing to show"),
        (["sample", "PLAIN", "--words"], "only read together with --look or --plot"),
        (["sample", "PLAIN", "-t", "0"], "temperature is 0"),
        (
            ["sample", "PLAIN", "--seed", "1", "-s", "generate.kind=greedy"],
            "the search 'greedy' draws nothing",
        ),
        (["sample", "PLAIN", "zebra"], "'zebra', which is not in the vocabulary"),
        (["sample", "PAIRS"], "is no language model: it reads a source"),
        (["translate", "PLAIN"], "is a language model: it reads no source"),
        (["show", "PLAIN", "hi"], "is a language model: it reads no source"),
    ],
)
def test_what_is_refused(
    words: list[str], message: str, plain: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    if "PAIRS" in words:
        keep(tmp_path / "pairs", [])
    places = {"PLAIN": str(plain), "PAIRS": str(tmp_path / "pairs")}
    assert main([places.get(word, word) for word in words]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_windows_of_a_stream_are_trained_on(plain: Path) -> None:
    assert saved.load(plain).settings.data.window == 200
    assert main(["sample", str(plain), "-l", "5"]) == 0


def test_its_looks_cannot_be_changed_by_hand(model: Translator) -> None:
    with pytest.raises(InputError, match="looks back at its own words"):
        edited(model.model, Edits(forbidden=frozenset({0})), 2)

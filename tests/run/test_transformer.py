"""Transformers from settings to pictures: what is refused, what is said, what stands in an alignment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from entarte import batch, nearest
from entarte.cli.main import app
from entarte.edit import Edits, edited
from entarte.errors import InputError
from entarte.example import Example
from entarte.generate import Translator
from entarte.grammar import splits
from entarte.saved import load
from entarte.settings import load as recipe
from entarte.settings import loads
from entarte.state import select
from entarte.team import Team
from entarte.train import train
from entarte.watch import Silent, Validation

from ..laws.models import TRANSFORMER, close, flat, tiny
from ..laws.small import keep, pairs
from ..laws.test_law_8_saved_is_loaded import check_folder
from ..laws.test_law_14_lines_in_lines_out import ODD, check_lines

SMALL = ["width=8", "layers=3", "heads=2", "feed_forward=12"]
SIDES = [
    *(f"{side}.{word}" for side in ("encoder", "decoder") for word in ["kind=transformer", *SMALL]),
    "attention.kind=multi-head",
    "attention.heads=2",
    "readout.kind=plain",
]
LINES = [source for source, _ in pairs(4, seed=5)]
GIVEN = [target for _, target in pairs(4, seed=6)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Transformer with random weights."""
    place = tmp_path_factory.mktemp("transformer") / "model"
    keep(place, SIDES)
    return place


@pytest.fixture(scope="module")
def translator(folder: Path) -> Translator:
    return load(folder)


# -- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("overrides", "setting", "words"),
    [
        (["encoder.heads=3"], "encoder.heads", "3 heads do not divide a width of 8"),
        (["decoder.layers=0"], "decoder.layers", "must be at least 1"),
        (["encoder.width=9", "encoder.heads=3"], "encoder.width", "come in pairs, and 9 is odd"),
        (["decoder.positions=rotary", "decoder.heads=8"], "decoder.positions", "a head of 1 is odd"),
        (["encoder.positions=rotary", "encoder.self_attention=linear"], "encoder.positions", "turned ones"),
        (
            ["decoder.self_attention=linear", "decoder.attention_dropout=0.1"],
            "decoder.attention_dropout",
            "no weights that could be dropped",
        ),
        (["decoder.align_layer=4"], "decoder.align_layer", "there is no layer 4 of 3"),
        (["attention.heads=3"], "attention.heads", "3 heads do not divide"),
    ],
)
def test_parts_that_do_not_go_together(overrides: list[str], setting: str, words: str) -> None:
    from entarte.build import build

    settings = loads("[front]\nwidth = 8", [*SIDES, *overrides])
    with pytest.raises(InputError, match=words) as caught:
        build(settings, 9, 9, "none")
    assert caught.value.setting == setting


def test_a_start_is_no_setting_of_a_transformer() -> None:
    with pytest.raises(InputError, match="decoder 'transformer' has no setting 'start'"):
        loads("", ["decoder.kind=transformer", "decoder.start=bridge"])


# -- the state that travels ------------------------------------------------------------------------------


@pytest.mark.parametrize("look", ["full", "window", "linear"])
def test_a_past_is_as_large_as_it_must_be(look: str) -> None:
    """All words, the last few, or a sum; and nothing of the memory."""
    side = TRANSFORMER | {"self_attention": look, "reach": 2}
    model = tiny("multi-head", encoder=TRANSFORMER, decoder=side, readout="plain")
    bound = model.bind(batch.source([[4, 5, 6], [7]]))
    state = select(bound.start(), torch.tensor([0, 0, 0, 1, 1, 1]))
    for t in range(5):
        state = bound.step(torch.tensor([4, 5, 6, 7, 8, 9]), state).state
        (keys, *_), *_ = state.pasts
        assert keys.shape[2] == {"full": t + 1, "window": min(t + 1, 2), "linear": 4}[look]
    assert all(part.size(0) == 6 for part in flat(state))
    assert all(part.size(0) == 2 for part in flat(bound.keys)), "the memory was copied for a beam"


def test_rows_are_reordered_with_their_past() -> None:
    model = tiny("multi-head", encoder=TRANSFORMER, decoder=TRANSFORMER, readout="plain")
    bound = model.bind(batch.source([[4, 5, 6]]))
    state = select(bound.start(), torch.tensor([0, 0, 0]))
    state = bound.step(torch.tensor([4, 5, 6]), state).state
    turned = select(state, torch.tensor([2, 0, 1]))
    words = torch.tensor([7, 8, 9])
    ours, theirs = bound.step(words, turned), bound.step(words[[1, 2, 0]], state)
    assert close(ours.log_probs, theirs.log_probs[[2, 0, 1]])


# -- learned positions -----------------------------------------------------------------------------------

LEARNED = [f"{side}.{word}" for side in ("encoder", "decoder") for word in ("positions=learned", "longest=7")]


def test_a_source_is_read_as_far_as_there_are_positions(tmp_path: Path) -> None:
    translator = keep(tmp_path / "model", [*SIDES, *LEARNED, "generate.length_factor=9"])
    [output] = translator.translate(["ka te so mun hat pie"])
    assert output.unread > 0
    assert len(output.alignment.columns) == 7
    assert len(output.alignment.rows) <= 7, "an output ends where the positions do"


def test_a_target_beyond_the_positions_is_refused(tmp_path: Path) -> None:
    translator = keep(tmp_path / "model", [*SIDES, *LEARNED])
    with pytest.raises(InputError, match="a target of 15 pieces, its end included, has more than the 7") as e:
        translator.force(["ka"], ["ro mi lu fe ro"])
    assert e.value.setting == "decoder.longest"
    with pytest.raises(InputError, match="a source of 9 pieces") as e:
        translator.model.encode(batch.source([[4] * 8]))
    assert "generate.longest" in (e.value.advice or "")


class Notes(Silent):
    """Remembers what was said."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.marks: list[Validation] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def validated(self, facts: Validation) -> None:
        self.marks.append(facts)


def test_training_leaves_out_what_has_no_position(tmp_path: Path) -> None:
    for name, sides in (("train", [("ka te", "mi ro"), ("ka " * 9, "ro " * 3)]), ("valid", [("te", "mi")])):
        lines = "".join(f"{source.strip()}\t{target.strip()}\n" for source, target in sides)
        (tmp_path / f"{name}.tsv").write_text(lines, encoding="utf-8")
    files = [f"data.train={tmp_path}/train.tsv", f"data.valid={tmp_path}/valid.tsv"]
    words = ["text.kind=word", "text.size=0", "front.width=8", "train.updates=1", "train.valid_sentences=0"]
    notes = Notes()
    train(loads("", [*files, *words, *SIDES, *LEARNED]), tmp_path / "run", watcher=notes)
    assert "1 pairs left out: more pieces than there are learned positions" in notes.notes
    (tmp_path / "valid.tsv").write_text("ka " * 9 + "\tro\n", encoding="utf-8")
    with pytest.raises(InputError, match="1 pairs have more pieces than there are learned positions") as e:
        train(loads("", [*files, *words, *SIDES, *LEARNED]), tmp_path / "other")
    assert e.value.setting == "data.valid"
    assert not (tmp_path / "other").exists()


# -- where it looked -------------------------------------------------------------------------------------


def test_heads_of_all_layers_are_reached_and_one_layer_stands_for_all(translator: Translator) -> None:
    for output in (
        *translator.translate(LINES[:1], search="greedy"),
        *translator.force(LINES[:2], GIVEN[:2]),
    ):
        alignment = output.alignment
        assert alignment.head_names == ("1.1", "1.2", "2.1", "2.2", "3.1", "3.2")
        assert alignment.heads is not None
        assert np.allclose(alignment.weights, alignment.heads[2:4].mean(0), atol=1e-7)
        assert np.allclose(alignment.named("2").weights, alignment.weights, atol=1e-7)
        assert np.array_equal(alignment.named("3.1").weights, alignment.heads[4])
    with pytest.raises(InputError, match=r"there is no head '4'.*1\.1, 1\.2"):
        alignment.named("4")


def test_the_layer_that_stands_for_all_is_chosen(tmp_path: Path) -> None:
    last = keep(tmp_path / "model", [*SIDES, "decoder.align_layer=3"])
    alignment = last.force(LINES, GIVEN)[0].alignment
    assert alignment.heads is not None
    assert np.allclose(alignment.weights, alignment.heads[4:].mean(0), atol=1e-7)
    forced = last.model.force(batch.source([[4, 5]]), batch.target([[4]]))
    assert forced.weights.shape[1] == 6


def test_a_picture_of_a_head(folder: Path) -> None:
    run = CliRunner().invoke(app, ["show", str(folder), LINES[0], "--head", "2.1"])
    assert run.exit_code == 0, run.output
    run = CliRunner().invoke(app, ["show", str(folder), LINES[0], "--head", "9"])
    assert run.exit_code != 0
    assert "there is no head '9'" in run.output + str(run.exception)


def test_weights_are_changed_by_hand_in_every_layer(translator: Translator) -> None:
    source, target = batch.source([[4, 5, 6]]), batch.target([[4, 5]])
    model = edited(translator.model, Edits(frozenset({1}), {0: [0.0, 0.0, 2.0, 2.0]}), 4)
    with torch.no_grad():
        weights = model.force(source, target).weights[0]  # (H, T, S)
        assert bool((weights[:, 1:, 1] == 0).all())
        assert torch.allclose(weights[:, 0], torch.tensor([0.0, 0.0, 0.5, 0.5]))
        own = translator.model.force(source, target).weights[0]
    assert bool((own[:, :, 1] > 0).all()), "the model itself was changed"


def test_near_states_are_found(translator: Translator) -> None:
    index = nearest.build(translator, [Example(s, t) for s, t in pairs(6)], "")
    assert len(index) == 6
    assert index.near(index.states[3], 1)[0]["cosine"] == pytest.approx(1.0, abs=1e-4)


# -- together with the rest ------------------------------------------------------------------------------


def test_saved_is_loaded(tmp_path: Path) -> None:
    """Law 8 for a folder, with everything that is not the default."""
    others = ["encoder.positions=learned", "decoder.positions=rotary", "encoder.norm=post"]
    place = tmp_path / "model"
    check_folder(keep(place, [*SIDES, *others, "decoder.self_attention=window", "model.tied=all"]), place)


def test_lines_in_lines_out(translator: Translator) -> None:
    """Law 14."""
    check_lines(translator, ODD, batch_size=5)


def test_an_ensemble_with_a_recurrent_model(translator: Translator, tmp_path: Path) -> None:
    other = keep(tmp_path / "recurrent", ["attention.kind=additive"])
    both = Team([translator, other])
    outputs, forced = both.translate(LINES[:1], beam=2), both.force(LINES, GIVEN)
    for output in (*outputs, *forced):
        assert output.alignment.heads is not None
        assert len(output.alignment.heads) == 2
    alone = translator.force(LINES, GIVEN)
    for one, two in zip(forced, alone, strict=True):
        assert one.alignment.heads is not None
        assert np.allclose(one.alignment.heads[0], two.alignment.weights, atol=1e-5)


@pytest.mark.parametrize("words", [["describe"], ["translate", "--set", "generate.beam=2"]])
def test_commands(folder: Path, words: list[str]) -> None:
    command, *options = words
    run = CliRunner().invoke(app, [command, str(folder), *options], input="ka te\n")
    assert run.exit_code == 0, run.output


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_tiny_one_learns_the_embedded_corpus(tmp_path: Path) -> None:
    """French of at most three words: held-out pieces to a perplexity below 5. About 12 s of one processor."""
    for name, stream in splits("fr", 1500, 60, 1, seed=1, max_words=3).items():
        lines = "".join(f"{pair.source}\t{pair.target}\n" for pair in stream)
        (tmp_path / f"{name}.tsv").write_text(lines, encoding="utf-8")
    small = ["layers=2", "width=64", "feed_forward=128", "dropout=0.1", "feed_forward_dropout=0"]
    overrides: list[Any] = [
        f"data.train={tmp_path}/train.tsv",
        f"data.valid={tmp_path}/valid.tsv",
        "text.size=200",
        "front.width=64",
        *(f"{side}.{word}" for side in ("encoder", "decoder") for word in small),
        "loss.label_smoothing=0",
        "train.epochs=6",
        "train.batch_tokens=300",
        "train.rate=0.005",
        "train.warmup=50",
        "train.ema=0.98",
        "train.valid_sentences=60",
        "train.threads=1",
        "train.precision=float32",
    ]
    notes = Notes()
    train(recipe("transformer", overrides), tmp_path / "run", watcher=notes)
    assert notes.marks[-1].perplexity < 5
    assert notes.marks[0].perplexity > 10, "it was easy from the start"

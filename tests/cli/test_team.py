"""Ensembles as a person uses them: models that share the target vocabulary, and no others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import entarte
from entarte.build import build, initialise
from entarte.cli.main import main
from entarte.errors import InputError
from entarte.generate import Translator
from entarte.saved import load
from entarte.settings import loads
from entarte.text import Tokenizer

from .conftest import LINES, SETTINGS

SOURCES = ["he hit me", "", "ABC def"]


def other(like: Translator, overrides: list[str], source: Tokenizer | None = None) -> Translator:
    """Random weights, another architecture, the same target vocabulary."""
    settings = loads(SETTINGS, overrides)
    source = source or like.source
    torch.manual_seed(7)
    model = build(settings, len(source.vocabulary), len(like.target.vocabulary), "none")
    initialise(model, "glorot", 0.1)
    return Translator(settings, model, source, like.target, "other")


def test_a_model_with_itself_is_itself(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in").write_text("".join(line + "\n" for line in SOURCES))
    words = ["translate", str(folder), str(tmp_path / "in"), "--scores"]
    assert main([*words, "-o", str(tmp_path / "one")]) == 0
    for mean in ("probabilities", "log-probabilities"):
        assert main([*words, "-e", str(folder), "--mean", mean, "-o", str(tmp_path / "two")]) == 0
        assert (tmp_path / "two").read_bytes() == (tmp_path / "one").read_bytes()


def test_probabilities_are_the_mean_and_so_is_the_attention(folder: Path) -> None:
    one = load(folder)
    two = other(one, ["attention.kind=additive", "decoder.width=12", "encoder.cell=lstm"])
    both = entarte.ensemble([one, two])
    outputs = both.translate(SOURCES)
    for output in outputs:
        alone = [model.force([output.source], [output.text])[0] for model in (one, two)]
        [forced] = both.force([output.source], [output.text])
        if not output.source:
            assert (output.text, output.log_probs) == ("", ())
            continue
        p = np.mean([np.exp(each.log_probs) for each in alone], axis=0)[: len(output.log_probs)]
        # Only each member's own probabilities can be averaged at each step, not those of whole outputs.
        assert np.exp(output.log_probs) == pytest.approx(p, rel=1e-4)
        assert forced.log_probs[: len(output.log_probs)] == pytest.approx(output.log_probs, abs=1e-4)  # law 4
        heads = output.alignment.heads
        assert heads is not None
        rows = len(output.log_probs)
        for head, each in zip(heads, alone, strict=True):
            assert head == pytest.approx(each.alignment.weights[:rows], abs=1e-5)
        assert output.alignment.weights == pytest.approx(heads.mean(0))
        assert output.alignment.head_names == ("1 tiny", "2 other")


def test_members_that_cut_the_source_differently_are_joined_over_words(folder: Path) -> None:
    one = load(folder)
    two = other(one, ["text.shared=false"], Tokenizer.train(LINES, kind="word", size=0))
    for output in entarte.ensemble([one, two]).translate(["he hit me", "ABC"]):
        alignment = output.alignment
        assert alignment.level == "words"
        assert [column.text for column in alignment.columns] == [*output.source.split(), "</s>"]
        alone = [model.force([output.source], [output.text])[0].alignment.words() for model in (one, two)]
        assert alignment.heads is not None
        for head, each in zip(alignment.heads, alone, strict=True):
            assert head[:-1] == pytest.approx(each.weights[: len(head) - 1], abs=1e-5)


def test_an_ensemble_of_ensembles(folder: Path) -> None:
    one = load(folder)
    two = other(one, ["decoder.width=12"])
    inner = entarte.ensemble([one, two])
    nested = entarte.ensemble([inner, entarte.ensemble([one, two])])
    assert [each.text for each in nested.translate(SOURCES)] == [
        each.text for each in inner.translate(SOURCES)
    ]


def test_other_target_vocabularies_are_refused(folder: Path) -> None:
    one = load(folder)
    two = other(one, [])
    two.target = Tokenizer.train([*LINES, "q"], kind="char", size=0)
    with pytest.raises(
        InputError, match=r"target vocabularies of the ensemble differ: 'tiny' has \d+ entries, 'other' has"
    ):
        entarte.ensemble([one, two])
    swapped = [line.replace("w", "q") for line in LINES]
    two.target = Tokenizer.train(swapped, kind="char", size=0)
    with pytest.raises(InputError, match=r"differ: entry \d+ is '.' in 'tiny' and '.' in 'other'\. Train"):
        entarte.ensemble([one, two])


def test_bad_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["translate", str(folder), "-e", str(folder), "--mean", "probability"]) == 2
    assert (
        "--mean: there is no mean of 'probability'. Did you mean 'probabilities'" in capsys.readouterr().err
    )
    assert main(["translate", str(folder), "-e", "none"]) == 2
    assert "none: there is no such model folder" in capsys.readouterr().err
    with pytest.raises(InputError, match="an ensemble needs at least one model"):
        entarte.ensemble([])

"""Copied words go through every search, constraint, ensemble and file as other words do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from entarte.alignment import Alignment
from entarte.cli.proofs import Proofs
from entarte.cli.translate import beam
from entarte.corpus import encode
from entarte.errors import DamagedError, InputError
from entarte.example import Example
from entarte.generate import Translator
from entarte.settings import loads
from entarte.team import ensemble
from entarte.text import Tokenizer
from entarte.vocabulary import UNK

Make = Callable[..., Translator]

LINES = ["ka Pott te", "so", "Liv ka Ork Liv pie", "te te", "Ork"]
STRANGE = {"Pott", "Liv", "Ork"}
POINTER = "readout.kind=pointer"


def eager(model: Translator, much: float = -4.0) -> Translator:
    """The same model, made to copy more readily."""
    with torch.no_grad():
        model.model.readout.gate.bias.fill_(much)  # type: ignore[union-attr, operator]
    return model


@pytest.fixture
def copier(untaught: Make) -> Translator:
    return eager(untaught("copier", POINTER))


def strange(text: str) -> set[str]:
    return STRANGE & set(text.split())


def test_copied_words_come_out_in_full(copier: Translator) -> None:
    outputs = copier.translate(LINES, min_length=2)
    assert len({word for output in outputs for word in strange(output.text)}) >= 2
    for line, output in zip(LINES, outputs, strict=True):
        assert strange(output.text) <= strange(line), "a word of another line"
        assert output.beyond == tuple(f"▁{w}" for w in dict.fromkeys(line.split()) if w in STRANGE)


@pytest.mark.parametrize("search", ["greedy", "beam"])
def test_batch_mates_do_not_matter(copier: Translator, search: str) -> None:
    together = copier.translate(LINES, search=search)
    for line, other in zip(LINES, together, strict=True):
        [alone] = copier.translate([line], search=search)
        assert alone.text == other.text
        assert alone.log_probs == pytest.approx(other.log_probs, abs=1e-5)


def test_scores_are_forced_scores(copier: Translator) -> None:
    for output in copier.translate(LINES, n_best=2, min_length=1):
        for each in output.ranked():
            if each.finished:
                [forced] = copier.force([each.source], [each.text])
                assert forced.log_prob == pytest.approx(each.log_prob, abs=1e-4)
                chances = [[row.p_gen for row in one.alignment.rows] for one in (each, forced)]
                assert chances[0] == pytest.approx(chances[1], abs=1e-5)


@pytest.mark.parametrize(
    ("search", "options"),
    [
        ("exact", {"budget": 30, "min_length": 2, "max_length": 3}),
        ("sample", {"count": 4, "temperature": 2.0}),
        ("sample", {"top_k": 3}),
        ("sample", {"top_p": 0.9}),
        ("mbr", {"count": 4}),
        ("mbr", {"count": 4, "metric": "chrf"}),
        ("beam", {"beam": 4, "groups": 2}),
        ("beam", {"beam": 3, "no_repeat": 1}),
        ("greedy", {"unknown": "copy"}),
    ],
)
def test_every_search_says_them(copier: Translator, search: str, options: dict[str, Any]) -> None:
    outputs = copier.translate(LINES, search=search, **options)
    found: set[str] = set()
    for line, output in zip(LINES, outputs, strict=True):
        assert strange(output.text) <= strange(line)
        found |= strange(output.text)
        if options.get("no_repeat"):
            words = output.text.split()
            assert len(words) == len(set(words)), "a copied word was said twice"
    assert found, "nothing was copied"


def test_constraints_know_the_words_of_their_line(copier: Translator) -> None:
    line = "ka Pott te"
    assert copier.translate([line], prefix="Pott so")[0].text.startswith("Pott so")
    assert "Pott" not in copier.translate([line], forbid=["Pott"])[0].text.split()
    said = eager(copier, 4.0).translate([line], require=["Pott te"], beam=4)[0].text
    assert " Pott te " in f" {said} "
    with pytest.raises(InputError, match="line 2: the required phrase 'Liv' has 'Liv', which is not in the"):
        copier.translate(["Liv", "Pott"], require=["Liv"])


@pytest.mark.parametrize("mean", ["probabilities", "log-probabilities"])
def test_ensembles(untaught: Make, mean: Any) -> None:
    one, two = (eager(untaught(f"p{seed}", POINTER, seed=seed)) for seed in (3, 4))
    both = ensemble([one, two], mean=mean)
    outputs = both.translate(LINES, min_length=2)
    assert any(strange(output.text) for output in outputs)
    for line, output in zip(LINES, outputs, strict=True):
        [alone] = both.translate([line], min_length=2)
        assert alone.text == output.text
        [forced] = both.force([line], [output.text])
        assert not output.finished or forced.log_prob == pytest.approx(output.log_prob, abs=1e-4)
        assert all(row.p_gen is not None for row in output.alignment.rows)


def test_an_ensemble_with_a_model_that_copies_nothing(untaught: Make) -> None:
    """Half of the chance of a word that only one can say; a geometric mean leaves none."""
    pointer, plain = eager(untaught("pointer", POINTER), -9.0), untaught("plain")
    for order in ([pointer, plain], [plain, pointer]):
        [alone] = pointer.force(["Ork"], ["Ork"])
        [mixed] = ensemble(order).force(["Ork"], ["Ork"])
        assert mixed.log_probs[0] == pytest.approx(alone.log_probs[0] - 0.6931, abs=1e-3)
        assert mixed.alignment.rows[0].p_gen == pytest.approx(0.5, abs=1e-3)  # (0 + 1) / 2
        [none] = ensemble(order, mean="log-probabilities").translate(["Ork"])
        assert not strange(none.text)


def test_members_that_cut_the_source_in_other_pieces_mean_the_same_words(untaught: Make) -> None:
    """The first reads whole words, the second letters; both agree on what a word beyond the vocabulary is."""
    one, other = eager(untaught("words", POINTER)), eager(untaught("letters", POINTER))
    letters = Tokenizer.train(["ka te so pie hat mun Pott Ork Liv"], kind="char", size=0)
    other.source = letters
    team = ensemble([one, other])
    [read] = team.read(["ka Ork Pott"])
    V = len(team.target.vocabulary)
    assert read.beyond[:2] == ("▁Ork", "▁Pott")
    assert read.copies[0] is not None
    assert read.copies[0][1:] == [V, V + 1]
    assert read.copies[1] is not None
    assert min(number for number in read.copies[1] if number >= V) == V + 2, "letters have ids of their own"


def test_what_is_said_as_json(copier: Translator) -> None:
    [output] = copier.translate(["ka Pott te"], tree=True, beam=8)
    assert all(0 <= token["p_gen"] <= 1 for token in output.to_dict()["tokens"])
    assert "▁Pott" in {node["text"] for node in json.loads(beam(copier, output))["nodes"]}


def test_a_proof_speaks_of_them(copier: Translator) -> None:
    [output] = copier.translate(["Ork Ork"], search="exact", budget=20, min_length=1, max_length=2)
    facts = Proofs(copier.target).add(output)
    assert "Ork" in facts["beam"]["text"]


def test_p_gen_stays_with_an_alignment(copier: Translator) -> None:
    alignment = copier.translate(["ka Pott te"])[0].alignment
    assert Alignment.from_json(alignment.to_json()) == alignment
    assert any(row.p_gen is not None for row in alignment.words().rows)
    plain = alignment.to_dict()
    plain["target"]["tokens"][0]["p_gen"] = 1.5
    with pytest.raises(DamagedError, match=r"was generated with the chance 1\.5"):
        Alignment.from_dict(plain)


def test_a_corpus_copies_what_is_read_and_no_more() -> None:
    cut = Tokenizer.train(["a b c d"], kind="word", size=0)
    pairs = [Example("a Pott b Ork", "Ork Pott Liv a")]
    whole, part = (encode(pairs, cut, cut, copied=True, longest=longest) for longest in (0, 3))
    V = len(cut.vocabulary)
    assert whole.copies == [[cut.ids("a")[0], V, cut.ids("b")[0], V + 1]]
    assert whole.targets == [[V + 1, V, UNK, cut.ids("a")[0]]]
    assert part.copies == [whole.copies[0][:3]]
    assert part.targets == [[UNK, V, UNK, cut.ids("a")[0]]], "what was cut off cannot be copied"
    assert len({each.digest for each in (whole, part, encode(pairs, cut, cut))}) == 3
    other = encode([replace(pairs[0], source="a Pott b Liv")], cut, cut, copied=True)
    assert other.sources == whole.sources
    assert other.digest != whole.digest, "resuming with other names would go unnoticed"
    batch = whole.batch([0])
    assert batch.twice().source.copy_ids is not None


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            [POINTER, "attention.kind=none"],
            "readout.kind: attention 'none' looks everywhere alike, so there is",
        ),
        (
            [POINTER, "attention.kind=mean"],
            "readout.kind: attention 'mean' looks everywhere alike, so there is",
        ),
        (
            [POINTER, "text.segmentations=3"],
            "text.segmentations: the pointer copies the pieces of the best cut",
        ),
        ([POINTER, "loss.agreement=1"], "loss.agreement: two passes of a pointer have no one vocabulary"),
        (
            ["loss.coverage_start=0.5"],
            "loss.coverage_start: means nothing without a coverage loss. For example",
        ),
        (
            ["loss.coverage=1", "attention.kind=mean"],
            "loss.coverage: attention 'mean' looks everywhere alike",
        ),
        (["train.metric=rouge-l", "train.valid_sentences=0"], "metric 'rouge-l' needs sentences to decode"),
        (
            ["loss.guided=1", "data.train_links=a", "data.source_cut=9"],
            "loss.guided: the links may speak of what is cut off. Use data.source_cut=0.",
        ),
        (["task.kind=sumary"], "task.kind: there is no task 'sumary'. Did you mean 'summary'?"),
    ],
)
def test_what_makes_no_sense_is_refused(overrides: list[str], message: str) -> None:
    with pytest.raises(InputError) as caught:
        loads("", overrides)
    assert message in str(caught.value)

"""Shortlists: what they hold, that they choose among it, and that they keep law 2."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from entarte.engine import Engine, load
from entarte.engine.shortlist import GRAIN, Shortlists, width
from entarte.errors import DamagedError, InputError
from entarte.export import export, shortlist
from entarte.generate import Translator
from entarte.vocabulary import BOS, EOS, PAD

from ..laws.small import pairs
from .conftest import LINES
from .test_laws import bitwise, check_batches

Get = Callable[[str], Translator]


def lists_of(model: Translator, own: Callable[[int], list[int]], common: list[int]) -> Shortlists:
    """Lists with these words for each source piece."""
    rows = [own(piece) for piece in range(len(model.source.vocabulary))]
    begin = np.cumsum([0, *map(len, rows)])
    return Shortlists(np.array(common), begin, np.array([token for row in rows for token in row], np.int64))


@pytest.fixture(scope="module")
def made(model: Get, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Shortlists], Engine]:
    """The export of a model with these lists."""

    def get(lists: Shortlists) -> Engine:
        folder = tmp_path_factory.mktemp("short") / "export"
        export(model("general"), "int8", folder, shortlists=lists, lines=LINES[:2])
        return load(folder)

    return get


def test_lists_with_every_word_change_nothing(model: Get, made: Callable[[Shortlists], Engine]) -> None:
    words = len(model("general").target.vocabulary)
    engine = made(lists_of(model("general"), lambda piece: [], list(range(1, words))))
    whole, short = (engine.translate(LINES, kind="greedy", shortlist=on) for on in (False, True))
    assert [each.text for each in short] == [each.text for each in whole]
    for one, other in zip(short, whole):  # PAD and BOS, which are never said, have a share of the whole
        assert one.score >= other.score


def test_only_words_of_the_lists_are_said(model: Get, made: Callable[[Shortlists], Engine]) -> None:
    engine = made(lists_of(model("general"), lambda piece: [4 + piece % 9], [EOS, 5]))
    assert engine.shortlists is not None
    for said in engine.translate(LINES, beam=3, shortlist=True):
        ids = [*model("general").source.ids(said.source), EOS]
        own = {EOS, 5} | {4 + piece % 9 for piece in ids}
        assert {piece.id for piece in said.pieces[1]} <= own
        assert engine.shortlists.of(ids).tolist() == sorted(own)
    check_batches(engine, shortlist=True)
    blind = engine.translate(LINES, kind="greedy", shortlist=True, scores=False, looks=False)
    known = engine.translate(LINES, kind="greedy", shortlist=True)
    assert [each.text for each in blind] == [each.text for each in known]
    assert bitwise(known) != bitwise(engine.translate(LINES, kind="greedy"))


def test_lists_are_learnt_from_where_the_model_looks(model: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    """With looks set by hand: each piece of the target is linked to the source piece of its place."""
    lines = [("ka te", "ro mi"), ("te so", "mi lu")] * 2

    def diagonal(*_: object) -> object:
        for source, target in lines:
            ids, said = model("general").source.ids(source), model("general").target.ids(target)
            yield [*ids, EOS], (*said, EOS), np.eye(len(said) + 1, len(ids) + 1, dtype=np.float32)

    monkeypatch.setattr(shortlist, "COMMON", 2)
    monkeypatch.setattr(shortlist, "forced", diagonal)
    lists = shortlist.learn(model("general"), lines)
    assert EOS in lists.common.tolist()
    assert len(lists.common) == 2
    k, r = model("general").source.ids("k")[-1], model("general").target.ids("r")[-1]
    assert r in lists.of([k]).tolist()
    assert not {PAD, BOS} & set(lists.of(range(len(model("general").source.vocabulary))).tolist())
    assert width(lists.of([k])) == GRAIN
    share, long = shortlist.share(lists, model("general"), lines)
    assert share == 1.0
    assert long > 2


def test_lists_of_a_model_hold_most_of_what_they_were_learnt_from(model: Get) -> None:
    some = pairs(12, seed=4)
    lists = shortlist.learn(model("general"), some)
    share, _ = shortlist.share(lists, model("general"), some)
    assert share > 0.9
    with pytest.raises(InputError, match="no pairs to learn a shortlist from"):
        shortlist.learn(model("general"), [])


def test_without_lists_there_is_no_shortlist(
    engine: Callable[[str, str], Engine], model: Get, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="this export has no shortlist"):
        engine("general", "int8").translate(["ka"], shortlist=True)
    lists = lists_of(model("general"), lambda piece: [], [EOS])
    with pytest.raises(InputError, match="shortlists are for int8"):
        export(model("general"), "onnx", tmp_path / "x", shortlists=lists)


def test_a_damaged_list_is_said(tmp_path: Path) -> None:
    (tmp_path / "shortlist.npz").write_bytes(b"PK nonsense")
    with pytest.raises(DamagedError, match=r"shortlist\.npz: cannot be read"):
        Shortlists.read(tmp_path)

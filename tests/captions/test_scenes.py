"""Scenes: what is drawn is what is said, where the links say it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from entarte.cli.main import main
from entarte.errors import InputError
from entarte.grammar.reports import PARTS
from entarte.grammar.scenes import COLOURS, GROUND, SHAPES, SIZES, Scene, Thing, relation, scenes


def test_the_same_seed_draws_the_same_and_no_scene_is_in_two_parts() -> None:
    assert list(scenes(20, 5)) == list(scenes(20, 5))
    assert list(scenes(20, 5)) != list(scenes(20, 6))
    parts = [{frozenset(each.things) for each in scenes(150, part=part)} for part in PARTS]
    assert not parts[0] & parts[1] | parts[0] & parts[2] | parts[1] & parts[2]


def test_everything_is_drawn() -> None:
    things = [thing for scene in scenes(300) for thing in scene.things]
    assert {thing.size for thing in things} == set(SIZES)
    assert {thing.colour for thing in things} == set(COLOURS)
    assert {thing.shape for thing in things} == set(SHAPES)
    assert {len(scene.things) for scene in scenes(60)} == {1, 2, 3}


def test_a_thing_is_painted_on_its_cells_and_on_no_others() -> None:
    for scene in scenes(40, seed=2):
        picture = scene.picture(8, noise=0).reshape(6, 8, 6, 8, 3).astype(int)
        painted = (abs(picture - np.array(GROUND)).sum(-1) > 150).mean((1, 3)).flatten()
        cells = {cell for thing in scene.things for cell in scene.cells(thing)}
        assert set(np.flatnonzero(painted > 0.15)) <= cells
        assert all(painted[cell] > 0.02 for cell in cells)


def test_captions_say_every_order_and_link_sizes_colours_and_shapes() -> None:
    scene = Scene((Thing("small", "red", "circle", 0, 2), Thing("large", "blue", "square", 4, 1)), 6)
    both = dict(scene.captions())
    assert list(both) == [
        "a small red circle above a large blue square",
        "a large blue square below a small red circle",
    ]
    links = both["a small red circle above a large blue square"]
    assert links == {(2, word) for word in (1, 2, 3)} | {
        (cell, word) for cell in (25, 26, 31, 32) for word in (6, 7, 8)
    }


def test_relations_are_each_others_opposites() -> None:
    opposite = {"above": "below", "below": "above", "left of": "right of", "right of": "left of", "": ""}
    for scene in scenes(60, seed=3):
        for one in scene.things:
            for other in scene.things:
                if one is not other:
                    assert opposite[relation(one, other)] == relation(other, one) != ""
    assert relation(Thing("small", "red", "circle", 0, 0), Thing("small", "blue", "cross", 3, 3)) == ""


def test_bad_input() -> None:
    with pytest.raises(InputError, match=r"there is no part 'tests'\. Did you mean 'test'"):
        next(scenes(1, part="tests"))
    with pytest.raises(InputError, match="4 things on 6 × 6 cells"):
        next(scenes(1, most=4))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "data",
        "scenes",
        "--out",
        str(tmp_path / "new"),
        "--pictures",
        "3",
        "--valid",
        "1",
        "--test",
        "2",
    ]
    assert main(words) == 0
    new = tmp_path / "new"
    lines = (new / "train.tsv").read_text("utf-8").rstrip("\n").split("\n")
    assert len(lines) == 3
    assert all((new / line.split("\t")[0]).is_file() for line in lines)
    expected = sum(len(scene.captions()) for scene in scenes(2, part="test"))
    assert len((new / "test.align").read_text("utf-8").rstrip("\n").split("\n")) == expected
    assert main(words) == 2
    assert "already holds train.tsv" in capsys.readouterr().err

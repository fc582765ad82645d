"""The recorded beam."""

from __future__ import annotations

import json
import math
from collections import Counter

import pytest

from entarte.search import Beam, Forest, Wish
from entarte.search.table import Table
from entarte.vocabulary import EOS

A, B, C = 4, 5, 6


def test_a_tree_by_hand():
    # Step 1: A 0.6 and B 0.3 are kept, EOS 0.1 is pruned.
    # Step 2: A EOS 0.6 and B EOS 0.3 finish, and nothing is left.
    table = Table([{(): {A: 0.6, B: 0.3, EOS: 0.1}}], 8)
    forest = Forest()
    [[best]] = Beam(beam=2)(table, [4], forest=forest)
    [tree] = forest.trees
    seen = {tree.tokens(node): node for node in tree.nodes}
    assert {tokens: node.status for tokens, node in seen.items()} == {
        (): "kept",
        (A,): "kept",
        (B,): "kept",
        (A, EOS): "finished",
        (B, EOS): "finished",
    }
    assert seen[A, EOS].rank == 1
    assert seen[B, EOS].rank is None
    assert seen[A, EOS].total == pytest.approx(math.log(0.6))
    assert seen[A, EOS].score == best.score
    assert seen[B,].step == 1


def test_pruned_and_stopped():
    table = Table([lambda prefix: {A: 0.5, B: 0.3, C: 0.2}], 8)
    forest = Forest()
    [found] = Beam(beam=2, n_best=2)(table, [2], forest=forest)
    counts = Counter(node.status for node in forest.trees[0].nodes)
    # root, A, B kept; of their 2 best each (A A .25, A B .15, B A .15, B B .09) two stop at the limit
    assert counts == {"kept": 3, "stopped": 2, "pruned": 2}
    ranked = {node.rank: forest.trees[0].tokens(node) for node in forest.trees[0].nodes if node.rank}
    assert ranked == {1: found[0].tokens, 2: found[1].tokens}


@pytest.mark.parametrize(
    "beam",
    [Beam(beam=4, n_best=3), Beam(beam=4, n_best=2, groups=2), Beam(beam=3, coverage=0.5, stop="count")],
)
@pytest.mark.parametrize("seed", range(4))
def test_a_tree_is_whole(tools, beam, seed):
    table, limits = tools.table(seed, seed + 9, seed + 20), [6, 3, 5]
    forest = Forest()
    plain = beam(table, limits)
    found = beam(table, limits, forest=forest)
    assert found == plain  # to record changes nothing
    for tree, results, limit in zip(forest.trees, found, limits):
        assert tree.limit == limit
        for number, node in enumerate(tree.nodes):
            assert node.id == number
            if node.parent is not None:
                parent = tree.nodes[node.parent]
                assert parent.status == "kept"
                assert parent.step == node.step - 1
                assert parent.group == node.group or parent.parent is None
                assert node.total == pytest.approx(parent.total + node.log_prob, abs=1e-9)
        ranked = sorted((node.rank, node.id) for node in tree.nodes if node.rank)
        assert [tree.tokens(tree.nodes[i]) for _, i in ranked] == [h.tokens for h in results]
        assert [tree.nodes[i].score for _, i in ranked] == pytest.approx([h.score for h in results])
        kept = Counter(node.step for node in tree.nodes if node.status != "pruned" and node.step)
        assert max(kept.values()) <= beam.beam


def test_what_a_wish_brought_in_is_there_too():
    table = Table([lambda prefix: {A: 0.5, B: 0.3, EOS: 0.19, C: 0.01}], 8)
    forest = Forest()
    [[h]] = Beam(beam=2)(table, [5], [Wish(required=((C,),))], forest=forest)
    tree = forest.trees[0]
    assert any(node.token == C and node.status == "kept" for node in tree.nodes)
    assert [tree.tokens(node) for node in tree.nodes if node.rank == 1] == [h.tokens]


def test_json():
    forest = Forest()
    Beam(beam=2, normalise="gnmt")(Table([{(): {A: 0.6, B: 0.4}}], 8), [4], forest=forest)
    text = json.dumps(forest.trees[0].json(piece=lambda token: f"<{token}>"), allow_nan=False)
    read = json.loads(text)
    assert read["format"] == "entarte-beam"
    assert read["version"] == 1
    assert read["score"] == {"normalise": "gnmt", "alpha": 0.6, "coverage": 0.0}
    assert read["nodes"][0]["parent"] is None
    best = read["nodes"][read["chosen"][0]]
    assert best["text"] == f"<{EOS}>"
    assert read["nodes"][best["parent"]]["token"] == A
    assert "text" not in forest.trees[0].json()["nodes"][0]

"""Links, AER and symmetrisation: by hand, by law, and what a wrong file is told."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entarte.errors import InputError
from entarte.metric.aer import Aer
from entarte.metric.links import Links, check, parse, pharaoh, read, transpose, write
from entarte.metric.symmetrise import METHODS, grow_diag, grow_diag_final, grow_diag_final_and, symmetrise

LINK = st.tuples(st.integers(0, 5), st.integers(0, 5))
SET = st.frozensets(LINK, max_size=12)
GOLD = st.builds(Links, SET, SET)


def test_pharaoh_is_read():
    links = parse("0-0 3-2  1?1 2p4\t5-5\r")
    assert links.sure == {(0, 0), (3, 2), (5, 5)}
    assert links.possible == {(0, 0), (3, 2), (5, 5), (1, 1), (2, 4)}
    assert parse("") == Links()
    assert parse("1-1 2-3", base=1).sure == {(0, 0), (1, 2)}
    assert parse("0-0 0?0").sure == {(0, 0)}  # a link that is both is sure


@pytest.mark.parametrize("wrong", ["0", "0-", "0_1", "a-b", "-1-2", "0-0-0", "1-2S", "٣-١", "1–2"])
def test_what_is_no_link(wrong):
    with pytest.raises(InputError, match=r"gold:7: '.*' is not a link\. Links are written i-j \(sure\) or"):
        parse(f"0-0 {wrong}", file="gold", number=7)


def test_base_one_cannot_hold_a_zero():
    with pytest.raises(InputError, match=r"g:2: '0-1' counts a word from 0, but base 1 was asked for"):
        parse("1-1 0-1", base=1, file="g", number=2)


@given(st.lists(GOLD, max_size=4), st.sampled_from([0, 1]))
def test_written_and_read_back(tmp_path_factory, links, base):
    path = tmp_path_factory.mktemp("links") / "a"
    write(path, links, base=base)
    assert read(path, base=base) == links


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match=r"nowhere: there is no such file"):
        read(tmp_path / "nowhere")
    (tmp_path / "latin").write_bytes(b"0-0 \xff\n")
    with pytest.raises(InputError, match=r"latin:1: byte 5 of the line is not UTF-8"):
        read(tmp_path / "latin")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"0-0\n")[:-6])
    with pytest.raises(InputError, match=r"cut\.gz: it cannot be read"):
        read(tmp_path / "cut.gz")
    (tmp_path / "good.gz").write_bytes(gzip.compress(b"0-0\n\n1-1"))
    assert read(tmp_path / "good.gz") == [parse("0-0"), Links(), parse("1-1")]


def test_gold_counted_from_one_is_detected_and_said():
    gold = [parse("1-1 2-2"), parse("1-2 2?1")]
    with pytest.raises(
        InputError,
        match=r"gold:1: link 2-2 points beyond the pair's 2 source and 2 target words\. "
        "All positions would fit if they counted from 1: read the file with base 1",
    ):
        check(gold, [(2, 2), (2, 2)], file="gold")
    check([parse("1-1 2-2", base=1)], [(2, 2)])


def test_gold_that_never_touches_word_0_is_doubted_unless_the_base_is_known():
    gold = [parse("1-1")] * 10
    lengths = [(3, 3)] * 10
    with pytest.raises(InputError, match=r"no link of any line touches word 0 of either side"):
        check(gold, lengths)
    check(gold, lengths, base_known=True)
    check(gold[:9], lengths[:9])  # too few to tell
    check([*gold, parse("0-1")], [*lengths, (3, 3)])


def test_gold_with_source_and_target_exchanged_is_said():
    with pytest.raises(InputError, match=r"All links would fit with source and target exchanged"):
        check([parse("0-0 0-2")], [(3, 1)])
    check([parse("0-0 0-2").transposed()], [(3, 1)])


def test_gold_that_fits_in_no_way():
    with pytest.raises(InputError, match=r"g:2: link 0-9 points beyond .* Positions count whitespace"):
        check([parse("0-0"), parse("0-9")], [(1, 1), (2, 2)], file="g")
    with pytest.raises(InputError, match=r"g: 1 lines of links for 2 sentence pairs. Every pair has a line"):
        check([parse("0-0")], [(1, 1), (1, 1)], file="g")


def test_aer_by_hand():
    # A = {0-0, 1-1, 2-2, 3-3}; S = {0-0, 1-1, 2-3}; P = S ∪ {2-2}.
    # |A∩S| = 2, |A∩P| = 3, |A| = 4, |S| = 3: AER = 1 − 5/7; precision 3/4, recall 2/3,
    # F1 = 2 · 3/4 · 2/3 / (3/4 + 2/3) = 1 / (17/12) = 12/17.
    aer = Aer()
    score = aer.corpus([aer.sentence({(0, 0), (1, 1), (2, 2), (3, 3)}, parse("0-0 1-1 2-3 2?2"))])
    assert score.value == pytest.approx(2 / 7)
    assert score.details["precision"] == pytest.approx(3 / 4)
    assert score.details["recall"] == pytest.approx(2 / 3)
    assert score.details["f1"] == pytest.approx(12 / 17)
    assert not score.higher_is_better


def test_aer_sums_over_pairs_before_it_divides():
    # Pair 1: A = S = P = {0-0}: 1, 1, 1, 1. Pair 2: A = {}, |S| = 2: 0, 0, 0, 2. 1 − 2 / (1 + 3) = 1/2,
    # where the mean of the two (0 and 1) would agree only by chance; a third like the first: 1 − 4/6.
    aer = Aer()
    gold = [{(0, 0)}, {(0, 0), (1, 1)}, {(0, 0)}]
    rows = aer.statistics([{(0, 0)}, set(), {(0, 0)}], gold)
    assert aer.corpus(rows[:2]).value == pytest.approx(1 / 2)
    assert aer.corpus(rows).value == pytest.approx(1 / 3)
    assert aer.each(rows) == pytest.approx([0, 1, 0])


def test_aer_of_nothing():
    aer = Aer()
    score = aer.corpus([aer.sentence(set(), Links())])
    assert score.value == 0
    assert np.isnan(score.details["precision"])
    assert score.to_json()["details"]["recall"] is None


@given(GOLD)
def test_gold_against_itself_has_no_error(gold):
    aer = Aer()
    assert aer.corpus([aer.sentence(gold, gold)]).value == pytest.approx(0)
    assert aer.corpus([aer.sentence(gold.sure, gold)]).value == pytest.approx(0)


@given(SET, GOLD)
def test_aer_lies_between_0_and_1_and_has_no_direction(found, gold):
    aer = Aer()
    value = aer.corpus([aer.sentence(found, gold)]).value
    assert -1e-12 <= value <= 1
    assert aer.corpus([aer.sentence(transpose(found), gold.transposed())]).value == pytest.approx(value)


# Symmetrisation ------------------------------------------------------------------------------------


def koehns_pseudo_code(forward, backward, final):
    """Koehn (2010), figure 4.14, loop by loop: e is the target word, f the source word."""
    size = range(6)
    neighbours = [(-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)]
    union = forward | backward
    points = set(forward & backward)

    def e_free(e):
        return all(other != e for _, other in points)

    def f_free(f):
        return all(other != f for other, _ in points)

    added = True
    while added:
        added = False
        for e in size:
            for f in size:
                if (f, e) in points:
                    for step_e, step_f in neighbours:
                        e_new, f_new = e + step_e, f + step_f
                        if (e_free(e_new) or f_free(f_new)) and (f_new, e_new) in union:
                            points.add((f_new, e_new))
                            added = True
    if final is not None:
        for direction in (forward, backward):
            for e in size:
                for f in size:
                    if (f, e) in direction and final([e_free(e), f_free(f)]):
                        points.add((f, e))
    return points


@given(SET, SET)
def test_growing_is_koehns(forward, backward):
    assert grow_diag(forward, backward) == koehns_pseudo_code(forward, backward, None)
    assert grow_diag_final(forward, backward) == koehns_pseudo_code(forward, backward, any)
    assert grow_diag_final_and(forward, backward) == koehns_pseudo_code(forward, backward, all)


@given(SET, SET)
def test_each_method_lies_between_intersection_and_union(forward, backward):
    results = {name: method(forward, backward) for name, method in METHODS.items()}
    for links in results.values():
        assert results["intersection"] <= links <= results["union"]
    assert results["grow-diag"] <= results["grow-diag-final-and"]
    assert results["grow-diag"] <= results["grow-diag-final"]


@given(SET)
def test_two_equal_directions_stay_as_they_are(links):
    assert all(method(links, links) == links for method in METHODS.values())


def test_symmetrising_by_hand():
    # Both agree on 0-0. Forward alone: 1-1 (a diagonal neighbour of 0-0, both words free: grows),
    # 4-4 (no neighbour, both words free). Backward alone: 1-0 (neighbour of 0-0, word 1 free until 1-1
    # or 1-0 takes it), 4-3 (target 3 is free, but source 4 is taken by 4-4 when "final" comes to it).
    forward = frozenset({(0, 0), (1, 1), (4, 4)})
    backward = frozenset({(0, 0), (1, 0), (4, 3)})
    # Neighbours of 0-0 are tried in Koehn's order, (0, +1 source) = 1-0 before the diagonal 1-1;
    # 1-0 is added since source 1 is free, then 1-1 since target 1 is free.
    assert symmetrise(forward, backward, "grow-diag") == {(0, 0), (1, 0), (1, 1)}
    assert symmetrise(forward, backward, "grow-diag-final") == {(0, 0), (1, 0), (1, 1), (4, 4), (4, 3)}
    assert symmetrise(forward, backward) == {(0, 0), (1, 0), (1, 1), (4, 4)}


def test_mistyped_method():
    with pytest.raises(InputError, match=r"no way 'grow-dig' to join .* Did you mean 'grow-diag'"):
        symmetrise(set(), set(), "grow-dig")


def test_transposed_twice_is_the_same():
    links = parse("0-1 2?3")
    assert links.transposed().transposed() == links
    assert pharaoh(links.transposed()) == "1-0 3?2"

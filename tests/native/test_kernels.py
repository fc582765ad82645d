"""The kernels against numpy in double precision: every kind of numbers, odd sizes, one row or many."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from entarte.export.front import front as made
from entarte.export.row_wise import narrow
from entarte.native import Front, Matrix, Part, Screen, able, kernels, library
from entarte.native.matrix import KINDS

if not able("float32"):
    pytest.skip("no kernels run here", allow_module_level=True)

Floats = NDArray[np.float32]
SIZES = [(1, 1), (3, 5), (64, 64), (65, 7), (200, 33), (129, 130)]
every_kind = pytest.mark.parametrize("kind", [kind for kind in KINDS if able(kind)])


def numbers(*sides: int, seed: int = 1) -> Floats:
    return np.random.default_rng(seed).standard_normal(sides).astype(np.float32)


def digits(x: Floats) -> NDArray[np.uint16]:
    """bfloat16, rounded to the nearest, to even among two."""
    whole = np.ascontiguousarray(x).view(np.uint32)
    return ((whole + 0x7FFF + ((whole >> 16) & 1)) >> 16).astype(np.uint16)


def rounded(x: Floats) -> Floats:
    """As bfloat16 holds it."""
    return (digits(x).astype(np.uint32) << 16).view(np.float32)


def matrix(
    kind: str, weight: Floats, bias: Floats | None, *, bounded: bool = False, coarse: bool = False
) -> tuple[Matrix, Callable[[Floats], NDArray[np.float64]]]:
    """A matrix, and what a product with it is, by hand."""
    if kind == "int8":
        whole, scale = narrow(weight)

        def product(x: Floats) -> NDArray[np.float64]:
            step = np.full(len(x), 1 / 127) if bounded else np.maximum(np.abs(x).max(1), 1e-12) / 127
            found = np.rint(x.astype(float) / step[:, None]) @ whole.T.astype(float)
            return found * step[:, None] * scale + (0 if bias is None else bias)

        return Matrix(kind, whole, bias, scale, bounded=bounded), product
    held = rounded if kind == "bfloat16" else lambda x: x
    made = Matrix(kind, digits(weight) if kind == "bfloat16" else weight, bias, coarse=coarse)
    return (
        made,
        lambda x: held(x).astype(float) @ held(weight).T.astype(float) + (0 if bias is None else bias),
    )


@pytest.mark.parametrize("rows", [1, 6, 50])
@pytest.mark.parametrize(("n", "k"), SIZES)
@every_kind
def test_products_are_what_they_say(kind: str, n: int, k: int, rows: int) -> None:
    """To some steps of int8 that fall to the other side, and what float32 rounds."""
    for bias in (None, numbers(n, seed=2)):
        for bounded in (False, True):
            x = numbers(rows, k, seed=3)
            x = np.tanh(x) if bounded else x
            x[0, 0] = 0
            own, product = matrix(kind, numbers(n, k), bias, bounded=bounded)
            close = 2e-5 * k if kind != "int8" else 0.04
            assert np.abs(kernels.linear(own, x) - product(x)).max() <= close


@every_kind
def test_a_row_depends_on_that_row_alone(kind: str) -> None:
    """Law 2: bit for bit, however many rows there are."""
    own, _ = matrix(kind, numbers(130, 70), numbers(130))
    x = numbers(100, 70)
    whole = kernels.linear(own, x)
    for rows in (1, 2, 3, 5, 7, 49, 97):
        assert np.array_equal(kernels.linear(own, x[:rows]), whole[:rows]), rows
        assert np.array_equal(kernels.linear(own, x[-rows:]), whole[-rows:]), rows


def test_int8_is_exact_where_rows_are_far_from_a_step() -> None:
    """Whole numbers: the same as by hand, and the largest there are do not run over."""
    weight = np.full((5, 600), -127.0, np.float32)
    x = np.ones((2, 600), np.float32)
    x[1] = -1
    own, product = matrix("int8", weight, None, bounded=True)
    assert np.allclose(kernels.linear(own, x), product(x), rtol=1e-6)


def test_what_a_coarse_product_gives_is_rounded() -> None:
    if not able("bfloat16"):
        pytest.skip("no products in bfloat16 run here")
    x = numbers(9, 40)
    fine, coarse = (matrix("bfloat16", numbers(30, 40), None, coarse=on)[0] for on in (False, True))
    found = kernels.linear(coarse, x)
    assert np.array_equal(found, rounded(kernels.linear(fine, x)))
    assert not np.array_equal(found, kernels.linear(fine, x))


def sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-x))


def gated(
    total: NDArray[np.float64], c: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    i, f, g, o = np.split(total, 4, axis=1)
    after = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(after), after


@pytest.mark.parametrize("width", [1, 15, 16, 40])
@pytest.mark.parametrize("rows", [1, 24, 61])
@every_kind
def test_a_step_of_an_lstm(kind: str, rows: int, width: int) -> None:
    x, c, said = np.tanh(numbers(rows, width + 3)), numbers(rows, width), numbers(rows, 4 * width, seed=5)
    own, product = matrix(kind, numbers(4 * width, width + 3), numbers(4 * width), bounded=True)
    for more in (None, said):
        wanted = gated(product(x) + (0 if more is None else more), c.astype(float))
        for one, other in zip(kernels.lstm(own, x, c, more), wanted, strict=True):
            assert np.abs(one - other).max() < (0.03 if kind == "int8" else 1e-4)


@pytest.mark.parametrize("backward", [False, True])
@every_kind
def test_a_layer_is_repeated_steps(kind: str, backward: bool) -> None:
    """Where a step is not real the state stands still; in any order of rows, and with gaps."""
    rows, steps, width = 53, 6, 20
    own, _ = matrix(kind, numbers(4 * width, width), numbers(4 * width), bounded=True)
    given = numbers(steps, rows, 4 * width, seed=4)
    real = np.random.default_rng(5).random((steps, rows)) < 0.6
    real[:, 7] = False
    h = c = np.zeros((rows, width), np.float32)
    wanted = np.zeros((steps, rows, width), np.float32)
    for t in reversed(range(steps)) if backward else range(steps):
        new, memory = kernels.lstm(own, h, c, given[t])
        there = real[t][:, None]
        h, c = np.where(there, new, h), np.where(there, memory, c)
        wanted[t] = h
    table, which = given.reshape(-1, 4 * width), np.random.default_rng(6).permutation(steps * rows)
    picked = [Part(table[np.argsort(which)], which)]  # the same rows, from a table in another order
    for read in (table, picked):
        for one, other in zip(kernels.layer(own, read, real, backward), (wanted, h, c), strict=True):
            assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("heads", "deep", "slots", "width"), [(1, 512, 16, 512), (1, 3, 1, 5), (4, 10, 40, 7)]
)
def test_a_look(heads: int, deep: int, slots: int, width: int) -> None:
    """Law 1: what is not real weighs nothing, and all weights sum to 1."""
    sources, beam = 3, 2
    back = np.array([0, 1, 2, 5])
    query, keys = numbers(4, heads * deep), numbers(sources, heads, deep, slots)
    values = numbers(sources, heads, slots, width, seed=2)
    mask = np.random.default_rng(3).random((sources, slots)) < 0.7
    mask[:, 0] = True
    context, weights = kernels.look(query, back, beam, mask, keys, values, 0.3)
    b = back // beam
    scores = 0.3 * np.einsum("rhd,rhds->rhs", query.reshape(4, heads, deep).astype(float), keys[b])
    scores = np.where(mask[b][:, None], scores, -np.inf)
    wanted = np.exp(scores - scores.max(-1, keepdims=True))
    wanted /= wanted.sum(-1, keepdims=True)
    assert np.abs(weights - wanted).max() < 1e-5
    assert (weights[~np.broadcast_to(mask[b][:, None], weights.shape)] == 0).all()
    assert np.allclose(weights.sum(-1), 1, atol=1e-6)
    read = np.einsum("rhs,rhsv->rhv", wanted, values[b]).reshape(4, -1)
    assert np.abs(context - read).max() < 1e-4


def test_a_look_does_not_depend_on_how_far_it_is_padded() -> None:
    query, keys, values = numbers(2, 8), numbers(2, 1, 8, 40), numbers(2, 1, 40, 9)
    mask = np.arange(40) < np.array([[5], [7]])
    short = (mask[:, :8], keys[..., :8], values[:, :, :8])
    for one, other in zip(
        kernels.look(query, np.arange(2), 1, *short, 1.0),
        kernels.look(query, np.arange(2), 1, mask, keys, values, 1.0), strict=True,
    ):  # fmt: skip
        assert np.array_equal(one, other[..., : one.shape[-1]])


@pytest.mark.parametrize("k", [1, 5, 8])
@pytest.mark.parametrize("words", [8, 64, 100, 3000, 5000])
@every_kind
def test_words_are_the_most_probable(kind: str, words: int, k: int) -> None:
    own, product = matrix(kind, numbers(words, 32), numbers(words), bounded=True)
    x = np.tanh(numbers(30, 32, seed=7))
    wanted = product(x)
    values, ids = kernels.words(own, x, k, True)
    logs = wanted - np.log(np.exp(wanted).sum(1, keepdims=True))
    assert np.allclose(values, np.take_along_axis(logs, ids, 1), atol=0.03 if kind == "int8" else 1e-4)
    assert (np.diff(values, axis=1) <= 0).all()
    assert all(len(set(row)) == k for row in ids.tolist())
    close = np.sort(wanted, axis=1)[:, -k] - np.take_along_axis(wanted, ids, 1).min(1)
    assert (close < (0.05 if kind == "int8" else 1e-4)).all(), "a more probable word was left out"
    scores, same = kernels.words(own, x, k, False)
    assert np.array_equal(same, ids)
    assert np.allclose(scores, np.take_along_axis(wanted, ids, 1), atol=0.05 if kind == "int8" else 1e-4)


@pytest.mark.parametrize("apart", [1, 0.01, 1e-4, 0])
@pytest.mark.parametrize(("words", "width"), [(3, 1), (70, 33), (500, 64), (5000, 24)])
@pytest.mark.parametrize("kind", ["float32", "bfloat16"])
def test_words_found_among_few_are_those_of_all(kind: str, words: int, width: int, apart: float) -> None:
    """Bit for bit, however near each other the words' scores are, equal ones and ones far out too."""
    if not able(kind) or not able("int8"):
        pytest.skip(f"no products in {kind} or int8 run here")
    weight = numbers(1 + words // 7, width)[np.arange(words) // 7] + apart * numbers(words, width, seed=2)
    weight[words // 2] *= 3
    held = digits(weight) if kind == "bfloat16" else weight
    for bounded in (False, True):
        x = numbers(40, width, seed=3) * np.logspace(-3, 2, 40, dtype=np.float32)[:, None]
        x = np.tanh(x) if bounded else x
        x[5] = 0
        for bias in (None, apart * numbers(words, seed=4)):
            own, screen = Matrix(kind, held, bias), Screen(held, bias, bounded=bounded)
            for k in (1, 3):
                wanted = kernels.words(own, x, k, False)
                for one, other in zip(kernels.screened(own, screen, x, k), wanted, strict=True):
                    assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("words", "width", "apart"), [(40, 3, 1.0), (700, 70, 0.3), (3000, 130, 1e-3), (2000, 200, 1.0)]
)
def test_the_best_word_of_int8_found_by_a_front(words: int, width: int, apart: float) -> None:
    """Bit for bit, whether rows of the matrix prefer some directions or none."""
    if not able("int8"):
        pytest.skip("no products in int8 run here")
    weight = numbers(1 + words // 7, width)[np.arange(words) // 7] + apart * numbers(words, width, seed=2)
    weight[words // 2] *= 3
    counts = []
    few = weight[:, : min(3, width)] @ numbers(
        min(3, width), width, seed=5
    )  # nearly nothing behind the front
    fall = np.exp(-4 * np.arange(width) / width).astype(np.float32)
    for held in (weight, weight * fall, few):
        whole, scales = narrow(held)
        bias = apart * numbers(words, seed=4)
        for bounded in (False, True):
            x = numbers(60, width, seed=3) * np.logspace(-3, 2, 60, dtype=np.float32)[:, None]
            x = np.tanh(x) if bounded else x
            x[5] = 0
            own, front = (
                Matrix("int8", whole, bias, scales, bounded=bounded),
                Front((whole, scales, bias), made(whole, scales, bias), bounded=bounded),
            )
            *found, count = kernels.fronted(own, front, x)
            counts.append(count)
            for one, other in zip(found, kernels.words(own, x, 1, False), strict=True):
                assert np.array_equal(one, other)
    assert min(counts) < 60, "all words were multiplied for all rows"


@pytest.mark.parametrize("words", [30, 300, 9000])
def test_among_equals_the_lower_id_comes_first(words: int) -> None:
    bias = np.zeros(words, np.float32)
    bias[[7, 20, words - 1]] = 1
    own = Matrix("float32", np.zeros((words, 4), np.float32), bias)
    assert kernels.words(own, numbers(3, 4), 4, True)[1].tolist() == [[7, 20, words - 1, 0]] * 3


def test_numbers_that_are_none_are_not_hidden() -> None:
    """A model that diverged: the search finds a log-probability that is none."""
    own = Matrix("float32", np.full((70, 4), np.nan, np.float32), None)
    values, ids = kernels.words(own, numbers(2, 4), 3, True)
    assert np.isnan(values).all()
    assert (ids < 70).all()
    bias = np.where(np.arange(70) == 5, np.inf, 0).astype(np.float32)
    assert not (
        kernels.words(Matrix("float32", np.zeros((70, 4), np.float32), bias), numbers(2, 4), 3, True)[0] <= 0
    ).all()


@pytest.mark.parametrize("width", [21, 64, 200])
def test_shortlists_are_words_among_some(width: int) -> None:
    """Bit for bit what a matrix of those rows alone gives; for beams and lists of every size."""
    if not able("int8"):
        pytest.skip("no products in int8 run here")
    whole, scale = narrow(numbers(90, width))
    bias, draw = numbers(90), np.random.default_rng(1)
    sizes = [5, 1, 40, 16, 33]
    lists = np.zeros((5, 48), np.int64)
    for row, size in zip(lists, sizes):
        row[:size] = np.sort(draw.choice(np.arange(1, 90), size, replace=False))
    back = np.concatenate([np.arange(beam) + 8 * b for b, beam in enumerate([1, 2, 5, 8, 6])])
    x = np.tanh(numbers(len(back), width))
    for bounded in (False, True):
        own = Matrix("int8", whole, bias, scale, bounded=bounded, by_rows=True)
        values, ids = kernels.short(own, lists, 0, back, 8, x, 3, True)
        for row, b in enumerate(back // 8):
            picked = lists[b, : sizes[b]]
            alone = Matrix("int8", whole[picked], bias[picked], scale[picked], bounded=bounded)
            one, number = kernels.words(alone, x[row : row + 1], min(3, sizes[b]), True)
            count = one.shape[1]
            assert np.array_equal(values[row, :count], one[0])
            assert np.array_equal(ids[row, :count], number[0])
            assert (values[row, count:] == -np.inf).all()


@pytest.mark.parametrize(
    ("which", "wanted", "close"),
    [("sigmoid", sigmoid, 1e-6), ("tanh", np.tanh, 1e-6), ("exp", np.exp, 2e-7)],
)
def test_functions_of_a_number(which: str, wanted: Callable[..., NDArray[np.float64]], close: float) -> None:
    """To so much of what they are, and with the same bits wherever a number stands."""
    x = np.linspace(-87, 88, 40001, dtype=np.float32)
    found, exact = kernels.each(which, x), wanted(x.astype(float))
    assert (np.abs(found - exact) <= close * np.maximum(np.abs(exact), 1e-30 if which == "exp" else 1)).all()
    for at in (1, 7, 16, 33):
        assert np.array_equal(kernels.each(which, x[at:][:at]), found[at : 2 * at])


def test_functions_far_out() -> None:
    far = np.array([-np.inf, -1e30, -200, 200, 1e30, np.inf], np.float32)
    assert np.allclose(kernels.each("sigmoid", far), [0, 0, 0, 1, 1, 1], atol=1e-30)
    assert np.array_equal(kernels.each("tanh", far), [-1, -1, -1, 1, 1, 1])
    assert np.isnan(kernels.each("tanh", np.array([np.nan], np.float32))).all()


def test_softmax() -> None:
    x = numbers(5, 37) * 20
    x[:, 30:] = -np.inf
    wanted = np.exp(x.astype(float) - x.max(1, keepdims=True))
    wanted /= wanted.sum(1, keepdims=True)
    before = x.copy()
    found = kernels.softmax(x)
    assert np.allclose(found, wanted, atol=1e-6)
    assert (found[:, 30:] == 0).all()
    assert np.array_equal(x, before)


@pytest.mark.parametrize("kind", list(KINDS))
def test_rows_of_tables(kind: str) -> None:
    """Of every kind: reading them needs no products of that kind."""
    table, ids = numbers(20, 19), np.array([[3, 0], [19, 3]])
    held, scale = narrow(table) if kind == "int8" else (digits(table) if kind == "bfloat16" else table, None)
    wanted = held * scale[:, None] if kind == "int8" else rounded(table) if kind == "bfloat16" else table
    assert np.array_equal(kernels.rows([Part(held, ids[:, 0], scale)]), wanted[ids[:, 0]])
    left, right = Part(held, ids[:, 1], scale), Part(numbers(2, 3, seed=7))
    assert np.array_equal(kernels.rows([left, right]), np.hstack([wanted[ids[:, 1]], right.table]))


@every_kind
def test_what_a_product_picks_for_itself_is_what_it_is_given(kind: str) -> None:
    """Rows of tables side by side, and a function of what comes out: bit for bit as one after the other."""
    rows, width = 61, 37
    random = np.random.default_rng(6)
    picks = [random.integers(0, 80, rows) for _ in range(4)]
    one, other, c = (np.tanh(numbers(80, each, seed=each)) for each in (20, 13, width))
    x = np.hstack([one[picks[0]], other[picks[1]]])
    parts = [Part(one, picks[0]), Part(other, picks[1])]
    own, _ = matrix(kind, numbers(4 * width, 33), numbers(4 * width), bounded=True)
    wanted = kernels.linear(own, x)
    assert np.array_equal(kernels.linear(own, parts), wanted)
    assert np.array_equal(kernels.linear(own, parts, "tanh"), kernels.each("tanh", wanted))
    table = numbers(80, 4 * width, seed=9)
    held, scale = narrow(table) if kind == "int8" else (digits(table) if kind == "bfloat16" else table, None)
    said = Part(held, picks[3], scale)
    for more in (None, said):
        given = None if more is None else kernels.rows([more])
        for found, each in zip(
            kernels.lstm(own, parts, [Part(c, picks[2])], None if more is None else [more]),
            kernels.lstm(own, x, c[picks[2]], given),
            strict=True,
        ):
            assert np.array_equal(found, each)


def test_arrays_with_gaps_and_of_other_types_are_read_rightly() -> None:
    own, product = matrix("float32", numbers(8, 5), None)
    x = numbers(5, 6).T
    assert np.abs(kernels.linear(own, x) - product(np.ascontiguousarray(x))).max() < 1e-5
    assert np.abs(kernels.linear(own, x.astype(float)) - product(np.ascontiguousarray(x))).max() < 1e-5


def test_arrays_of_other_shapes_are_not_read() -> None:
    own, _ = matrix("float32", numbers(8, 2), None)
    rows = pytest.raises(ValueError, match="rows of 5 numbers are given where 2 are read")
    for call in (
        lambda: kernels.linear(own, numbers(3, 5)),
        lambda: kernels.linear(own, [Part(numbers(3, 2)), Part(numbers(3, 3))]),
        lambda: kernels.lstm(own, numbers(3, 5), numbers(3, 2)),
        lambda: kernels.lstm(own, numbers(3, 2), numbers(3, 5)),
    ):
        with rows:
            call()
    for x in ([Part(numbers(3, 1)), Part(numbers(4, 1))], numbers(2, 2, 2)):
        with pytest.raises(ValueError, match=r"rows of an array of shape .* are given where"):
            kernels.linear(own, x)
    wrong = pytest.raises(
        ValueError, match=r"an array of shape \(3, 5\) is given where one of \(3, 2\) is read"
    )
    for call in (
        lambda: kernels.words(own, numbers(3, 5), 2, True),
        lambda: kernels.screened(own, Screen(numbers(8, 2), None, bounded=False), numbers(3, 5), 2),
    ):
        with wrong:
            call()


def test_what_was_not_built_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No compiler when it was installed; and a library of another machine."""
    (tmp_path / "odd.so").write_bytes(b"\x7fELF of another kind")
    for origin in (None, str(tmp_path / "odd.so")):
        library.library.cache_clear()
        able.cache_clear()
        spec = None if origin is None else type("Spec", (), {"origin": origin})
        monkeypatch.setattr(library, "find_spec", lambda name, spec=spec: spec)
        try:
            assert not able("float32")
        finally:
            library.library.cache_clear()
            able.cache_clear()

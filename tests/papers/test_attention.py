"""Every score function and every context against its printed equation."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np
import pytest
import torch

from entarte.attend import attend
from entarte.attention import ATTENTIONS
from entarte.attention.base import Attention
from entarte.window import WINDOWS

from .drawn import LENGTHS, B, D, Q, S, T, array, draw, memory, numbers
from .plain import add, beside, dot, mixed, scaled, softmax, tanhs, times

Vectors = list[np.ndarray]
Past = list[np.ndarray]
Result = tuple[np.ndarray, np.ndarray]
"""Weights (H, S') and the context, of one query and S' real slots."""
Printed = Callable[[Any, np.ndarray, Vectors, Past], Result]
"""The attention, a query, the real memory slots, the weights of the steps before → weights, context."""


def look(attention: Attention, queries: torch.Tensor, width: int) -> list[list[Result]]:
    """The package's answer, step by step so that state travels: [source][step] → weights, context."""
    seen = memory(width)
    keys, state = attention.keys(seen), attention.start(seen)
    found: list[list[Result]] = [[] for _ in range(B)]
    for t in range(T):
        looked = attend(attention, queries[:, t : t + 1], keys, seen, state, torch.full((B, 1), t))
        state = looked.state
        for b in range(B):
            found[b].append((array(looked.weights[b, :, 0]), array(looked.context[b, 0])))
    return found


def compare(kind: str, printed: Printed, query: int = Q, **options: Any) -> None:
    """Each source, each step, each slot."""
    attention = draw(ATTENTIONS[kind](query, D, WINDOWS["global"](query), **options))
    queries = numbers(B, T, query, seed=7)
    found = look(attention, queries, D)
    values = array(memory().values)
    for b in range(B):
        past: Past = []
        for t in range(T):
            slots = [values[b, s] for s in range(LENGTHS[b])]
            weights, context = printed(attention, array(queries[b, t]), slots, past)
            past.append(weights[0])
            ours, read = found[b][t]
            assert ours.shape == (len(weights), S)
            np.testing.assert_allclose(ours[:, : LENGTHS[b]], weights, rtol=0, atol=1e-12)
            np.testing.assert_array_equal(ours[:, LENGTHS[b] :], 0.0)
            np.testing.assert_allclose(read, context, rtol=0, atol=1e-12)


def weigh(scores: list[float], slots: Vectors) -> Result:
    """α = softmax(e), c = Σ_s α_s h_s (Bahdanau et al. 2015, eq. 5–6; Luong et al. 2015, eq. 7)."""
    weights = softmax(scores)
    return weights[None], mixed(weights, slots)


def luong_eq_8_dot(a: Any, h: np.ndarray, slots: Vectors, past: Past) -> Result:
    """score = h_tᵀ h̄_s."""
    return weigh([dot(h, slot) for slot in slots], slots)


def luong_eq_8_general(a: Any, h: np.ndarray, slots: Vectors, past: Past) -> Result:
    """score = h_tᵀ W_a h̄_s."""
    W = array(a.W.weight)
    return weigh([dot(h, times(W, slot)) for slot in slots], slots)


def luong_eq_8_concat(a: Any, h: np.ndarray, slots: Vectors, past: Past) -> Result:
    """score = v_aᵀ tanh(W_a [h_t; h̄_s])."""
    W, v = array(a.W.weight), array(a.v.weight)[0]
    return weigh([dot(v, tanhs(times(W, beside(h, slot)))) for slot in slots], slots)


def luong_eq_7_location(a: Any, h: np.ndarray, slots: Vectors, past: Past) -> Result:
    """a_t = softmax(W_a h_t); for short sentences only the top part of a_t is used."""
    W = array(a.W.weight)
    return weigh([dot(W[s], h) for s in range(len(slots))], slots)


def bahdanau_a_1_2(a: Any, s: np.ndarray, slots: Vectors, past: Past) -> Result:
    """e_ij = v_aᵀ tanh(W_a s_{i−1} + U_a h_j)."""
    W, U, v = array(a.W.weight), array(a.U.weight), array(a.v.weight)[0]
    return weigh([dot(v, tanhs(add(times(W, s), times(U, slot)))) for slot in slots], slots)


def vaswani_eq_1(a: Any, q: np.ndarray, slots: Vectors, past: Past) -> Result:
    """softmax(q kᵀ / √d_k) v."""
    return weigh([dot(q, slot) / sqrt(len(q)) for slot in slots], slots)


def vaswani_3_2_2(a: Any, q: np.ndarray, slots: Vectors, past: Past) -> Result:
    """head_i = Attention(q W_i^Q, K W_i^K, V W_i^V); MultiHead = [head_1; …; head_h] W^O."""
    WQ, WK, WV, WO = (array(each.weight) for each in (a.Q, a.K, a.V, a.O))
    d = len(WQ) // a.heads
    rows, heads = [], []
    for i in range(a.heads):
        mine = slice(i * d, (i + 1) * d)
        asked = times(WQ[mine], q)
        weights = softmax([dot(asked, times(WK[mine], slot)) / sqrt(d) for slot in slots])
        rows.append(weights)
        heads.append(mixed(weights, [times(WV[mine], slot) for slot in slots]))
    return np.array(rows), times(WO, beside(*heads))


def perceptron(a: Any, h: np.ndarray, slots: Vectors, past: Past) -> Result:
    """score = vᵀ tanh(W_2 tanh(W_1 [h_t; h_s] + b_1) + b_2)."""
    one, _, two, _, last = a.net
    W1, b1, W2, b2 = (array(each) for each in (one.weight, one.bias, two.weight, two.bias))
    v = array(last.weight)[0]
    scores = []
    for slot in slots:
        hidden = tanhs(add(times(W1, beside(h, slot)), b1))
        scores.append(dot(v, tanhs(add(times(W2, hidden), b2))))
    return weigh(scores, slots)


def see_eq_10_and_11(a: Any, s: np.ndarray, slots: Vectors, past: Past) -> Result:
    """c^t = Σ_{t'<t} a^{t'}; e_i = vᵀ tanh(W_h h_i + W_s s_t + w_c c_i + b_attn)."""
    W_s, W_h, v = array(a.W.weight), array(a.U.weight), array(a.v.weight)[0]
    w_c, b = array(a.C.weight)[:, 0], array(a.C.bias)
    scores = []
    for i, slot in enumerate(slots):
        covered = sum(float(weights[i]) for weights in past)
        scores.append(dot(v, tanhs(add(times(W_h, slot), times(W_s, s), scaled(covered, w_c), b))))
    return weigh(scores, slots)


def chorowski_eq_8_and_9(a: Any, s: np.ndarray, slots: Vectors, past: Past) -> Result:
    """f_i = F ∗ α_{i−1}; e_ij = wᵀ tanh(W s_{i−1} + V h_j + U f_ij + b).

    F stands here as it slides over the slots; the printed ∗ turns it round, and F is learned.
    """
    W, V, U, b, w = (array(x) for x in (a.W.weight, a.U.weight, a.L.weight, a.L.bias, a.v.weight[0]))
    F = array(a.F.weight)[:, 0]  # (filters, reach)
    before = past[-1] if past else [0.0] * len(slots)
    scores = []
    for j, slot in enumerate(slots):
        f = []
        for k in range(len(F)):
            total = 0.0
            for r in range(len(F[k])):
                place = j + r - len(F[k]) // 2
                if 0 <= place < len(slots):
                    total += float(F[k][r]) * float(before[place])
            f.append(total)
        scores.append(dot(w, tanhs(add(times(W, s), times(V, slot), times(U, f), b))))
    return weigh(scores, slots)


def uniform(a: Any, h: np.ndarray, slots: Vectors, past: Past) -> Result:
    """c = (1/n) Σ_s h_s."""
    return weigh([0.0] * len(slots), slots)


CASES: list[tuple[str, Printed, dict[str, Any]]] = [
    ("dot", luong_eq_8_dot, {"query": D}),
    ("general", luong_eq_8_general, {}),
    ("concat", luong_eq_8_concat, {}),
    ("concat", luong_eq_8_concat, {"width": 3}),
    ("location", luong_eq_7_location, {"positions": S}),
    ("location", luong_eq_7_location, {"positions": S + 2}),
    ("additive", bahdanau_a_1_2, {}),
    ("additive", bahdanau_a_1_2, {"width": 3}),
    ("scaled-dot", vaswani_eq_1, {"query": D}),
    ("query-key-value", vaswani_3_2_2, {}),
    ("query-key-value", vaswani_3_2_2, {"heads": 2, "width": 4}),
    ("multi-head", vaswani_3_2_2, {"heads": 3}),
    ("mlp", perceptron, {"width": 4}),
    ("coverage", see_eq_10_and_11, {}),
    ("location-aware", chorowski_eq_8_and_9, {"filters": 2, "reach": 3}),
    ("location-aware", chorowski_eq_8_and_9, {"filters": 3, "reach": 5, "width": 4}),
    ("mean", uniform, {}),
]


@pytest.mark.parametrize(
    ("kind", "printed", "options"),
    [
        pytest.param(*case, id="-".join([case[0], case[1].__name__, *map(str, case[2].values())]))
        for case in CASES
    ],
)
def test_equation(kind: str, printed: Printed, options: dict[str, Any]) -> None:
    compare(kind, printed, **options)


def test_no_attention_is_the_encoders_last_state() -> None:
    """Sutskever et al. 2014, eq. 1: p(y_t | v, y_1, …, y_{t−1}) with one v for the whole source."""
    attention = draw(ATTENTIONS["none"](Q, D, WINDOWS["global"](Q)))
    for b, steps in enumerate(look(attention, numbers(B, T, Q), D)):
        for weights, context in steps:
            np.testing.assert_array_equal(weights[0], [float(s == LENGTHS[b] - 1) for s in range(S)])
            np.testing.assert_array_equal(context, array(memory().final[b]))


def test_every_attention_has_its_equation_here() -> None:
    assert {kind for kind, _, _ in CASES} | {"none"} == set(ATTENTIONS)


def test_concat_is_an_mlp_of_one_layer_without_biases() -> None:
    """What the docstring of `mlp` says."""
    concat = draw(ATTENTIONS["concat"](Q, D, WINDOWS["global"](Q)))
    mlp = draw(ATTENTIONS["mlp"](Q, D, WINDOWS["global"](Q), layers=1), seed=9)
    with torch.no_grad():
        mlp.net[0].weight.copy_(concat.W.weight)  # type: ignore[union-attr, operator]
        mlp.net[0].bias.zero_()  # type: ignore[union-attr, operator]
        mlp.net[2].weight.copy_(concat.v.weight)  # type: ignore[union-attr, operator]
    query, values = numbers(B, T, Q), memory().values
    assert torch.allclose(
        mlp.score(query, values, None), concat.score(query, values, None), rtol=0, atol=1e-14
    )


def test_control_a_wrong_scale_is_found() -> None:
    """The comparison can fail."""
    with pytest.raises(AssertionError):
        compare("scaled-dot", luong_eq_8_dot, query=D)

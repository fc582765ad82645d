"""The Transformer's parts against their printed equations, and whole layers against torch's own."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, erf, exp, sin, sqrt
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from entarte.attention import ATTENTIONS
from entarte.decoder.transformer import Layer as DecoderLayer
from entarte.encoder.transformer import Layer, Transformer
from entarte.memory import Memory
from entarte.transformer.kinds import KINDS, self_attention
from entarte.transformer.parts import ACTIVATIONS, FeedForward
from entarte.transformer.positions import rotate, sinusoid
from entarte.transformer.shape import Shape
from entarte.window import WINDOWS

from .drawn import LENGTHS, B, S, array, draw, memory, numbers
from .plain import add, beside, dot, each, mixed, scaled, softmax, times

W, H, REACH = 8, 2, 1
Slots = list[np.ndarray]
ACTS: dict[str, Callable[[float], float]] = {
    "relu": lambda x: max(0.0, x),
    "gelu": lambda x: x * (1 + erf(x / sqrt(2))) / 2,
    "silu": lambda x: x / (1 + exp(-x)),
}


def shape(**others: Any) -> Shape:
    """A small layer's settings."""
    given = {
        "section": "encoder",
        "width": W,
        "layers": 2,
        "heads": H,
        "feed_forward": 12,
        "activation": "relu",
        "norm": "post",
        "positions": "none",
        "longest": 9,
        "self_attention": "full",
        "reach": REACH,
        "dropout": 0.0,
        "attention_dropout": 0.0,
        "feed_forward_dropout": 0.0,
    }
    return Shape(**(given | others)).checked()


# -- positions -------------------------------------------------------------------------------------------


def test_sinusoids() -> None:
    """Vaswani et al. 2017, section 3.5: PE(pos, 2i) = sin(pos / 10000^(2i/d)), PE(pos, 2i+1) = cos."""
    ours = array(sinusoid(torch.arange(20), W, numbers(1)))
    for pos in range(20):
        for i in range(W // 2):
            assert ours[pos, 2 * i] == pytest.approx(sin(pos / 10000 ** (2 * i / W)), abs=1e-12)
            assert ours[pos, 2 * i + 1] == pytest.approx(cos(pos / 10000 ** (2 * i / W)), abs=1e-12)


def turned(vector: np.ndarray, m: int) -> np.ndarray:
    """Su et al. 2024, eq. 14–15: R_m x, block by block, θ_i = 10000^(−2(i−1)/d) for i = 1 … d/2."""
    d = len(vector)
    R = np.zeros((d, d))
    for i in range(1, d // 2 + 1):
        angle = m * 10000 ** (-2 * (i - 1) / d)
        at = 2 * (i - 1)
        R[at, at], R[at, at + 1] = cos(angle), -sin(angle)
        R[at + 1, at], R[at + 1, at + 1] = sin(angle), cos(angle)
    return times(R, vector)


def test_rotary_positions() -> None:
    heads = numbers(1, 1, 7, 6)
    ours = array(rotate(heads, torch.arange(7)))
    for m in range(7):
        np.testing.assert_allclose(ours[0, 0, m], turned(array(heads[0, 0, m]), m), rtol=0, atol=1e-12)


def test_rotary_products_know_the_distance_alone() -> None:
    query, key = numbers(1, 1, 1, 6), numbers(1, 1, 1, 6, seed=1)

    def product(m: int, n: int) -> float:
        return float((rotate(query, torch.tensor([m])) * rotate(key, torch.tensor([n]))).sum())

    assert product(2, 5) == pytest.approx(product(12, 15), abs=1e-12)
    assert abs(product(2, 5) - product(2, 6)) > 1e-3


# -- self-attention --------------------------------------------------------------------------------------


def printed(attention: Any, kind: str, slots: Slots, place: int, back: bool, rotary: bool) -> np.ndarray:
    """What the slot at a place says after it has looked."""
    WQ, WK, WV = np.split(array(attention.QKV.weight), 3)
    d = W // H
    seen = [
        j
        for j in range(len(slots))
        if (j <= place or not back) and (kind != "window" or abs(j - place) <= REACH)
    ]
    heads = []
    for h in range(H):
        mine = slice(h * d, (h + 1) * d)
        q = times(WQ[mine], slots[place])
        ks = [times(WK[mine], slots[j]) for j in seen]
        vs = [times(WV[mine], slots[j]) for j in seen]
        if rotary:
            q, ks = turned(q, place), [turned(k, j) for j, k in zip(seen, ks)]
        if kind == "linear":  # Katharopoulos et al. 2020, eq. 4 with φ(x) = elu(x) + 1
            shares = [dot(each(phi, q), each(phi, k)) for k in ks]
            heads.append(scaled(1 / sum(shares), mixed(shares, vs)))
        else:  # Vaswani et al. 2017, eq. 1
            heads.append(mixed(softmax([dot(q, k) / sqrt(d) for k in ks]), vs))
    return times(array(attention.O.weight), beside(*heads))


def phi(x: float) -> float:
    """elu(x) + 1."""
    return x + 1 if x > 0 else exp(x)


WAYS = [(kind, rotary) for kind in KINDS for rotary in (False, True) if (kind, rotary) != ("linear", True)]


@pytest.mark.parametrize(("kind", "rotary"), WAYS)
def test_self_attention_both_ways(kind: str, rotary: bool) -> None:
    positions = "rotary" if rotary else "none"
    attention = draw(self_attention(shape(self_attention=kind, positions=positions)))
    slots, mask = numbers(B, S, W), torch.arange(S) < torch.tensor(LENGTHS)[:, None]
    ours = array(attention.every(slots, mask, torch.arange(S)))
    for b, length in enumerate(LENGTHS):
        real = [array(slots[b, s]) for s in range(length)]
        for s in range(length):
            expected = printed(attention, kind, real, s, back=False, rotary=rotary)
            np.testing.assert_allclose(ours[b, s], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("kind", "rotary"), WAYS)
@pytest.mark.parametrize("cuts", [(7,), (1, 1, 1, 1, 1, 1, 1), (3, 1, 2, 1)])
def test_self_attention_looks_back(kind: str, rotary: bool, cuts: tuple[int, ...]) -> None:
    """All at once, slot by slot, and in parts."""
    positions = "rotary" if rotary else "none"
    attention = draw(self_attention(shape(self_attention=kind, positions=positions)))
    slots = numbers(B, sum(cuts), W)
    past, said, at = attention.start(B, slots), [], 0
    for cut in cuts:
        out, past = attention.extend(slots[:, at : at + cut], past, torch.arange(at, at + cut))
        said.append(out)
        at += cut
    ours = array(torch.cat(said, 1))
    for b in range(B):
        real = [array(slots[b, s]) for s in range(sum(cuts))]
        for s in range(sum(cuts)):
            expected = printed(attention, kind, real, s, back=True, rotary=rotary)
            np.testing.assert_allclose(ours[b, s], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("reach", [1, 2, 3, 5, 40])
@pytest.mark.parametrize("length", [1, 2, 6, 11])
def test_a_window_of_any_width_is_a_mask(reach: int, length: int) -> None:
    """In blocks or not: what `full` would say with all other slots masked."""
    windowed = draw(self_attention(shape(self_attention="window", reach=reach)))
    full = draw(self_attention(shape()))
    slots, place = numbers(1, length, W), torch.arange(length)
    asked, keys, values = full.split(slots, place)
    away = place[:, None] - place
    for near, ours in (
        (away.abs() <= reach, windowed.every(slots, torch.ones(1, length, dtype=torch.bool), place)),
        ((away >= 0) & (away <= reach), windowed.extend(slots, windowed.start(1, slots), place)[0]),
    ):
        expected = full.read(asked, keys, values, near)  # type: ignore[operator]
        assert torch.allclose(ours, expected, rtol=0, atol=1e-12)


def test_a_long_target_is_read_in_chunks() -> None:
    """More than one chunk of linear attention is what slot by slot is."""
    attention = draw(self_attention(shape(self_attention="linear")))
    slots = 0.1 * numbers(1, 150, W)
    whole, _ = attention.extend(slots, attention.start(1, slots), torch.arange(150))
    past, said = attention.start(1, slots), []
    for t in range(150):
        out, past = attention.extend(slots[:, t : t + 1], past, torch.tensor([t]))
        said.append(out)
    assert torch.allclose(whole, torch.cat(said, 1), rtol=0, atol=1e-10)


# -- layers ----------------------------------------------------------------------------------------------


def normed(norm: Any, vector: np.ndarray) -> np.ndarray:
    """Ba et al. 2016, eq. 3–4, and 10⁻⁵ under the root."""
    mean = sum(float(x) for x in vector) / len(vector)
    variance = sum((float(x) - mean) ** 2 for x in vector) / len(vector)
    g, b = array(norm.weight), array(norm.bias)
    return np.array([g[i] * (vector[i] - mean) / sqrt(variance + 1e-5) + b[i] for i in range(len(vector))])


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_feed_forward(activation: str) -> None:
    """Vaswani et al. 2017, eq. 2: FFN(x) = max(0, x W_1 + b_1) W_2 + b_2."""
    feed = draw(FeedForward(shape(activation=activation)))
    vector = numbers(W)
    wide, narrow = feed.wide, feed.narrow
    hidden = each(ACTS[activation], add(times(array(wide.weight), array(vector)), array(wide.bias)))
    expected = add(times(array(narrow.weight), hidden), array(narrow.bias))
    np.testing.assert_allclose(array(feed(vector)), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_an_encoder_layer(norm: str) -> None:
    """LayerNorm(x + Sublayer(x)) (Vaswani et al. 2017); x + Sublayer(LayerNorm(x)) (Xiong et al. 2020)."""
    layer = draw(Layer(shape(norm=norm)))
    slots = numbers(1, S, W)
    ours = array(layer(slots, torch.ones(1, S, dtype=torch.bool), torch.arange(S)))[0]
    stream = [array(slots[0, s]) for s in range(S)]
    first, second = layer.around_sum.norm, layer.feed_sum.norm

    def feed(x: np.ndarray) -> np.ndarray:
        return array(layer.feed(torch.from_numpy(x)))

    if norm == "post":
        looked = [printed(layer.around, "full", stream, s, back=False, rotary=False) for s in range(S)]
        stream = [normed(first, add(x, y)) for x, y in zip(stream, looked)]
        stream = [normed(second, add(x, feed(x))) for x in stream]
    else:
        read = [normed(first, x) for x in stream]
        looked = [printed(layer.around, "full", read, s, back=False, rotary=False) for s in range(S)]
        stream = [add(x, y) for x, y in zip(stream, looked)]
        stream = [add(x, feed(normed(second, x))) for x in stream]
    np.testing.assert_allclose(ours, np.array(stream), rtol=0, atol=1e-12)


def as_torch(layer: Layer, activation: str, norm: str) -> nn.TransformerEncoderLayer:
    """torch's layer with the same numbers; its projections have biases, which are 0 here as in the paper."""
    theirs = nn.TransformerEncoderLayer(
        W, H, 12, dropout=0.0, activation=activation, batch_first=True, norm_first=norm == "pre"
    ).double()
    with torch.no_grad():
        attention = theirs.self_attn
        attention.in_proj_weight.copy_(layer.around.QKV.weight)
        attention.out_proj.weight.copy_(layer.around.O.weight)
        attention.in_proj_bias.zero_()
        attention.out_proj.bias.zero_()
    for ours, other in (
        (layer.feed.wide, theirs.linear1),
        (layer.feed.narrow, theirs.linear2),
        (layer.around_sum.norm, theirs.norm1),
        (layer.feed_sum.norm, theirs.norm2),
    ):
        other.load_state_dict(ours.state_dict())
    return theirs


@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_torch_says_the_same_of_an_encoder_layer(activation: str, norm: str) -> None:
    layer = draw(Layer(shape(norm=norm, activation=activation)))
    slots, mask = numbers(B, S, W), torch.arange(S) < torch.tensor(LENGTHS)[:, None]
    theirs = as_torch(layer, activation, norm)(slots, src_key_padding_mask=~mask)
    ours = layer(slots, mask, torch.arange(S))
    assert torch.allclose(ours[mask], theirs[mask], rtol=0, atol=1e-12)


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_torch_says_the_same_of_an_encoder(norm: str) -> None:
    encoder = draw(Transformer(W, width=W, layers=3, heads=H, feed_forward=12, norm=norm, scaled=True))  # type: ignore[arg-type]
    mask = torch.arange(S) < torch.tensor(LENGTHS)[:, None]
    words = numbers(B, S, W)
    ours = encoder(words, mask)
    stream = words * sqrt(W) + sinusoid(torch.arange(S), W, words)
    for layer in encoder.stack:
        stream = as_torch(layer, "relu", norm)(stream, src_key_padding_mask=~mask)  # type: ignore[arg-type]
    theirs = encoder.norm(stream)
    assert torch.allclose(ours.values[mask], theirs[mask], rtol=0, atol=1e-12)
    assert bool((ours.values[~mask] == 0).all())
    for b, length in enumerate(LENGTHS):
        assert torch.equal(ours.final[b], ours.values[b, length - 1])
        assert torch.equal(ours.summary[0][b, -1], ours.final[b])


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_torch_says_the_same_of_a_decoder_layer(norm: str) -> None:
    made = ATTENTIONS["multi-head"](W, W, WINDOWS["global"](W), heads=H)  # type: ignore[call-arg]
    layer = draw(DecoderLayer(shape(section="decoder", norm=norm), made))
    theirs = nn.TransformerDecoderLayer(W, H, 12, dropout=0.0, batch_first=True, norm_first=norm == "pre")
    theirs = theirs.double()
    attention: Any = layer.attention
    with torch.no_grad():
        for one, into, out in (
            (theirs.self_attn, layer.back.QKV.weight, layer.back.O.weight),
            (
                theirs.multihead_attn,
                torch.cat([attention.Q.weight, attention.K.weight, attention.V.weight]),
                attention.O.weight,
            ),
        ):
            one.in_proj_weight.copy_(into)
            one.out_proj.weight.copy_(out)
            one.in_proj_bias.zero_()
            one.out_proj.bias.zero_()
    for ours, other in (
        (layer.feed.wide, theirs.linear1),
        (layer.feed.narrow, theirs.linear2),
        (layer.back_sum.norm, theirs.norm1),
        (layer.attention_sum.norm, theirs.norm2),
        (layer.feed_sum.norm, theirs.norm3),
    ):
        other.load_state_dict(ours.state_dict())
    seen: Memory = memory(W)
    stream = numbers(B, 5, W, seed=3)
    place = torch.arange(5).expand(B, -1)
    keys, past = layer.attention.keys(seen), layer.back.start(B, stream)
    ours, _, _ = layer(stream, seen, keys, past, None, place)
    expected = theirs(
        stream,
        seen.values,
        tgt_mask=nn.Transformer.generate_square_subsequent_mask(5, dtype=torch.float64),
        memory_key_padding_mask=~seen.mask,
    )
    assert torch.allclose(ours, expected, rtol=0, atol=1e-12)


def test_control_a_head_of_the_wrong_width_is_found() -> None:
    """The comparison can fail: √W in place of √d."""
    attention = draw(self_attention(shape()))
    slots = numbers(1, S, W)
    asked, keys, values = attention.split(slots, torch.arange(S))
    wrong = torch.softmax(asked @ keys.transpose(2, 3) / sqrt(W), -1) @ values
    expected = printed(attention, "full", [array(slots[0, s]) for s in range(S)], 0, False, False)
    assert np.abs(array(attention.join(wrong))[0, 0] - expected).max() > 1e-3

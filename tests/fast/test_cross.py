"""Our own kernel for softmax, cross-entropy and p − truth, against the readable loss."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn.functional import linear

from entarte import fast, native
from entarte.fast import cross, own
from entarte.fast.products import Products
from entarte.loss import cross_entropy as readable

if not native.able("float32"):
    pytest.skip("no kernels run here", allow_module_level=True)

KINDS = [kind for kind, name in own.NAMES.items() if native.able(name)]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=str)


def numbers(*sides: int, seed: int = 1) -> Tensor:
    return torch.randn(*sides, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("rows", "words"), [(1, 1), (3, 5), (8, 16), (33, 70), (100, 1000)])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@every_kind
def test_a_row_of_logits(kind: torch.dtype, rows: int, words: int, smoothing: float) -> None:
    logits, bias = (numbers(rows, words) * 3).to(kind), numbers(words, seed=2)
    truth = torch.randint(words, (rows,), generator=torch.Generator().manual_seed(3))
    wide = (logits.double() + bias.double()).requires_grad_()
    logs = wide.log_softmax(-1)
    nll, even = -logs.gather(-1, truth[:, None]).squeeze(-1), -logs.mean(-1)
    ((1 - smoothing) * nll + smoothing * even).sum().backward()  # type: ignore[no-untyped-call]
    slope = wide.grad
    assert slope is not None
    before, dbias = logits.clone(), torch.ones(words)
    said = cross.slopes(logits, bias, truth, smoothing, None)
    assert torch.equal(logits, before), "nobody has asked for gradients"
    assert torch.equal(said, cross.slopes(logits, bias, truth, smoothing, dbias))
    assert (said - torch.stack([nll, even], -1)).abs().max() < 1e-5
    assert (dbias - 1 - slope.sum(0)).abs().max() < 1e-5 * rows
    assert (logits - slope).abs().max() < (1e-6 if kind == torch.float32 else 2**-8)


@every_kind
def test_threads_do_not_matter(kind: torch.dtype) -> None:
    """Bit for bit, the sums over rows too."""
    threads, found = torch.get_num_threads(), []
    try:
        for count in (1, 2, 3):
            torch.set_num_threads(count)
            logits, dbias = numbers(37, 300).to(kind), torch.zeros(300)
            said = cross.slopes(logits, numbers(300, seed=2), torch.arange(37), 0.1, dbias)
            found.append((said, logits, dbias))
    finally:
        torch.set_num_threads(threads)
    for each in found[1:]:
        assert all(torch.equal(one, other) for one, other in zip(found[0], each, strict=True))


@pytest.mark.parametrize("wrong", [torch.nan, torch.inf])
@every_kind
def test_what_has_diverged_is_seen(kind: torch.dtype, wrong: float) -> None:
    """In its row alone, in the loss and in the gradients."""
    logits, dbias = numbers(3, 40).to(kind), torch.zeros(40)
    logits[1, 7] = wrong
    said = cross.slopes(logits, torch.zeros(40), torch.arange(3), 0.0, dbias)
    assert said.isnan().all(-1).tolist() == [False, True, False]
    assert logits.isnan().all(-1).tolist() == [False, True, False]
    assert dbias.isnan().all()


def test_large_logits_are_no_trouble() -> None:
    """Softmax of what exp cannot hold, and a target of no probability at all."""
    logits = torch.tensor([[1000.0, 0.0, -1000.0], [-500.0, 500.0, 0.0]])
    said = cross.slopes(logits, torch.zeros(3), torch.tensor([2, 1]), 0.0, torch.zeros(3))
    assert said[:, 0].tolist() == [2000.0, 0.0]
    assert (logits - torch.tensor([[1.0, 0.0, -1.0], [0.0, 0.0, 0.0]])).abs().max() < 1e-44


def test_a_target_that_is_no_word_is_refused() -> None:
    for wrong in (-1, 5):
        logits = numbers(2, 5)
        before = logits.clone()
        with pytest.raises(IndexError, match="5 words"):
            cross.slopes(logits, torch.zeros(5), torch.tensor([0, wrong]), 0.0, torch.zeros(5))
        assert torch.equal(logits, before)
    with pytest.raises(ValueError, match="2 × 5"):
        cross.slopes(numbers(2, 5), torch.zeros(4), torch.tensor([0, 1]), 0.0, None)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("chunk", [1, 4, None])
@every_kind
def test_the_node_is_the_loss(kind: torch.dtype, chunk: int | None, smoothing: float) -> None:
    close = 1e-5 if kind == torch.float32 else 0.03
    narrow = None if kind == torch.float32 else kind
    grads = []
    for products in (None, Products(narrow, ours=True), Products(narrow, swift=narrow is None, ours=True)):
        features, weight, bias = (numbers(*sides).requires_grad_() for sides in ((13, 5), (9, 5), (9,)))
        outputs = torch.randint(9, (13,), generator=torch.Generator().manual_seed(4))
        if products is None:
            loss = readable(linear(features, weight, bias), outputs, smoothing)
        else:
            loss = fast.cross_entropy(features, weight, bias, outputs, smoothing, chunk, products)
            assert type(loss.objective.grad_fn).__name__.startswith("OwnCrossEntropy")
            assert not loss.nll.requires_grad
        (loss.objective / loss.tokens).backward()  # type: ignore[no-untyped-call]
        grads.append([loss.objective.detach() / 13, loss.nll / 13, features.grad, weight.grad, bias.grad])
    for one, *others in zip(*grads, strict=True):
        assert one is not None
        assert all(other is not None and (one - other).abs().max() < close for other in others)


def test_no_rows_at_all() -> None:
    features, weight, bias = (numbers(*sides).requires_grad_() for sides in ((0, 5), (9, 5), (9,)))
    loss = fast.cross_entropy(features, weight, bias, torch.arange(0), products=Products(ours=True))
    loss.objective.backward()  # type: ignore[no-untyped-call]
    assert not loss.objective.detach()
    assert weight.grad is not None
    assert not weight.grad.any()

"""What training makes small."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from entarte.batch import Source, Target
from entarte.decoder.base import Unrolled
from entarte.model import Model
from entarte.readout.base import Looked
from entarte.readout.pointer import Pointer, copied, mixed
from entarte.vocabulary import PAD

LEAST = 1e-20
"""A smaller weight is taken as this: a logarithm and its slope stay finite where no look goes at all."""


class Loss(NamedTuple):
    """Sums over tokens, in nats.

    objective  () what the gradient is taken of
    nll        () negative log-likelihood; exp(nll / tokens) is the perplexity
    tokens     how many tokens were said
    """

    objective: Tensor
    nll: Tensor
    tokens: int


def cross_entropy(logits: Tensor, outputs: Tensor, smoothing: float = 0.0) -> Loss:
    """−Σ log p(y), with label smoothing (Szegedy et al. 2016): a share ε of the truth is spread evenly.

    logits   (N, V), real tokens only
    outputs  (N,) long

    >>> loss = cross_entropy(torch.zeros(3, 4), torch.tensor([0, 1, 3]))
    >>> torch.exp(loss.nll / loss.tokens)
    tensor(4.)
    """
    log_probs = torch.log_softmax(logits, dim=-1)
    nll = -log_probs.gather(-1, outputs.unsqueeze(-1)).sum()
    if smoothing == 0.0:
        return Loss(nll, nll.detach(), outputs.numel())
    even = -log_probs.mean(-1).sum()
    return Loss((1 - smoothing) * nll + smoothing * even, nll.detach(), outputs.numel())


def mixture(logits: Tensor, gate: Tensor, copied: Tensor, outputs: Tensor, smoothing: float = 0.0) -> Loss:
    """−Σ log(p_gen P_vocab(y) + (1 − p_gen) copied), of a pointer-generator (See et al. 2017, equations 6 and
    9). Smoothing spreads a share of the truth over the vocabulary as far as it is generated: over P_vocab.

    logits   (N, V), real tokens only
    gate     (N,) the logit of p_gen
    copied   (N,) Σ_{i: x_i = y} a_i
    outputs  (N,) long; from V on: words that can only be copied

    >>> half, none = torch.zeros(2), torch.zeros(2, 4)
    >>> loss = mixture(none, half, torch.tensor([0.75, 0.5]), torch.tensor([1, 4]))
    >>> torch.exp(-loss.nll)  # (1/2 · 1/4 + 1/2 · 3/4) (1/2 · 1/2)
    tensor(0.1250)
    """
    log_probs = torch.log_softmax(logits, dim=-1)
    known = outputs < logits.size(-1)
    generated = log_probs.gather(-1, torch.where(known, outputs, 0).unsqueeze(-1)).squeeze(-1)
    nll = -mixed(torch.where(known, generated, -torch.inf), gate, copied).sum()
    if smoothing == 0.0:
        return Loss(nll, nll.detach(), outputs.numel())
    even = -log_probs.mean(-1).sum()
    return Loss((1 - smoothing) * nll + smoothing * even, nll.detach(), outputs.numel())


def forced(model: Model, unrolled: Unrolled, source: Source, target: Target, smoothing: float = 0.0) -> Loss:
    """−Σ log p of given targets, from a teacher-forced pass."""
    mask, outputs, readout = target.mask, target.outputs, model.readout
    features = unrolled.features[mask]
    logits = readout.logits(features)
    if not isinstance(readout, Pointer):
        return cross_entropy(logits, outputs[mask], smoothing)
    share = copied(Looked.unrolled(model.lead(unrolled.weights), source.copy_ids), outputs)
    return mixture(logits, features[..., -1], share[mask], outputs[mask], smoothing)


def coverage(weights: Tensor, mask: Tensor) -> Tensor:
    """Σ_t Σ_i min(a_i^t, c_i^t) with c^t = Σ_{t' < t} a^{t'}: what is looked at again (See et al. 2017,
    equations 10 and 12; λ times this is added in equation 13). Of several heads the mean counts.

    weights  (B, H, T, S)
    mask     (B, T) True means real

    >>> weights = torch.tensor([[[[0.75, 0.25], [0.5, 0.5], [1.0, 0.0]]]])
    >>> coverage(weights, torch.tensor([[True, True, True]]))  # 0, then 0.5 + 0.25, then 1
    tensor(1.7500)
    """
    looked = weights.mean(1)
    before = looked.cumsum(1) - looked
    return (torch.minimum(looked, before).sum(-1) * mask).sum()


def doubly_stochastic(weights: Tensor, source: Tensor, target: Tensor) -> Tensor:
    """Σ_s (1 − Σ_t α_ts)²: what is looked at too little or too much by all steps together (Xu et al. 2015,
    equation 14, where λ times this is added). Of several heads the mean counts.

    weights  (B, H, T, S)
    source   (B, S) True means real
    target   (B, T)

    >>> weights = torch.tensor([[[[0.75, 0.25], [0.5, 0.5], [1.0, 0.0]]]])
    >>> doubly_stochastic(weights, torch.tensor([[True, True]]), torch.tensor([[True, True, False]]))
    tensor(0.1250)
    """
    looked = (weights.mean(1) * target.unsqueeze(-1)).sum(1)
    return ((1 - looked) ** 2 * source).sum()


def ctc(logits: Tensor, mask: Tensor, target: Target) -> Tensor:
    """−Σ log p(y) of connectionist temporal classification (Graves et al. 2006, eq. 3 and 14), in nats.

    Each slot says a token or nothing; the sum is over all ways that come to y once repetitions are merged and
    then the nothings are left out. Nothing is said by PAD. A target for which there are too few slots adds 0.

    logits  (B, S, V) of the memory's slots
    mask    (B, S)
    target  its EOS is not said here

    >>> from entarte.batch import target
    >>> even = torch.zeros(1, 2, 8)
    >>> two = torch.ones(1, 2, dtype=torch.bool)
    >>> torch.exp(-ctc(even, two, target([[4]]))) * 64  # 4 4, 4 –, – 4
    tensor(3.)
    """
    lengths = target.mask.sum(1) - 1
    return torch.nn.functional.ctc_loss(
        torch.log_softmax(logits, dim=-1).transpose(0, 1),
        target.outputs,
        mask.sum(1),
        lengths,
        blank=PAD,
        reduction="sum",
        zero_infinity=True,
    )


def agree(logits: Tensor, outputs: Tensor, smoothing: float, strength: float) -> Loss:
    """Two passes with different dropout, each with its cross-entropy, drawn to one another: R-Drop (Liang et
    al. 2021, equation 4, halved, so that one pass weighs as much as without it).

    ½ Σ_i −log p_i(y) + α/4 (KL(p_1 ‖ p_2) + KL(p_2 ‖ p_1)), summed over tokens

    logits    (2, N, V), real tokens only
    outputs   (N,) long
    strength  α

    >>> one, other = torch.tensor([[0.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    >>> truth = torch.tensor([1])
    >>> agree(torch.stack([one, one]), truth, 0.0, 9.0).objective  # ln 2: they agree
    tensor(0.6931)
    >>> agree(torch.stack([one, other]), truth, 0.0, 4.0).objective  # (ln 2 + 0.3133) / 2 + 0.2311
    tensor(0.7343)
    """
    both = cross_entropy(logits.flatten(0, 1), outputs.repeat(2), smoothing)
    logs = torch.log_softmax(logits, dim=-1)
    # Σ p log(p / q) + Σ q log(q / p) = Σ (p − q) (log p − log q)
    apart = ((logs[0].exp() - logs[1].exp()) * (logs[0] - logs[1])).sum()
    return Loss((both.objective + strength / 2 * apart) / 2, both.nll / 2, outputs.numel())


def guided(weights: Tensor, guide: Tensor, shift: bool = False, spread: bool = True) -> Tensor:
    """−Σ_t Σ_s g_ts log α_ts: cross-entropy of the attention toward given links (Chen et al. 2016).

    α is the mean of the heads, which is what alignments show. A row of zeros in the guide adds nothing.

    weights  (B, H, T, S)
    guide    (B, T, S), see `entarte.guide`
    spread   False: −Σ_t log Σ_{s linked} α_ts instead, so that the linked pieces share the look as they like
    shift    compare a piece's row with the step after it, which has read the piece; the last piece's with
             that of EOS

    >>> weights = torch.tensor([[[[0.5, 0.5], [0.25, 0.75], [1.0, 0.0]]]])
    >>> guide = torch.tensor([[[0.5, 0.5], [0.0, 1.0], [0.0, 0.0]]])
    >>> torch.exp(-guided(weights, guide))  # 1/2 · 3/4
    tensor(0.3750)
    >>> torch.exp(-guided(weights, guide, spread=False))  # 1 · 3/4
    tensor(0.7500)
    """
    looked = weights.mean(1)
    if shift:
        looked, guide = looked[:, 1:], guide[:, :-1]
    wanted = guide > 0
    if not spread:
        mass = (looked * wanted).sum(-1)[wanted.any(-1)]
        return -mass.to(torch.promote_types(looked.dtype, torch.float32)).clamp_min(LEAST).log().sum()
    chance = looked[wanted].to(torch.promote_types(looked.dtype, torch.float32))
    return -(guide[wanted] * chance.clamp_min(LEAST).log()).sum()

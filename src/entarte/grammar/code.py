"""The standard genetic code, and how often an organism takes which codon."""

from __future__ import annotations

from math import exp

from entarte.grammar.dice import Dice

ORDER = "TCAG"
AMINO = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
CODE = {
    a + b + c: AMINO[16 * i + 4 * j + k]
    for i, a in enumerate(ORDER)
    for j, b in enumerate(ORDER)
    for k, c in enumerate(ORDER)
}
"""Codon → amino acid, * for stop: NCBI's translation table 1 (Nirenberg, Khorana and others, 1961–1966)."""
START = "ATG"
CODONS = {amino: [codon for codon in CODE if CODE[codon] == amino] for amino in sorted(set(AMINO))}
"""Amino acid → its codons; they are synonyms."""


def translate(sequence: str) -> str:
    """The residues of a coding sequence, up to its first stop; bases after the last whole codon are not read.

    >>> translate("ATGGCCTGGTAAGCC")
    'MAW'
    """
    codons = (sequence[at : at + 3] for at in range(0, len(sequence) - 2, 3))
    return "".join(CODE[codon] for codon in codons).partition("*")[0]


class Usage:
    """A preference among synonyms. The weight of a codon is e^(bias · g), g drawn evenly from -1 … 1.

    bias  0: all synonyms alike; 2 is about as uneven as the codons of a bacterium
    """

    def __init__(self, bias: float, seed: int) -> None:
        dice = Dice(f"codon usage {seed}")
        self.shares = {
            amino: [exp(bias * (2 * dice.number() - 1)) for _ in codons] for amino, codons in CODONS.items()
        }

    def codon(self, amino: str, dice: Dice) -> str:
        """One of an amino acid's codons."""
        shares = self.shares[amino]
        point = dice.number() * sum(shares)
        for codon, share in zip(CODONS[amino], shares, strict=True):
            point -= share
            if point < 0:
                return codon
        return CODONS[amino][-1]

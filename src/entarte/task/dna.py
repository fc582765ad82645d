"""A coding sequence in, a protein out."""

from __future__ import annotations

from types import MappingProxyType

from entarte.errors import InputError
from entarte.task.base import Task

BASES = "ACGT"
RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
"""The twenty amino acids of the standard genetic code, in one-letter names (IUPAC-IUB 1984)."""


class Dna(Task):
    """Bases to residues. Every base and every residue is a word, so word links join a residue and its bases.

    Blanks between them change nothing. Lower case (soft masking) is read as upper case and U as T; a protein
    may end with the sign * of the stop codon, which is not said.
    """

    name = "dna"
    source = "coding sequence"
    target = "protein"
    outputs = "Proteins"
    metrics = ("exact", "wer", "length")
    watched = "wer"
    links = ("pointing", "on-gold")
    labels = MappingProxyType({"wer": "residue ER"})

    def pair(self, source: str, target: str | None = None) -> tuple[str, str | None]:
        read = spelled(source.replace("u", "t").replace("U", "T"), BASES, "base")
        return read, None if target is None else spelled(target.rstrip(" *"), RESIDUES, "amino acid")


def spelled(line: str, letters: str, name: str) -> str:
    """The letters of a sequence with a blank between any two.

    >>> spelled("atgGCC", BASES, "base"), spelled("M A", RESIDUES, "amino acid")
    ('A T G G C C', 'M A')
    >>> spelled("ATGNCC", BASES, "base")
    Traceback (most recent call last):
    entarte.errors.InputError: letter 4, 'N', is no base. The letters are ACGT; leave it out.
    """
    said = "".join(line.split()).upper()
    for number, letter in enumerate(said, start=1):
        if letter not in letters:
            raise InputError(
                f"letter {number}, {letter!r}, is no {name}",
                advice=f"The letters are {letters}; leave it out.",
            )
    return " ".join(said)

"""Reading frames: random coding sequences with their proteins, and gold links from each residue to its codon.

A frame begins with ATG and ends with a stop codon. Before it may stand bases that are not translated, with
no ATG among them, so that the first ATG is the start (Kozak 1978: the ribosome scans for it); behind it any.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count as numbers
from zlib import crc32

from entarte.errors import InputError, did_you_mean
from entarte.example import Example
from entarte.grammar.code import CODONS, START, Usage
from entarte.grammar.dice import Dice

PARTS = ("train", "valid", "test")
BASES = "ACGT"
SENSE = [amino for amino in CODONS if amino != "*"]


def frames(
    count: int,
    seed: int = 1,
    part: str = "train",
    *,
    shortest: int = 5,
    longest: int = 30,
    leader: int = 0,
    trailer: int = 0,
    bias: float = 0.0,
) -> Iterator[Example]:
    """So many different reading frames with their proteins; the same seed and part give the same.

    No sequence stands in two parts. Links count bases and residues.

    shortest, longest  codons, the start counted, the stop not
    leader, trailer    most untranslated bases before the start and behind the stop
    bias               of the codon usage, see `code.Usage`

    Raises InputError for an unknown part and for lengths that cannot be.

    >>> _, one = frames(2, seed=4, shortest=3, longest=3, leader=4)
    >>> one.source, one.target, sorted(one.links or ())[:4]
    ('CTGAATGCAAATGTAG', 'MQM', [(4, 0), (5, 0), (6, 0), (7, 1)])
    """
    if part not in PARTS:
        raise InputError(f"there is no part '{part}'", advice=did_you_mean(part, PARTS))
    if not 1 <= shortest <= longest:
        raise InputError(f"a frame cannot have from {shortest} to {longest} codons")
    dice, usage = Dice(f"frames {seed} {part}"), Usage(bias, seed)
    seen: set[str] = set()
    for tried in numbers(1):
        if len(seen) == count:
            return
        if tried > 100 * (count + 10):
            raise InputError(
                f"there are not {count} different frames of {shortest} to {longest} codons in this part",
                advice="Ask for fewer or longer ones.",
            )
        before = untranslated(dice, dice.below(leader + 1))
        protein = "M" + "".join(
            dice.pick(SENSE) for _ in range(shortest - 1 + dice.below(longest - shortest + 1))
        )
        codons = [START, *(usage.codon(amino, dice) for amino in protein[1:]), usage.codon("*", dice)]
        behind = "".join(dice.pick(BASES) for _ in range(dice.below(trailer + 1)))
        sequence = before + "".join(codons) + behind
        if sequence in seen or PARTS[max(crc32(sequence.encode()) % 10 - 7, 0)] != part:
            continue
        seen.add(sequence)
        links = codon_links(len(before), len(protein))
        yield Example(sequence, protein, links, file=f"frames {part}", number=len(seen))


def untranslated(dice: Dice, length: int) -> str:
    """Bases without a start codon among them. None can begin in them and end in the frame's own."""
    said = ""
    while len(said) < length:
        base = dice.pick(BASES)
        if not (said + base).endswith(START):
            said += base
    return said


def codon_links(start: int, residues: int) -> frozenset[tuple[int, int]]:
    """Each residue with its three bases, where the first codon begins at a base.

    >>> sorted(codon_links(1, 2))
    [(1, 0), (2, 0), (3, 0), (4, 1), (5, 1), (6, 1)]
    """
    return frozenset((start + 3 * n + k, n) for n in range(residues) for k in range(3))

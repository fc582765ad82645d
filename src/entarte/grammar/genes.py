"""Real genes: checked against the genetic code, cut at codon boundaries, each residue linked to its codon."""

from __future__ import annotations

from collections.abc import Iterator

from entarte.errors import InputError
from entarte.example import Example
from entarte.grammar.code import CODE
from entarte.grammar.frames import codon_links
from entarte.reader import read


def genes(file: str, *, source: str = "", target: str = "", codons: int = 0) -> Iterator[Example]:
    """The genes of a TSV or JSONL file, with links; each cut into pieces of so many codons (0: whole).

    Blanks are passed over, lower case and U are read as upper case and T. The stop codon stays with the last
    piece. Raises InputError, with file and line, for a letter that is no base, a sequence whose length is no
    multiple of three, and a protein that is not what the code says (the first residue excepted).
    """
    for pair in read(file, source=source, target=target, both=True):
        bases, residues = _letters(pair.source).replace("U", "T"), _letters(pair.target or "").rstrip("*")
        _check(pair, bases, residues)
        size = codons or len(residues)
        for start in range(0, len(residues), size):
            said = residues[start : start + size]
            last = start + size >= len(residues)
            piece = bases[3 * start : None if last else 3 * (start + size)]
            yield Example(piece, said, codon_links(0, len(said)), pair.file, pair.number)


def _letters(line: str) -> str:
    return "".join(line.split()).upper()


def _check(pair: Example, bases: str, residues: str) -> None:
    def wrong(message: str, advice: str) -> InputError:
        return InputError(message, file=pair.file, line=pair.number or None, advice=advice)

    for number, base in enumerate(bases, start=1):
        if base not in "ACGT":
            raise wrong(
                f"letter {number} of the sequence, {base!r}, is no base",
                "The bases are A, C, G and T; leave the gene out.",
            )
    if len(bases) % 3 or not bases:
        raise wrong(f"{len(bases)} bases are no whole number of codons", "Give the spliced coding sequence.")
    said = "".join(CODE[bases[at : at + 3]] for at in range(0, len(bases), 3)).removesuffix("*")
    for number, (wanted, given) in enumerate(zip(said, residues, strict=False), start=1):
        if wanted != given and number > 1:
            raise wrong(
                f"codon {number} says {wanted} in the standard code, and the protein has {given}",
                "Leave out genes of another code, or with stop codons that are read through.",
            )
    if len(said) != len(residues):
        raise wrong(
            f"{len(said)} codons before the stop, and {len(residues)} residues",
            "Give the sequence of this protein, in reading direction.",
        )

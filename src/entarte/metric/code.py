"""Measures of code: as BLEU and exact match, over tokens of code, so that spaces do not count."""

from __future__ import annotations

from collections.abc import Sequence

from entarte.lexer import canonical
from entarte.metric.base import Floats, Rows
from entarte.metric.bleu import Bleu
from entarte.metric.exact import Exact


class ExactCode(Exact):
    """100 · hits / programs. A hit has the same tokens as one of the references (see `entarte.lexer`): a
    space between tokens does not count, one inside a literal does, and so does the kind of quotes.

    As in Ling et al. (2016) and Yin and Neubig (2017), who compare lines of tokenised code.
    """

    name, label = "exact-code", "exact match"

    def __init__(self) -> None:
        super().__init__()

    def sentence(self, hypothesis: str, references: Sequence[str]) -> Floats:
        return super().sentence(canonical(hypothesis), [canonical(each) for each in references])

    def signature(self, rows: Rows) -> str:
        return super().signature(rows) + "|tok:code"


class BleuCode(Bleu):
    """BLEU over tokens of code; a literal counts as the words in it."""

    name, label = "bleu-code", "BLEU"

    def __init__(self) -> None:
        super().__init__(tokenize="none")

    def sentence(self, hypothesis: str, references: Sequence[str]) -> Floats:
        return super().sentence(canonical(hypothesis), [canonical(each) for each in references])

    def signature(self, rows: Rows) -> str:
        return super().signature(rows).replace("tok:none", "tok:code")

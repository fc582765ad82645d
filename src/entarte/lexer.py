"""Code, and what is said about code, cut into the same tokens: what a name is in one it is in the other.

A token is an identifier, a number, an operator, a whole string literal with its quotes, or a single other
character. A literal is one token so that it is copied in one piece; `self.key` is three, in a sentence too,
so that a name is found wherever it stands. A program of several lines is written in one with § for each line
end, as in the Hearthstone corpus (Ling et al. 2016); a step of indentation behind it is the token ⇥.

Tokens joined by single spaces are the canonical form of code: two programs are the same where it is.
"""

from __future__ import annotations

import re

from entarte.span import Word

BREAK, INDENT = "§", "⇥"
STEP = 4  # spaces of one step of indentation, unless the program shows smaller ones

_PREFIX = r"(?<!\w)(?:[rRbBuUfF]|[rR][bBfF]|[bBfF][rR])?"
_TOKEN = re.compile(
    rf"""
    {_PREFIX}'''(?:[^\\]|\\.)*?'''            # literals; where none ends, the quote is a character
  | {_PREFIX}\"\"\"(?:[^\\]|\\.)*?\"\"\"
  | {_PREFIX}'(?:[^'\\]|\\.)*'(?!\w)          # the apostrophe of a word neither begins nor ends one
  | {_PREFIX}"(?:[^"\\]|\\.)*"(?!\w)
  | 0[xXoObB][\da-fA-F_]+ | \d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?[jJlL]?
  | \.\d+(?:[eE][-+]?\d+)?[jJ]?
  | [^\W\d]\w*
  | {BREAK}[ \t]*
  | \*\*=? | //=? | >>=? | <<=? | \.\.\. | -> | := | <>
  | [-+*/%&|^@=<>!]=
  | [^\s]
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(line: str) -> list[Word]:
    """The tokens of a line of code or of text, each with its place.

    >>> [token.text for token in tokens("call self.log with 'it is', don't wait")]
    ['call', 'self', '.', 'log', 'with', "'it is'", ',', 'don', "'", 't', 'wait']
    >>> " ".join(token.text for token in tokens("def f(x):§    return x**2"))
    'def f ( x ) : § ⇥ return x ** 2'
    """
    found: list[Word] = []
    step = _step(line) if BREAK in line else STEP
    for match in _TOKEN.finditer(line):
        text, start = match[0], match.start()
        if text[0] != BREAK:
            found.append(Word(text, start, match.end()))
            continue
        found.append(Word(BREAK, start, start + 1))
        spaces = len(text[1:].expandtabs(step))
        for number in range(spaces // step):
            at = min(start + 1 + number * step, match.end() - 1)
            found.append(Word(INDENT, at, max(min(at + step, match.end()), at)))
    return found


def canonical(line: str) -> str:
    """The tokens joined by single spaces.

    >>> canonical("x=f( 'a  b',-1 )")
    "x = f ( 'a  b' , - 1 )"
    """
    return " ".join(token.text for token in tokens(line))


def program(line: str) -> str:
    """The Python that a line stands for: line ends and indentation are brought back.

    >>> print(program("if x : § ⇥ y = 1"))
    if x :
        y = 1
    """
    lines: list[list[str]] = [[]]
    indents = [0]
    for token in tokens(line):
        if token.text == BREAK:
            lines.append([])
            indents.append(0)
        elif token.text == INDENT:
            indents[-1] += 1
        else:
            lines[-1].append(token.text)
    return "\n".join(" " * (STEP * n) + " ".join(said) for n, said in zip(indents, lines, strict=True))


def _step(line: str) -> int:
    """Spaces of one step of indentation: the fewest that a line begins with, if more than one."""
    widths = [len(spaces) for spaces in re.findall(f"{BREAK}( {{2,}})", line)]
    return min(widths, default=STEP)

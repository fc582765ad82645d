"""Evidence cards: all that is known about an output, on one page.

    [card] = cards(translator, translator.translate(["he hit me with a pie"]))
    card.to_dict(); card.to_markdown(); card.to_html(); card.save("pie.html")

make.py      from outputs to cards
report.py    the cards of a whole test set, sorted by suspicion
markdown.py  as Markdown
page.py      as one HTML file; card.js draws it, with the alignment view
card.schema.json, report.schema.json   what the JSON is
"""

from __future__ import annotations

from entarte.card.card import Card
from entarte.card.make import cards, identity
from entarte.card.report import Report

__all__ = ["Card", "Report", "cards", "identity"]

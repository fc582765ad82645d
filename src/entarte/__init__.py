"""Entarté: sequence-to-sequence learning with attention, and a view of where the decoder looked."""

from __future__ import annotations

__version__ = "0.1.0"

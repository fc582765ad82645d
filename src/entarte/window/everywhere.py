"""Global attention: every source slot, at every step (Luong et al. 2015, section 3.1)."""

from __future__ import annotations

from entarte.window.base import Window


class Everywhere(Window):
    """No window."""

"""How much of the source a query may look at."""

from entarte.window.base import Window
from entarte.window.everywhere import Everywhere
from entarte.window.local_m import LocalM
from entarte.window.local_p import LocalP

WINDOWS: dict[str, type[Window]] = {
    "global": Everywhere,
    "local-m": LocalM,
    "local-p": LocalP,
}

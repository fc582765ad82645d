"""What a source line is: text, or the name of a file that is read as frames.

A member's name is the kind of section [source]; its keyword-only parameters are the settings.
"""

from entarte.source.arrays import Arrays
from entarte.source.audio import Audio
from entarte.source.base import FeatureSource
from entarte.source.images import Images
from entarte.source.row import Cut, Frames, Row, RowError, located
from entarte.source.text import Text

__all__ = [
    "SOURCES",
    "Arrays",
    "Audio",
    "Cut",
    "FeatureSource",
    "Frames",
    "Images",
    "Row",
    "RowError",
    "located",
]

SOURCES: dict[str, type[Text] | type[FeatureSource]] = {
    "text": Text,
    "arrays": Arrays,
    "audio": Audio,
    "images": Images,
}

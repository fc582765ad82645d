"""What a person may choose: one TOML file, `section.key=value` words over it, checked once.

Sections [data] [text] [model] [loss] [train] [generate] are the same for every model; [front]
[encoder] [attention] [window] [decoder] [readout] each name a member of a family by its `kind`, and
its constructor's keyword-only parameters are the settings ([generate] does the same for the search).
"""

from entarte.settings.complete import SECTIONS, Settings, differences, dump, load, loads, resolve, tables
from entarte.settings.families import CHECK, FAMILIES, SEARCH, Family
from entarte.settings.member import Choice, choose, schema
from entarte.settings.sections import Data, Generate, Loss, Text, Train, Wiring
from entarte.settings.shipped import Recipe, recipes

__all__ = [
    "CHECK",
    "FAMILIES",
    "SEARCH",
    "SECTIONS",
    "Choice",
    "Data",
    "Family",
    "Generate",
    "Loss",
    "Recipe",
    "Settings",
    "Text",
    "Train",
    "Wiring",
    "choose",
    "differences",
    "dump",
    "load",
    "loads",
    "recipes",
    "resolve",
    "schema",
    "tables",
]

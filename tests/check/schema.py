"""As much of JSON Schema as our schemas use."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

TYPES = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
    "integer": int, "number": (int, float),
}  # fmt: skip
KNOWN = {
    "$schema", "$defs", "$ref", "title", "description", "type", "properties", "required", "items", "enum",
    "additionalProperties", "const", "minimum", "maximum", "pattern",
}  # fmt: skip


def schema(name: str) -> dict[str, Any]:
    found = json.loads(files("entarte.card").joinpath(name).read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def check(value: Any, rule: Any, root: dict[str, Any], path: str = "$") -> None:
    """AssertionError, with the place, unless the value follows the rule."""
    if rule is True or rule is False:
        assert rule, path
        return
    assert set(rule) <= KNOWN, f"{path}: {set(rule) - KNOWN}"
    if "$ref" in rule:
        file, _, place = rule["$ref"].partition("#/$defs/")
        base = schema(file) if file else root
        check(value, base["$defs"][place] if place else base, base, path)
    if "const" in rule:
        assert value == rule["const"], path
    if "enum" in rule:
        assert value in rule["enum"], path
    if "type" in rule:
        kinds = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
        right = any(isinstance(value, TYPES[kind]) for kind in kinds)
        right &= "boolean" in kinds or not isinstance(value, bool)
        assert right, f"{path}: {value!r} is no {kinds}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        assert rule.get("minimum", value) <= value <= rule.get("maximum", value), f"{path}: {value}"
    if "pattern" in rule:
        assert re.search(rule["pattern"], value), path
    if isinstance(value, list):
        for number, each in enumerate(value):
            check(each, rule.get("items", True), root, f"{path}[{number}]")
    if isinstance(value, dict):
        assert set(rule.get("required", ())) <= set(value), f"{path}: {rule['required']}"
        for key, each in value.items():
            inner = rule.get("properties", {}).get(key, rule.get("additionalProperties", True))
            check(each, inner, root, f"{path}.{key}")

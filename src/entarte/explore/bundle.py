"""The page's modules as one file, so that a browser asks once; made when the server starts, not built.

Each module becomes a function that is called once and returns what it exports:

    const $0 = (() => { … return { make, words }; })();
    const $1 = (() => { const { make } = $0; … return { Steps }; })();
"""

from __future__ import annotations

import re
from collections.abc import Callable
from posixpath import dirname, join, normpath

IMPORT = re.compile(r'^import \{ ([^}]+) \} from "([^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?(?:const|function|class) (\w+))", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def bundle(read: Callable[[str], str], first: str) -> str:
    """A module and all that it imports, each after those that it needs.

    read   the text of a path such as /static/app.js
    first  the path of the module that begins

    Raises ValueError for an import or an export in another form than the page uses.

    >>> texts = {"/a.js": 'import { two } from "./b.js";\\nalert(two);\\n'}
    >>> texts |= {"/b.js": "export const two = 2;\\n"}
    >>> print(bundle(texts.__getitem__, "/a.js"))
    // /b.js
    const $0 = (() => {
    const two = 2;
    return { two };
    })();
    // /a.js
    const $1 = (() => {
    const { two } = $0;
    alert(two);
    return {  };
    })();
    <BLANKLINE>
    """
    names: dict[str, str] = {}
    parts: list[str] = []

    def put(path: str, above: tuple[str, ...]) -> str:
        if path in above:
            raise ValueError(f"{path} imports itself, by {' and '.join(above)}")
        if path not in names:
            text = read(path)
            found = {
                name: put(normpath(join(dirname(path), name)), (*above, path))
                for _, name in IMPORT.findall(text)
            }
            text = IMPORT.sub(lambda each: f"const {{ {each[1]} }} = {found[each[2]]};\n", text)
            told = ", ".join(name for _, name in EXPORT.findall(text))
            text = EXPORT.sub(r"\1", text)
            if other := OTHER.search(text):
                raise ValueError(f"{path}: {other[0]}")
            names[path] = f"${len(names)}"
            parts.append(f"// {path}\nconst {names[path]} = (() => {{\n{text}return {{ {told} }};\n}})();\n")
        return names[path]

    put(first, ())
    return "".join(parts)

"""Texts that show objects: the call that rebuilds a small one, a few lines for one that holds tables.

Nothing that is computed, stored or compared depends on these texts: files have their own (`cevns.fluxes.csv_files`), pickle the
objects themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from itertools import islice
from typing import Any

import numpy as np

LONGEST = 1500  # characters of a text
_PART = 600  # characters of one argument
_MOST = 12  # values of an array, a sequence or a mapping that are shown one by one
_ADDED = 100  # components of a flux whose total is shown
_SOUGHT = 10_000  # names that are looked at in search of different ones


def call(name: str, arguments: Mapping[str, Any], positional: Iterable[Any] = ()) -> str:
    """The call `name(…)` with these arguments: it can be evaluated if they are small, and is short in any case."""
    texts = [["", value, written(value)] for value in positional]
    texts += [[f"{key}=", value, written(value)] for key, value in arguments.items()]
    excess = sum(len(prefix) + len(text) + 2 for prefix, _, text in texts) + len(name) - LONGEST
    for part in sorted(texts, key=lambda part: -len(part[2])):
        if excess <= 0:
            break
        excess -= len(part[2])
        part[2] = _kind(part[1])
        excess += len(part[2])
    return cut(f"{name}({', '.join(prefix + text for prefix, _, text in texts)})")


def of_fields(self: Any) -> str:
    """The repr of a dataclass: the call with the fields that are not as by default."""
    arguments = {}
    for item in fields(self):
        value = getattr(self, item.name)
        default = item.default if item.default_factory is MISSING else item.default_factory()
        if item.repr and item.init and not _same(value, default):
            arguments[item.name] = value
    return call(type(self).__name__, arguments)


def written(value: Any) -> str:
    """The text of an argument."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        return written(value.tolist()) if value.size <= _MOST else _numbers(value)
    if isinstance(value, Mapping):
        if len(value) <= _MOST:
            text = "{" + ", ".join(f"{written(key)}: {written(part)}" for key, part in value.items()) + "}"
            if len(text) <= _PART:
                return text
        return f"<{len(value)} entries: {names(value)}>"
    if isinstance(value, tuple | list):
        if len(value) <= _MOST:
            text = ", ".join(map(written, value))
            if len(text) <= _PART:
                return f"[{text}]" if isinstance(value, list) else f"({text}{',' if len(value) == 1 else ''})"
        return _kind(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    text = repr(value)
    if len(text) <= _PART and "\n" not in text:
        return text
    return cut(text, 60) if isinstance(value, str | int | float | complex) else _kind(value)


def names(values: Iterable[Any], most: int = 8) -> str:
    """Names one after the other, the first ones of many."""
    seen = iter(values)
    listed = list(dict.fromkeys(islice(seen, _SOUGHT)))
    text = ", ".join(cut(str(name), 40) for name in listed[:most])
    if next(seen, None) is not None:
        return f"{text}, …"
    return f"{text}, … ({len(listed)} in all)" if len(listed) > most else text


def cut(text: str, longest: int = LONGEST) -> str:
    """A text without its middle if it is too long."""
    return text if len(text) <= longest else f"{text[: longest * 2 // 3]} … {text[-longest // 4 :]}"


def size(flux: Any, parts: int, unit: str, *flavor: str) -> str:
    """The total of a flux and its mean energy; "?" where a user's function fails, nothing for many parts."""
    if parts > _ADDED:
        return ""  # the integral of a converted spectrum takes a millisecond
    try:
        total = flux.total(*flavor)
        return f"{total:.4g} {unit}" + (f", mean {flux.mean_energy(*flavor):.4g} MeV" if total > 0 else "")
    except Exception:
        return f"? {unit}"


def table(title: str, rows: Iterable[Iterable[str]], most: int = 30) -> str:
    """A small table of HTML for notebooks, its cells escaped; the first rows of many."""
    from html import escape  # its table of entities costs at import

    given = [list(row) for row in rows]
    lines = ["<tr>" + "".join(f"<td>{escape(cut(cell, 300))}</td>" for cell in row) + "</tr>" for row in given[:most]]
    if len(given) > most:
        lines.append(f"<tr><td>… {len(given) - most} more</td></tr>")
    return f"<table><caption>{escape(cut(title, 300))}</caption>{''.join(lines)}</table>"


def axis(edges: Any) -> str:
    """Bins between edges."""
    return f"{len(edges) - 1} bins from {edges[0]:g} to {edges[-1]:g}"


def _numbers(array: Any) -> str:
    what = " × ".join(map(str, array.shape)) + (" numbers" if array.dtype.kind in "fiuc" else " values")
    if array.dtype.kind not in "fiu" or np.isnan(array).all():
        return f"<{what}>"
    return f"<{what} from {np.nanmin(array):g} to {np.nanmax(array):g}>"


def _kind(value: Any) -> str:
    """What an argument is, in a few words."""
    if isinstance(value, tuple | list):
        kinds = {type(part).__name__ for part in value}
        if kinds <= {"float", "int"} and value:
            return f"<{len(value)} numbers from {min(value):g} to {max(value):g}>"
        return f"<{len(value)} × {kinds.pop()}>" if len(kinds) == 1 else f"<{len(value)} values>"
    return f"<{type(value).__name__}>"


def _same(value: Any, default: Any) -> bool:
    if value is default:
        return True
    if isinstance(value, np.ndarray) or isinstance(default, np.ndarray):
        return np.array_equal(value, default)
    try:
        return bool(value == default) and type(value) is type(default)
    except ValueError:  # arrays within
        return False

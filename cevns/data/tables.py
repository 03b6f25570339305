"""The reader of the tables in this folder."""

from __future__ import annotations

import os
from functools import cache

from .._immutable import sealing


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of a CSV file, the names of the columns first, without those that begin with #, which are its sources."""
    # Without pathlib: its import would be a third of that of the whole package.
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return tuple(line for line in file.read().splitlines() if not line.startswith("#"))


@cache
@sealing
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a CSV file, by column."""
    import csv  # costs at import what only this function needs

    columns, *values = csv.reader(lines(name), strict=True)
    return tuple(dict(zip(columns, row, strict=True)) for row in values)

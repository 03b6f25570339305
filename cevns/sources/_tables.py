"""The tables in `cevns/data` that sources need, read when first asked for."""

from __future__ import annotations

import math
import os
from functools import cache


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of a CSV file, the names of the columns first, without those that begin with #, which are its sources."""
    path = os.path.join(os.path.dirname(os.path.dirname(__file__)), "data", name)
    with open(path, encoding="utf-8") as file:
        return tuple(line for line in file.read().splitlines() if not line.startswith("#"))


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a CSV file, by column."""
    columns, *values = (line.split(",") for line in lines(name))
    return tuple(dict(zip(columns, row, strict=True)) for row in values)


def sphere(radius: float) -> float:
    """4π r² of a radius in cm [cm²]."""
    return 4 * math.pi * radius**2

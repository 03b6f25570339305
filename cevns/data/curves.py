"""Curves from tables: which columns of a file they are, and that nobody reads past their last point without having said how."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

from .._arguments import Array, known_name, real_number, shown
from ..errors import InputError
from .columns import Columns

# What a curve is beyond its last point
BEYOND = MappingProxyType({"hold": "its last value", "zero": "0"})


def column_number(table: Columns, column: Any, name: str = "column", *, lowest: int = 0) -> int:
    """The number of a column, from that or from its name in the header.

    Raises
    ------
    InputError, UnknownNameError
        For a column that the file does not have.
    """
    width = table.cells.shape[1]
    if isinstance(column, str):
        return table.names.index(known_name(column, table.names, f"column of {table.path}"))
    if width <= lowest + (lowest == 0):
        raise InputError(
            f"{table.path}, line {table.lines[0]}: two columns are expected, separated by commas or blanks (got {width})"
        )
    index = int(real_number(column, name, minimum=-1e9, maximum=1e9))
    if isinstance(column, bool) or index != column or not lowest <= index < width:
        raise InputError(f"{name} must be an integer >= {lowest} and <= {width - 1} of {table.path} (got {shown(column)})")
    return index


def columns_shown(table: Columns) -> str:
    """The columns of a file, for a message that asks which."""
    width = table.cells.shape[1]
    if not table.names:
        return f"{width} columns, 0 to {width - 1}"
    shown = ", ".join(f"{number} {name!r}" for number, name in enumerate(table.names))
    return f"{width} columns, {shown if len(shown) <= 120 else f'0 to {width - 1}'}"


def check_beyond(beyond: Any, allowed: Iterable[str] = BEYOND) -> None:
    """None, or one of the names of what a curve is beyond its last point."""
    if beyond is not None:
        known_name(beyond, allowed, "choice of beyond")


def check_inside(x: Array, last: float, curve: str, what: str, unit: str, allowed: Iterable[str] = BEYOND) -> None:
    """Refuse points beyond the last one of a curve, of which nothing was said."""
    if x.size and (largest := float(x.max())) > last:
        unit = f" {unit}" if unit else ""
        choices = " or ".join(f"beyond={name!r} for {BEYOND[name]}" for name in allowed)
        raise InputError(f"{curve} ends at {what} = {last:g}{unit} (asked for {largest:g}{unit}): give {choices}")

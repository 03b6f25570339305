"""Files of numbers in columns: reading them, and catching a file that is in another unit than its reader thinks."""

import os
from dataclasses import dataclass

import numpy as np

from ._arguments import Array
from .errors import InputError

# What turns a right integral into a wrong one, and by which factor.
_MIXED_UP = (
    ("energies are in GeV where MeV is expected, or densities per GeV where per MeV is expected", 1e3),
    ("energies are in keV where MeV is expected, or densities per keV where per MeV is expected", 1e3),
    ("areas are m² where cm² is expected", 1e4),
    ("both energies are in GeV and areas are m²", 1e7),
)


@dataclass(frozen=True, eq=False)
class Columns:
    """The numbers of a file.

    Attributes
    ----------
    path : str
        The file.
    names : tuple of str
        The cells of its header; empty if it has none.
    values : ndarray (rows, columns)
        The numbers; an empty cell at the end of the last row is nan.
    lines : tuple of int
        The line of each row, counted from 1.
    header_line : int
        The line of the header, or that of the first row.
    """

    path: str
    names: tuple[str, ...]
    values: Array
    lines: tuple[int, ...]
    header_line: int


def read_columns(path: str | os.PathLike[str], *, short: bool = False) -> Columns:
    """Numbers in columns, separated by commas or blanks; a header may stand above, and # begins a comment.

    Parameters
    ----------
    path : path
        The file, UTF-8.
    short : bool
        Whether the last row may leave cells out at its end, as a histogram does for the last edge.

    Raises
    ------
    InputError
        For a file without numbers or in another encoding, rows of another length, a cell that is not a number; the message
        names file and line.
    OSError
        If the file cannot be read.
    """
    path = os.fspath(path)
    try:
        with open(path, encoding="utf-8-sig") as file:
            rows = [(i, _cells(text)) for i, line in enumerate(file, 1) if (text := line.partition("#")[0].strip())]
    except UnicodeDecodeError:
        raise InputError(f"{path} is not a text in UTF-8") from None
    if not rows:
        raise InputError(f"{path} is empty")
    header_line, first = rows[0]
    names = () if any(_is_number(cell) for cell in first) else tuple(first)
    rows = rows[1:] if names else rows
    if not rows:
        raise InputError(f"{path} has no rows below its header in line {header_line}")
    width = len(first)
    values = np.full((len(rows), width), np.nan)
    for row, (line, cells) in enumerate(rows):
        last = short and row == len(rows) - 1
        while last and cells and not cells[-1]:
            cells.pop()
        if len(cells) != width and not (last and 0 < len(cells) < width):
            raise InputError(f"{path}, line {line}: {width} columns expected (got {len(cells)})")
        for column, cell in enumerate(cells):
            try:
                values[row, column] = float(cell)
            except ValueError:
                raise InputError(f"{path}, line {line}: {cell!r} is not a number") from None
    return Columns(path, names, values, tuple(line for line, _ in rows), header_line)


def check_integral(value: float, low: float, high: float, what: str, path: str, *, bin_width: float | None = None) -> None:
    """Refuse a file whose integral is impossible, and say which mix-up of units would explain it.

    Parameters
    ----------
    value : float
        What the file's table integrates to.
    low, high : float
        What is possible.
    what : str
        What the integral is, with its unit: "antineutrinos per fission".
    path : str
        The file.
    bin_width : float, optional
        Width of a bin [MeV]: contents of bins taken for densities, or densities for contents, are off by it.

    Raises
    ------
    InputError
        If the value is outside.
    """
    if low <= value <= high:
        return
    factors = list(_MIXED_UP)
    if bin_width and not 0.5 < bin_width < 2.0:  # a factor near 1 would explain nothing
        factors.append(
            (f"contents of bins of {bin_width:g} MeV stand where densities per MeV are expected, or densities", bin_width)
        )
    guesses = [text for text, factor in factors if low <= value * factor <= high or low <= value / factor <= high]
    why = f": perhaps {', or '.join(guesses)}" if guesses else ""
    raise InputError(f"{path} holds {value:.4g} {what}, but {low:g} to {high:g} is possible{why}")


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in text.split(",")] if "," in text else text.split()


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True

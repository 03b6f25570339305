"""Files of numbers in columns: reading them, and catching a file that is in another unit than its reader thinks."""

from __future__ import annotations

import ast
import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .._arguments import Array, shown
from .._immutable import kept
from .._texts import of_fields
from ..errors import InputError

# What turns a right integral into a wrong one, and by which factor.
_MIXED_UP = (
    ("energies are in GeV, or densities per GeV", 1e3),
    ("energies are in keV, or densities per keV", 1e3),
    ("areas are m²", 1e4),
    ("both, energies in GeV and areas in m²", 1e7),
)
_PER_STERADIAN = (  # of a flux from the whole sky
    ("fluxes are per steradian (sr), and the whole sky has 4π sr", 4 * math.pi),
    ("fluxes are per steradian (sr), and areas m²", 1e4 / (4 * math.pi)),
)

_UNIT = re.compile(r"(?:[\s_]*[\[(]\s*|[\s_]+)([kmgt]?ev)(?:[\s_]*(?:nr|ee|_?ee))?\s*[\])]?$", re.IGNORECASE)
_UNITS = {unit.lower(): unit for unit in ("eV", "keV", "MeV", "GeV", "TeV")}
_STERADIAN = re.compile(r"(?<![a-z])(sr|steradian)(?![a-z])", re.IGNORECASE)
_EV = re.compile(r"(?<![a-z])([kmgt]?ev)(?![a-z])", re.IGNORECASE)
_AREA = re.compile(r"(?<![a-z])([ckm]?m)(?=\s*(?:\^|\*\*)?\s*[({]?\s*[-−⁻]?\s*[2²])", re.IGNORECASE)
_LONG = re.compile(r"(?<![a-z])(day|d|hour|year|yr)s?(?![a-z])", re.IGNORECASE)
_FORTRAN = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))[dDqQ]([+-]?\d+)|([+-]?(?:\d+\.\d*|\.\d+))([+-]\d{3})")
_HEAD = re.compile(r"cevns (?:\d\S*|(?:flux|table)\b.*?(?: of (\d+) rows\b.*)?)")  # a version: a table of a command
_END = re.compile(r"(?:checksum ([0-9a-f]{32}): )?end of (\d+) rows")
_SUM = 16  # bytes


# ---- names and texts -----------------------------------------------------------------------------------------------------


def path_of(path: Any) -> str:
    """The path of a user's file as a text.

    Raises
    ------
    InputError
        For what is no path, an empty one, or one that no file can have.
    """
    try:
        text = os.fsdecode(path)
        os.fsencode(text)
    except (TypeError, UnicodeError):
        raise InputError(f"path must be the name of a file (got {shown(path)})") from None
    if not text or "\0" in text:
        raise InputError(f"path must be the name of a file (got {shown(path)})")
    return text


def name_of(path: str) -> str:
    """The name of a file without folder and ending, as a printable text whatever its characters."""
    return printable(os.path.splitext(os.path.basename(path))[0])


def printable(text: str) -> str:
    """A text on one line that any file in UTF-8 and any figure can hold."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))


def text_of(path: str) -> str:
    """The text of a file in UTF-8, without a byte-order mark.

    Raises
    ------
    InputError
        For another encoding, or what is no text; the message has file and line.
    OSError
        If the file cannot be read.
    """
    with open(path, "rb") as file:
        content = file.read()
    if content.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise InputError(
            f"{path}, line 1: the file is no text but a compressed file, as .xlsx, .npz and .gz are: save it as CSV in UTF-8"
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path}, line 1: the text is UTF-16, but UTF-8 is expected: save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
        wrong = content.find(b"\0")
        why = "a null byte: perhaps it is UTF-16"
    except UnicodeDecodeError as error:
        wrong = error.start
        why = f"the byte 0x{content[wrong]:02x}"
    if wrong >= 0:
        line = content.count(b"\n", 0, wrong) + 1
        raise InputError(f"{path}, line {line}: the file is not a text in UTF-8 (got {why})")
    return text


def number_of(text: str) -> float:
    """A number as files and options have it: no underscores, digits 0 to 9, and the exponents of Fortran, 1.5D+03 and 1.5-103.

    Raises
    ------
    ValueError
        For what is no number.
    """
    if "_" in text or not text.isascii():  # float also takes the digits of other scripts
        raise ValueError(text)
    try:
        return float(text)
    except ValueError:
        if (match := _FORTRAN.fullmatch(text)) is None:
            raise
        return float(f"{match[1] or match[3]}e{match[2] or match[4]}")


def refuse_underscores(tree: ast.expr, text: str) -> None:
    """Refuse numbers such as 1_000 in a parsed expression, which Python takes for 1000.

    Raises
    ------
    InputError
        If there is one.
    """
    if not re.search(r"\d_\d", text):
        return
    lines = [line.encode() for line in text.split("\n")]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float | complex) and node.end_lineno is not None:
            number = lines[node.lineno - 1][node.col_offset : node.end_col_offset]
            if b"_" in number:
                raise InputError(f"{shown(number.decode())} is not a number")


def split_cells(text: str, separator: str = ",") -> list[str]:
    """The cells of a line; in quotes a separator is text, and two quotes are one.

    Raises
    ------
    ValueError
        For quotes that are not closed.
    """
    if '"' not in text:
        return text.split(separator)
    parts = text.split('"')
    if len(parts) % 2 == 0:
        raise ValueError("quotes are not closed")
    cells: list[str] = []
    cell = ""
    for k, part in enumerate(parts):
        if k % 2:  # within quotes
            cell += part
        elif not part and 0 < k < len(parts) - 1:  # two quotes
            cell += '"'
        else:
            first, *others = part.split(separator)
            cell += first
            for other in others:
                cells.append(cell)
                cell = other
    return [*cells, cell]


def last_line(first: str, table: Sequence[Sequence[str]]) -> str:
    """The last line of a file of this package, by which a reader knows that the file is whole and as it was written.

    Parameters
    ----------
    first : str
        The first line, which says what the file is.
    table : sequence
        The cells of the header and of all rows, each as `plain` or as it stands there.
    """
    return f"# checksum {_checksum(first, table)}: end of {len(table) - 1} rows\n"


def check_whole(path: str, first: str, last: str, table: Sequence[Sequence[str]], line: int) -> None:
    """Refuse a file of this package that is cut, damaged or changed; files of others pass.

    Parameters
    ----------
    path : str
        The file.
    first, last : str
        Its first and its last line that is not empty.
    table : sequence
        The cells of the header and of all rows, as for `last_line`.
    line : int
        The line of the last row.

    Raises
    ------
    InputError
        If the last line is missing, or the number of rows or the checksum is not what it says. Whoever changes a file by hand
        leaves the checksum out: the last line is then `# end of 12 rows`.
    """
    head = _HEAD.fullmatch(comment_of(first) or "")
    end = _END.fullmatch(comment_of(last) or "")
    if head is None and end is None:
        return
    rows = len(table) - 1
    wanted = f"'# end of {head[1] if head and head[1] else '...'} rows'"
    if end is None:
        raise InputError(f"{path}, line {line}: the file is cut or changed: its last line must be {wanted}")
    if head is None:
        raise InputError(f"{path}, line 1: the file is changed: its first line must say what it is, as in '# cevns flux ...'")
    for said in (head[1], end[2]):
        if said and int(said) != rows:
            raise InputError(f"{path}, line {line}: the file is cut or changed: it says {int(said)} rows (got {rows})")
    if end[1] and end[1] != _checksum(first, table):
        raise InputError(
            f"{path}, line {line}: the file is damaged or changed: its checksum is another one; "
            f"if the change is yours, make its last line '# end of {rows} rows'"
        )


def plain(cell: str) -> str:
    """A cell of a table as its checksum takes it: a number is the same however it is written."""
    try:
        return (number_of(cell) + 0.0).hex()  # zero without its sign
    except ValueError:
        return cell


def _checksum(first: str, table: Iterable[Sequence[str]]) -> str:
    import hashlib  # with OpenSSL it costs 3 ms

    said = re.sub(r'[\s,;"]+', " ", comment_of(first) or "")  # a spreadsheet takes its parts for cells
    found = hashlib.blake2b(said.encode(), digest_size=_SUM)
    for cells in table:
        found.update(repr(list(_trimmed(list(cells)))).encode())
    return found.hexdigest()


def comment_of(line: str) -> str | None:
    """The text of a comment line, also if a spreadsheet has put it in quotes and added empty cells; else None."""
    if "#" not in line:
        return None
    text = line.strip().lstrip('"').lstrip()
    return text.strip("#").rstrip(' ,;\t"').strip() if text.startswith("#") else None


def unit_in(name: str) -> str | None:
    """The unit of energy that the name of a column says, as `E_keV` or `energy [GeV]` do; None if it says none."""
    match = _UNIT.search(name)
    return _UNITS[match[1].lower()] if match else None


# ---- columns -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Columns:
    """The numbers of a file.

    Attributes
    ----------
    path : str
        The file.
    names : tuple of str
        The cells of its header, which may stand behind #; empty if it has none.
    cells : ndarray (rows, columns)
        The numbers; nan for a cell that holds none, or that is left out at the end of the last row.
    lines : tuple of int
        The line of each row, counted from 1.
    header_line : int
        The line of the header, or that of the first row.
    wrong : mapping
        (row, column) → the text of a cell that is empty or no number.
    title : str
        Text of the first line, if that is a comment.
    """

    path: str
    names: tuple[str, ...]
    cells: Array
    lines: tuple[int, ...]
    header_line: int
    wrong: Mapping[tuple[int, int], str] = field(default_factory=dict)
    title: str = ""

    __repr__ = of_fields

    @kept
    def values(self) -> Array:
        """The numbers of all columns (rows, columns).

        Raises
        ------
        InputError
            For a cell that is no number; the message has file and line.
        """
        self._check(None)
        return self.cells

    def column(self, number: int) -> Array:
        """The numbers of one column (rows,); what the others hold does not matter.

        Raises
        ------
        InputError
            For a cell that is no number; the message has file and line.
        """
        self._check(number)
        return self.cells[:, number]

    def increasing(self, number: int, what: str, unit: str) -> Array:
        """The numbers of one column, which must increase.

        Raises
        ------
        InputError
            If they do not; the message has file and line.
        """
        values = self.column(number)
        down = ~(np.diff(values) > 0)
        if down.any():
            row = int(np.argmax(down)) + 1
            raise InputError(
                f"{self.path}, line {self.lines[row]}: {what} must increase "
                f"(got {values[row - 1]:.10g}, then {values[row]:.10g}{f' {unit}' if unit else ''})"
            )
        return values

    def check_density(self, number: int, energy_unit: str, area_unit: str) -> None:
        """Refuse a column of fluxes whose name says other units than these, such as `nue [GeV-1 m-2 s-1]`.

        Raises
        ------
        InputError
            For another unit of energy, area or time, or a flux per steradian; the message has file and line.
        """
        name, place = self.names[number], f"{self.path}, line {self.header_line}"
        if _STERADIAN.search(name):
            raise InputError(
                f"{place}: {name!r} is a flux per steradian (sr): multiply it by the solid angle, 4π for all the sky"
            )
        energies = {_UNITS.get(match[1].lower(), "meV") for match in _EV.finditer(name)}
        areas = {f"{match[1].lower()}2" for match in _AREA.finditer(name)}
        for said, unit, argument in ((energies, energy_unit, "energy_unit"), (areas, area_unit, "area_unit")):
            if other := sorted(said - {unit}):
                raise InputError(f"{place}: {name!r} has {other[0]!r}, but {argument} is {unit!r}")
        if match := _LONG.search(name):
            raise InputError(f"{place}: {name!r} is a flux per {match[1]}: densities must be per second, or of a burst")

    def refuse(self, wrong: Any, what: str, number: int | None = None) -> None:
        """Raise an `InputError` with file and line of the first row that is wrong, (rows,) or (rows, columns), if one is.

        `number` is the column that the message shows; all by default.
        """
        rows = np.asarray(wrong).reshape(len(self.lines), -1).any(axis=1)
        if rows.any():
            row = int(np.argmax(rows))
            shown = self.cells[row] if number is None else self.cells[row, number : number + 1]
            text = " ".join(f"{value:g}" for value in shown)
            raise InputError(f"{self.path}, line {self.lines[row]}: {what} (got {text})")

    def _check(self, number: int | None) -> None:
        bad = [place for place in self.wrong if number in (None, place[1])]
        if not bad:
            return
        row, column = min(bad)
        text, place = self.wrong[row, column], f"{self.path}, line {self.lines[row]}"
        if not text:
            name = f" {self.names[column]!r}" if column < len(self.names) and self.names[column] else f" {column}"
            raise InputError(f"{place}: '' is not a number: column{name} is empty")
        raise InputError(f"{place}: {_not_a_number(text)}")


def read_columns(path: str | os.PathLike[str], *, short: bool = False) -> Columns:
    """Numbers in columns, separated by commas, blanks or tabs; a header may stand above, and # begins a comment.

    Cells may stand in quotes, lines may end in commas, exponents may be those of Fortran, and the header may be the comment
    above the first row. A file of this package has a checksum, and is refused if it is cut, damaged or changed (`check_whole`).

    Parameters
    ----------
    path : path
        The file, UTF-8.
    short : bool
        Whether the last row may leave cells out at its end, as a histogram does for the last edge.

    Raises
    ------
    InputError
        For a file without numbers or in another encoding, semicolons between its columns, rows of another length, fewer rows
        than it says; the message names file and line. A cell that is not a number is refused when its column is asked for.
    OSError
        If the file cannot be read.
    """
    path = path_of(path)
    lines = re.split(r"\r\n|\r|\n", text_of(path))
    rows: list[tuple[int, str]] = []
    comments: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if (comment := comment_of(line)) is not None:
            comments.append((number, comment))
            continue
        text = _without_comment(line).strip()
        if text.strip(' ,\t"') and not (number == 1 and text.strip('"').startswith("sep=")):
            rows.append((number, text))
    if not rows:
        raise InputError(f"{path}, line 1: the file is empty")
    table = [(number, _cells(text)) for number, text in rows]
    first = rows[0]
    has_header = not any(_is_number(cell) for cell in table[0][1])
    if has_header:
        table = table[1:]
        if not table:
            _refuse_semicolons(path, *first)
            raise InputError(f"{path}, line {first[0]}: the file has no rows below its header")
    _trim(table, _cells(first[1]) if has_header else [])
    names: tuple[str, ...] = ()
    header_line = first[0]
    if has_header:
        names = _names(first[1], len(table[0][1])) or _trimmed(_cells(first[1]))
    else:
        for number, comment in reversed([c for c in comments if c[0] < first[0]]):
            if names := _names(comment, len(table[0][1])):
                header_line = number
                break
    width = len(names) if has_header else len(table[0][1])
    values = np.full((len(table), width), np.nan)
    wrong: dict[tuple[int, int], str] = {}
    for row, (line, cells) in enumerate(table):
        if len(cells) != width and "\t" in (raw := rows[row + has_header][1]):
            cells[:] = [cell.strip() for cell in _split(raw, "\t")]  # empty cells, where tabs stand between columns
        while len(cells) > width and not cells[-1]:
            cells.pop()
        last = short and row == len(table) - 1
        while last and cells and not cells[-1]:
            cells.pop()
        if len(cells) != width and not (last and 0 < len(cells) < width):
            _refuse_semicolons(path, line, rows[row + has_header][1])
            hint = _commas_hint(rows[row + has_header][1])
            raise InputError(f"{path}, line {line}: {width} columns expected (got {len(cells)}){hint}")
        try:
            values[row, : len(cells)] = [number_of(cell) for cell in cells]
        except ValueError:
            for column, cell in enumerate(cells):
                try:
                    values[row, column] = number_of(cell)
                except ValueError:
                    if ";" in cell:
                        _refuse_semicolons(path, line, cell)
                    wrong[row, column] = cell
    filled = [line for line in lines if line.strip(' ,;\t"') and not line.strip('"').startswith("sep=")]
    title = comment_of(filled[0]) or ""
    read = Columns(path, names, values, tuple(line for line, _ in table), header_line, wrong, title)
    check_whole(path, filled[0], filled[-1], [names, *([plain(cell) for cell in cells] for _, cells in table)], read.lines[-1])
    return read


def check_integral(
    value: float, low: float, high: float, what: str, path: str, *, bin_width: float | None = None, sky: bool = False
) -> None:
    """Refuse a file whose integral is impossible, and say which mix-up of units would explain it.

    Parameters
    ----------
    value : float
        Integral of the table in the file.
    low, high : float
        Bounds of possible values.
    what : str
        Name of the integral, with its unit: "antineutrinos per fission".
    path : str
        The file.
    bin_width : float, optional
        Width of a bin [MeV]: contents of bins taken for densities, or densities for contents, are off by it.
    sky : bool
        Whether a flux may be one per steradian of the sky.

    Raises
    ------
    InputError
        If the value is outside.
    """
    if low <= value <= high:
        return
    factors = [*_MIXED_UP, *(_PER_STERADIAN if sky else ())]
    if bin_width and not 0.5 < bin_width < 2.0:  # a factor near 1 would explain nothing
        factors.append((f"contents of bins of {bin_width:g} MeV stand for densities per MeV, or densities", bin_width))
    guesses = [text for text, factor in factors if low <= value * factor <= high or low <= value / factor <= high]
    why = f": perhaps {', or '.join(guesses)}" if guesses else ""
    raise InputError(f"{path} holds {value:.4g} {what}, but {low:g} to {high:g} is possible{why}")


# ---- inside --------------------------------------------------------------------------------------------------------------


def _without_comment(line: str) -> str:
    if "#" not in line:
        return line
    if '"' not in line:
        return line.partition("#")[0]
    quoted = False
    for place, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == "#" and not quoted:
            return line[:place]
    return line


def _cells(text: str) -> list[str]:
    """The cells of a row, separated by commas where there are some, else by blanks."""
    if '"' not in text:
        return [cell.strip() for cell in text.split(",")] if "," in text else text.split()
    outside = "".join(text.split('"')[::2])
    separator = next((mark for mark in (",", "\t", " ") if mark in outside), ",")
    cells = [cell.strip() for cell in _split(text, separator)]
    return [cell for cell in cells if cell] if separator == " " else cells


def _split(text: str, separator: str) -> list[str]:
    try:
        return split_cells(text, separator)
    except ValueError:
        return text.split(separator)


def _trimmed(cells: list[str]) -> tuple[str, ...]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    return tuple(cells)


def _trim(table: list[tuple[int, list[str]]], header: list[str]) -> None:
    """Drop cells at the end of rows that are empty in all of them, header included: lines that end in commas."""
    width = max(len(_trimmed(cells)) for cells in (header, *(cells for _, cells in table)))
    for _, cells in table:
        while len(cells) > width and not cells[-1]:
            cells.pop()


def _names(text: str, width: int) -> tuple[str, ...]:
    """The names of a header that has as many as there are columns, whatever separates them; () if it has not."""
    ways = [tuple(_cells(text)), _trimmed(_cells(text))]
    ways += [_trimmed([cell.strip() for cell in _split(text, mark)]) for mark in (",", "\t")]
    ways.append(tuple(text.replace(",", " ").split()))
    for names in ways:
        if len(names) == width and not any(_is_number(name) for name in names):
            return names
    return ()


def _refuse_semicolons(path: str, line: int, text: str) -> None:
    if ";" in text:
        raise InputError(
            f"{path}, line {line}: columns are separated by ';', and decimals perhaps by commas: "
            "save the file with ',' between columns and '.' in numbers"
        )


def _commas_hint(text: str) -> str:
    if re.search(r"\d,\d+\s+[-+\d]", text):
        return ": perhaps commas stand in numbers for decimal points, which must be '.'"
    return ""


def _not_a_number(text: str) -> str:
    return f"{shown(text)} is not a number{_commas_hint(f'{text} 0')}"


def _is_number(cell: str) -> bool:
    try:
        number_of(cell)
    except ValueError:
        return False
    return True

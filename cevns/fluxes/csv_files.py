"""Fluxes in files: tables of densities, and a format in which a flux comes back as it was.

The second is a CSV file with one row a component: what it is, its flavour and name, its factor, and its spectrum as the call
that makes it. That is parsed, not run: only the classes of this package are made from it. The last line says how many rows
there are and has a checksum, so that a part of a file, or a damaged one, is never taken for a flux. Whoever changes a file by
hand makes that line `# end of 12 rows`.
"""

from __future__ import annotations

import ast
import csv
import dataclasses
import io
import re
from typing import Any

import numpy as np

from .. import constants
from .._arguments import Array, known_name, shown
from .._kinds import kind_of
from ..data.columns import (
    check_whole,
    comment_of,
    last_line,
    number_of,
    plain,
    read_columns,
    refuse_underscores,
    split_cells,
    text_of,
    unit_in,
)
from ..data.writing import table_file
from ..data.writing import write as write_whole
from ..errors import InputError, UnknownNameError
from . import flavor_conversion  # noqa: F401 (files may name its classes, and those of timing)
from .components import Coherence, Component, Uncertainty
from .spectra import Spectrum
from .timing import Timing  # noqa: F401

COLUMNS = ("part", "flavor", "name", "scale", "spectrum", "timing")

_FIRST = re.compile(r"cevns flux\b.*")
_PER = re.compile(r"cevns flux per (\w+)( of \d+ rows)?")
_TABLE = re.compile(r"cevns table of .*\[cm-2( s-1)? MeV-1\].*")
_ENERGY = ("energy", "e", "e_nu", "enu", "neutrino energy", "neutrino_energy")
_NUMBERS = re.compile(r"\[([-+.\deE,\s]{200,})\]")  # long lists, which a parser of expressions would take long for
_LIST = "numbers_"  # with a number: what stands for such a list


def write(flux: Any, path: str, energy: Array | None) -> None:
    """Write a flux: its densities at energies [MeV], or all of it."""
    if energy is not None:
        densities = [flux.spectrum(energy, flavor) for flavor in flux.flavors]
        unit = "cm-2 s-1" if flux.per == "s" else "cm-2"
        what = f"cevns table of {energy.size} rows: energy [MeV], then densities [{unit} MeV-1]; lines are not in it"
        write_whole({path: table_file(what, ["energy", *flux.flavors], np.transpose([energy, *densities]))})
        return
    rows = [list(COLUMNS)]
    rows += [_row("component", c.flavor, c.name, c.scale, c.spectrum, c.timing) for c in flux.components]
    for u in flux.uncertainties:
        rows += [_row(f"uncertainty {u.name}", c.flavor, c.name, c.scale, c.spectrum, c.timing) for c in u.parts]
    for both in flux.coherences:
        flavors = " ".join(both.flavors)
        rows.append(_row("real", flavors, both.name, both.scale, both.real))
        rows.append(_row("imaginary", flavors, both.name, both.scale, both.imaginary))
    first = f"# cevns flux per {flux.per} of {len(rows) - 1} rows\n"
    text = io.StringIO()
    text.write(first)
    csv.writer(text, lineterminator="\n").writerows(rows)
    text.write(last_line(first, [_plain(row) for row in rows]))
    write_whole({path: text.getvalue().encode()})


def read(path: str) -> dict[str, Any] | None:
    """The arguments of the flux in a file that `write` wrote without energies; None if it is another file."""
    lines = [(number, line) for number, line in enumerate(re.split(r"\r\n|\r|\n", text_of(path)), 1) if line.strip(' ,;\t"')]
    first = lines[0][1] if lines else ""
    if not _FIRST.fullmatch(comment_of(first) or ""):
        return None
    rows = [(number, _split(path, number, line)) for number, line in lines if comment_of(line) is None]
    if not rows or tuple(rows[0][1]) != COLUMNS:
        semicolons = " and columns are separated by ',', not by ';'" if rows and ";" in rows[0][1][0] else ""
        raise InputError(f"{path}, line {rows[0][0] if rows else 2}: the header must be {','.join(COLUMNS)!r}{semicolons}")
    check_whole(path, first, lines[-1][1], [_plain(row) for _, row in rows], rows[-1][0])
    components: list[Component] = []
    uncertainties: list[Uncertainty] = []
    coherences: list[Coherence] = []
    real: Any = None
    for line, row in rows[1:]:
        try:
            if len(row) != len(COLUMNS):
                raise InputError(f"{len(COLUMNS)} columns expected (got {len(row)})")
            part, flavor, name, number, spectrum, timing = row
            scale = _number(number)
            if part == "real":
                real = (flavor, name, scale, rebuilt(spectrum))
            elif part == "imaginary":
                if real is None or real[:3] != (flavor, name, scale):
                    raise InputError("an imaginary part must follow its real part")
                a, b = flavor.split()
                coherences.append(Coherence((a, b), name, real[3], rebuilt(spectrum), scale))
            else:
                component = Component(flavor, name, rebuilt(spectrum), scale, rebuilt(timing or "None"))
                if part == "component":
                    components.append(component)
                elif part.startswith("uncertainty "):
                    uncertainties.append(Uncertainty(part.removeprefix("uncertainty "), (component,)))
                else:
                    raise InputError(f"a part is a component, an uncertainty, real or imaginary (got {shown(part[:60])})")
        except (InputError, UnknownNameError, TypeError, ValueError, OverflowError) as error:
            raise InputError(f"{path}, line {line}: {error}") from None
    per = _PER.fullmatch(comment_of(first) or "")
    return {
        "components": tuple(components),
        "per": per[1] if per else "",
        "uncertainties": tuple(uncertainties),
        "coherences": tuple(coherences),
    }


def read_densities(
    path: str, short: bool, energy_unit: str = "MeV", area_unit: str = "cm2", per: str = "s"
) -> tuple[Array, dict[str, Array], int]:
    """Energies, densities by flavour and the first line of numbers, from a file of columns `energy,<flavor>,…`."""
    columns = read_columns(path, short=short)
    place = f"{path}, line {columns.header_line}"
    names = tuple(_bare(name) for name in columns.names)
    if len(names) < 2 or names[0].lower() not in _ENERGY:
        got = shown(",".join(columns.names)[:80]) if columns.names else "numbers, without a header"
        raise InputError(f"{place}: the header must be 'energy,<flavor>,…' (got {got})")
    if table := _TABLE.fullmatch(columns.title):  # of this package, which says its units
        own = {"per": "s" if table[1] else "burst", "energy_unit": "MeV", "area_unit": "cm2"}
        for argument, value in {"per": per, "energy_unit": energy_unit, "area_unit": area_unit}.items():
            if value != own[argument]:
                raise InputError(f"{path}, line 1: the table was written with {argument}={own[argument]!r} (got {value!r})")
    said = unit_in(columns.names[0])
    if said is not None and said != energy_unit:
        raise InputError(f"{place}: the header has {columns.names[0]!r}, but energy_unit is {energy_unit!r}")
    for number, flavor in enumerate(names[1:], 1):
        columns.check_density(number, energy_unit, area_unit)
        known_name(flavor, constants.FLAVORS, "flavor", hint=f" ({place})")
    if len(set(names)) != len(names):
        raise InputError(f"{place}: a flavor stands twice in {','.join(names)!r}")
    energy = columns.increasing(0, "energy", energy_unit)
    densities = {}
    for i, name in enumerate(names[1:], 1):
        values = columns.column(i)
        wrong = ~((values >= 0) & (values < np.inf))
        if short:
            wrong[-1] = False
        columns.refuse(wrong, f"{name}: values must be >= 0 and finite", i)
        densities[name] = values[:-1] if short else values  # of a histogram the last edge has no density
    return energy, densities, columns.lines[0]


# ---- writing -------------------------------------------------------------------------------------------------------------


def _row(part: str, flavor: str, name: str, scale: float, spectrum: Spectrum, timing: Any = None) -> list[str]:
    try:
        texts = [_text(spectrum), "" if timing is None else _text(timing)]
        same = rebuilt(texts[0]) == spectrum and rebuilt(texts[1] or "None") == timing
    except (InputError, UnknownNameError, TypeError, ValueError) as error:
        raise InputError(f"component {name!r} cannot be written ({error}): give energies for a table") from None
    if not same:
        raise InputError(f"component {name!r} cannot be written (it would not come back): give energies for a table")
    return [part, flavor, name, _text(scale), *texts]


def _text(value: Any) -> str:
    """The call that makes an object of this package, or a plain value, as `rebuilt` reads it; every digit of a number."""
    if value is None or isinstance(value, bool | str):
        return repr(value)
    if isinstance(value, int | np.integer):
        return repr(int(value))
    if isinstance(value, float | np.floating):
        return repr(float(value))
    if isinstance(value, complex):
        return repr(complex(value))
    if isinstance(value, np.ndarray):
        return repr(value.tolist())
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_text, value))}{',' if len(value) == 1 else ''})"
    kind = type(value)
    if isinstance(value, Spectrum):
        arguments = [_text(argument) for argument in value._parameters()]
    elif dataclasses.is_dataclass(value):
        fields = (f for f in dataclasses.fields(value) if f.init)
        arguments = [f"{f.name}={_text(getattr(value, f.name))}" for f in fields]
    else:
        raise InputError(f"{kind.__name__[:60]!r} is no value that a file can hold")
    if _class(kind.__name__) is not kind:
        raise InputError(f"{kind.__name__[:60]!r} is no spectrum that a file can hold")
    return f"{kind.__name__}({', '.join(arguments)})"


# ---- reading -------------------------------------------------------------------------------------------------------------


def _split(path: str, number: int, line: str) -> list[str]:
    """The cells of a row, without those that a spreadsheet adds at its end."""
    try:
        cells = split_cells(line)
    except ValueError as error:
        raise InputError(f"{path}, line {number}: {error}") from None
    while len(cells) > len(COLUMNS) and not cells[-1]:
        cells.pop()
    return cells


def _plain(row: list[str]) -> list[str]:
    """The cells as their checksum takes them, which a number written in another way does not change."""
    scale = COLUMNS.index("scale")
    return [plain(cell) if i == scale else cell for i, cell in enumerate(row)]


def _bare(name: str) -> str:
    """The name of a column without its unit."""
    text = re.sub(r"\s*[\[(].*[\])]$", "", name)
    return re.sub(r"[\s_](eV|keV|MeV|GeV|TeV)$", "", text, flags=re.IGNORECASE) if unit_in(text) else text


def _number(text: str) -> float:
    try:
        return number_of(text)
    except ValueError:
        raise InputError(f"{text[:60]!r} is not a number") from None


def rebuilt(text: str) -> Any:
    """The object that a text describes, made of the classes of this package and plain values.

    Raises
    ------
    InputError
        For anything else.
    """
    lists: list[list[float]] = []

    def taken(match: re.Match[str]) -> str:
        lists.append([float(number) for number in match[1].split(",")])
        return f"{_LIST}{len(lists) - 1}"

    try:
        short = _NUMBERS.sub(taken, text)
        tree = ast.parse(short, mode="eval").body
        refuse_underscores(tree, short)
        return _value(tree, lists)
    except (SyntaxError, MemoryError, RecursionError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        # text that is nested too deeply, too, or an integer of thousands of digits
        raise InputError(f"{text[:60]!r} is no spectrum that a file can hold") from None


def _value(node: ast.expr, lists: list[list[float]]) -> Any:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        keywords = {k.arg: _value(k.value, lists) for k in node.keywords if k.arg is not None}
        return _class(node.func.id)(*(_value(argument, lists) for argument in node.args), **keywords)
    if isinstance(node, ast.Tuple):
        return tuple(_value(element, lists) for element in node.elts)
    if isinstance(node, ast.Name):
        if node.id in ("inf", "nan"):
            return float(node.id)
        number = node.id.removeprefix(_LIST)
        if number != node.id and number.isdecimal() and int(number) < len(lists):
            return lists[int(number)]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Name):
        return -_value(node.operand, [])
    try:
        return ast.literal_eval(node)
    except ValueError:
        if isinstance(node, ast.List):  # of objects, or with inf
            return [_value(element, lists) for element in node.elts]
        raise InputError(f"{ast.unparse(node)[:60]!r} is no value that a file can hold") from None


def _class(name: str) -> Any:
    found = kind_of(name)
    if found is None:
        raise InputError(f"{name[:60]!r} is no spectrum that a file can hold")
    return found

"""Fluxes in files: tables of densities, and a format in which a flux comes back as it was.

The second is a CSV file with one row a component: what it is, its flavour and name, its factor, and its spectrum as Python
writes it. It is parsed, not run: only the classes of this package are made from it.
"""

import ast
import csv
import importlib
from typing import Any

from . import constants
from ._arguments import Array, known_name
from .components import Coherence, Component, Uncertainty
from .errors import InputError, UnknownNameError
from .files import read_columns
from .fluxes import Flux

COLUMNS = ("part", "flavor", "name", "scale", "spectrum", "timing")

# Where the classes that a file may name are found.
_MODULES = ("spectra", "products", "conversion", "timing", "oscillation", "sources")


def write(flux: Flux, path: str, energy: Array | None) -> None:
    """Write a flux: its densities at energies [MeV], or all of it."""
    if energy is not None:
        columns = [flux.spectrum(energy, flavor) for flavor in flux.flavors]
        rows: list[list[Any]] = [["energy", *flux.flavors]]
        rows += [[repr(float(value)) for value in row] for row in zip(energy, *columns, strict=True)]
        comment = f"# energy [MeV], then densities [{'cm-2 s-1' if flux.per == 's' else 'cm-2'} MeV-1]; lines are not in it\n"
    else:
        rows = [list(COLUMNS)]
        rows += [_row("component", c) for c in flux.components]
        rows += [_row(f"uncertainty {u.name}", part) for u in flux.uncertainties for part in u.parts]
        for c in flux.coherences:
            flavors = " ".join(c.flavors)
            rows += [["real", flavors, c.name, repr(c.scale), repr(c.real), ""]]
            rows += [["imaginary", flavors, c.name, repr(c.scale), repr(c.imaginary), ""]]
        for row in rows[1:]:
            try:
                _rebuilt(row[4])
                _rebuilt(row[5] or "None")
            except InputError as error:
                raise InputError(f"component {row[2]!r} cannot be written ({error}): give energies for a table") from None
        comment = f"# cevns flux per {flux.per}\n"
    with open(path, "w", newline="", encoding="utf-8") as file:
        file.write(comment)
        csv.writer(file, lineterminator="\n").writerows(rows)


def read(path: str) -> Flux | None:
    """The flux of a file that `write` wrote without energies; None if it is another file."""
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            first = file.readline()
            if not first.startswith("# cevns flux per "):
                return None
            per = first.split()[-1]
            reader = csv.reader(file)
            rows = [(reader.line_num + 1, row) for row in reader if row]
    except UnicodeDecodeError:
        raise InputError(f"{path} is not a text in UTF-8") from None
    if not rows or tuple(rows[0][1]) != COLUMNS:
        raise InputError(f"{path}, line 2: the header must be {','.join(COLUMNS)!r}")
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
                real = (flavor, name, scale, _rebuilt(spectrum))
            elif part == "imaginary":
                if real is None or real[:3] != (flavor, name, scale):
                    raise InputError("an imaginary part must follow its real part")
                a, b = flavor.split()
                coherences.append(Coherence((a, b), name, real[3], _rebuilt(spectrum), scale))
            else:
                component = Component(flavor, name, _rebuilt(spectrum), scale, _rebuilt(timing or "None"))
                if part == "component":
                    components.append(component)
                elif part.startswith("uncertainty "):
                    uncertainties.append(Uncertainty(part.removeprefix("uncertainty "), (component,)))
                else:
                    raise InputError(f"a part is a component, an uncertainty, real or imaginary (got {part!r})")
        except (InputError, UnknownNameError, TypeError, ValueError) as error:
            raise InputError(f"{path}, line {line}: {error}") from None
    try:
        return Flux(tuple(components), per, tuple(uncertainties), tuple(coherences))
    except (InputError, UnknownNameError) as error:
        raise InputError(f"{path}: {error}") from None


def read_densities(path: str, short: bool) -> tuple[Array, dict[str, Array], int]:
    """Energies, densities by flavour and the first line of numbers, from a file of columns `energy,<flavor>,…`."""
    columns = read_columns(path, short=short)
    names, place = columns.names, f"{path}, line {columns.header_line}"
    if not names or names[0] != "energy" or len(names) < 2:
        raise InputError(f"{place}: the header must be 'energy,<flavor>,…' (got {','.join(names)!r})")
    for flavor in names[1:]:
        known_name(flavor, constants.FLAVORS, "flavor", hint=f" ({place})")
    if len(set(names)) != len(names):
        raise InputError(f"{place}: a flavor stands twice in {','.join(names)!r}")
    values = columns.values[:, 1:]
    if short:
        values = values[:-1]  # of a histogram the last edge has no density
    return columns.values[:, 0], {name: values[:, i] for i, name in enumerate(names[1:])}, columns.lines[0]


def _row(part: str, component: Component) -> list[str]:
    timing = "" if component.timing is None else repr(component.timing)
    return [part, component.flavor, component.name, repr(component.scale), repr(component.spectrum), timing]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{text!r} is not a number") from None


def _rebuilt(text: str) -> Any:
    """The object that a repr describes, made of the classes of this package and plain values."""
    try:
        tree = ast.parse(text, mode="eval").body
        return _value(tree)
    except (SyntaxError, MemoryError, RecursionError):  # the latter two of text that is nested too deeply
        raise InputError(f"{text[:60]!r} is no spectrum that a file can hold") from None


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        keywords = {k.arg: _value(k.value) for k in node.keywords if k.arg is not None}
        return _class(node.func.id)(*(_value(argument) for argument in node.args), **keywords)
    if isinstance(node, ast.Tuple):
        return tuple(_value(element) for element in node.elts)
    if isinstance(node, ast.Name) and node.id in ("inf", "nan"):
        return float(node.id)
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise InputError(f"{ast.unparse(node)[:60]!r} is no value that a file can hold") from None


def _class(name: str) -> Any:
    for module in _MODULES:
        found = getattr(importlib.import_module(f".{module}", __package__), name, None)
        if isinstance(found, type) and found.__module__.startswith(f"{__package__}."):
            return found
    raise InputError(f"{name[:60]!r} is no spectrum that a file can hold")

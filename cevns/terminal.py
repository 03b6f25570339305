"""What the commands share: values read without eval, the options of a theory, tables, and files written whole or not at all."""

import argparse
import ast
import inspect
import io
import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import constants, form_factors
from ._arguments import Array, known_name
from ._version import __version__
from .errors import InputError
from .interactions import StandardModel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORM_FACTORS = {
    "helm": "Helm",
    "klein-nystrand": "KleinNystrand",
    "symmetrized-fermi": "SymmetrizedFermi",
    "two-parameter-fermi": "TwoParameterFermi",
    "three-parameter-fermi": "ThreeParameterFermi",
    "fourier-bessel": "FourierBessel",
    "harmonic-oscillator": "HarmonicOscillator",
    "solid-sphere": "SolidSphere",
    "gaussian": "Gaussian",
    "dipole": "Dipole",
    "point": "Point",
}


# ---- reading, without eval -----------------------------------------------------------------------------------------------

_CALL = re.compile(r"\s*([A-Za-z_][\w-]*)\s*(\(.*\))?\s*", re.DOTALL)


def call(text: str, known: Mapping[str, Callable[..., Any]], what: str, hint: str = "") -> Any:
    """Call one of the known functions as `name` or `name(parameter=literal, …)` says; nothing else is understood."""
    match = _CALL.fullmatch(text)
    if match is None:
        raise InputError(f"{what} must be a name or name(parameter=value, ...) (got {text!r}){hint}")
    name = known_name(match[1], known, what, hint=hint)
    function = known[name]
    tree = _expression(f"_{match[2] or '()'}", f"{what} {text!r}")
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name):
        raise InputError(f"{what} must be a name or name(parameter=value, ...) (got {text!r}){hint}")
    parameters = inspect.signature(function).parameters
    if tree.args or any(keyword.arg is None for keyword in tree.keywords):
        raise InputError(f"give the parameters of {name} by name, as {name}({', '.join(parameters)}) (got {text!r})")
    given = {}
    for keyword in tree.keywords:
        parameter = known_name(keyword.arg, parameters, f"parameter of {name}")
        if parameter in given:
            raise InputError(f"parameter {parameter} of {name} stands twice (got {text!r})")
        given[parameter] = literal(keyword.value, f"parameter {parameter} of {name}")
    needed = [p.name for p in parameters.values() if p.default is p.empty and p.name not in given]
    if needed:
        raise InputError(f"{name} needs {' and '.join(needed)}, as {name}({', '.join(f'{n}=...' for n in needed)})")
    return function(**given)


def _expression(text: str, what: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError(f"{what} cannot be read; check its brackets, commas and quotes") from None


def literal(value: str | ast.expr, what: str) -> Any:
    """A number, string, tuple, list or mapping that is written out."""
    if isinstance(value, str):
        value = _expression(value.strip(), what)
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise InputError(f"{what} must be a number, text in quotes, or a list or mapping of these") from None


def number(text: str) -> float:
    """A number, as argparse takes one."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def integer(text: str) -> int:
    """A whole number, as argparse takes one."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None


# ---- the options of a theory ---------------------------------------------------------------------------------------------


def add_theory(command: argparse.ArgumentParser, default: str = "") -> None:
    """Add the options of the Standard Model; `default` says what is taken without them, if not the library's own."""
    mixing, scheme, form, skin = (f" ({default or text})" for text in _DEFAULTS)
    command.add_argument("--form-factor", metavar="NAME", help=f"of the nuclei{form}")
    command.add_argument("--weak-mixing-angle", type=number, metavar="X", help=f"sin2 theta_W{mixing}")
    command.add_argument("--couplings", metavar="NAME", help=f"tree, radiative, radiative-q2, eft, running, ...{scheme}")
    command.add_argument("--axial", action="store_true", help="add the part that couples to the spins of the nuclei")
    command.add_argument("--neutron-skin", type=_skin, metavar="FM", help=f"none, empirical, or a length in fm{skin}")


_DEFAULTS = (f"default: {constants.WEAK_MIXING_ANGLE}", "default: tree", "default: helm", "default: none")


def interaction(arguments: argparse.Namespace, base: StandardModel | None = None) -> StandardModel:
    """The Standard Model of the options, which change `base` where they are given."""
    given: dict[str, Any] = {}
    for name in ("weak_mixing_angle", "couplings", "neutron_skin"):
        if getattr(arguments, name) is not None:
            given[name] = getattr(arguments, name)
    if arguments.form_factor is not None:
        known = {name: getattr(form_factors, model) for name, model in FORM_FACTORS.items()}
        given["form_factor"] = call(arguments.form_factor, known, "form factor")
    if arguments.axial:
        given["axial"] = True
    return StandardModel(**given) if base is None else replace(base, **given)


def _skin(text: str) -> float | str:
    return text if text in ("none", "empirical") else number(text)


# ---- writing -------------------------------------------------------------------------------------------------------------


def header(facts: Mapping[str, str]) -> str:
    """Names and what they are, one a line."""
    width = max(map(len, facts))
    return "\n".join(f"{name:{width}}  {value}" for name, value in facts.items())


def table(columns: Mapping[str, Array], units: Sequence[str]) -> str:
    """Columns of numbers under their names and units."""
    energies = sum(unit == "keV" for unit in units)
    cells = [
        [f"{value:.6g}" if i < energies else f"{value:.5e}" for value in column] for i, column in enumerate(columns.values())
    ]
    names = [name.replace("_", " ") for name in columns]
    widths = [max(14, len(name), len(unit)) for name, unit in zip(names, units, strict=True)]
    rows = [names, units, *zip(*cells, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def csv_file(facts: Mapping[str, str], columns: Mapping[str, Array], units: Sequence[str]) -> bytes:
    """The columns with all their digits, under comments that say of what they are."""
    lines = [f"# cevns {__version__}"]
    lines += [f"# {name}: {' '.join(value.splitlines())}" for name, value in facts.items()]
    lines.append(",".join(f"{name} [{unit}]" for name, unit in zip(columns, units, strict=True)))
    lines += [",".join(repr(float(value)) for value in row) for row in zip(*columns.values(), strict=True)]
    return ("\n".join(lines) + "\n").encode()


def cells(rows: Sequence[Sequence[str]]) -> str:
    """Rows of text under their names, the last column as long as it is."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    lines = ["  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def picture(figure: "Figure", path: str) -> bytes:
    """A figure in the format that the name of its file asks for."""
    extension = os.path.splitext(path)[1].lstrip(".").lower()
    known_name(extension, sorted(figure.canvas.get_supported_filetypes()), "format of --plot")
    buffer = io.BytesIO()
    figure.savefig(buffer, format=extension, dpi=160)
    return buffer.getvalue()


def write(files: Mapping[str, bytes]) -> None:
    """Write all files, each under another name first: whole or not at all."""
    ready: list[tuple[str, str]] = []
    try:
        for path, content in files.items():
            if os.path.isdir(path):
                raise IsADirectoryError(21, "is a directory", path)
            folder, name = os.path.split(os.path.realpath(path))
            try:
                handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
            except OSError as error:
                raise type(error)(error.errno, f"cannot be written: {error.strerror}", path) from None
            ready.append((temporary, os.path.join(folder, name)))
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(temporary, 0o666 & ~mask)  # as open() would have made it
        while ready:
            os.replace(*ready[0])
            ready.pop(0)
    finally:
        for temporary, _ in ready:
            os.unlink(temporary)


def written(files: Mapping[str, bytes]) -> list[str]:
    """What is said of files that have been written."""
    return ["", *(f"written: {path}" for path in files)] if files else []

"""Helpers of all commands: values read without eval, the options of a theory, of files and releases, and tables."""

from __future__ import annotations

import argparse
import ast
import inspect
import io
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .. import constants
from .._arguments import Array, canonical_name, known_name, shown
from ..data.columns import number_of, refuse_underscores
from ..data.writing import distinct
from ..errors import InputError
from ..interactions import StandardModel
from ..nuclei import form_factors

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORM_FACTORS = MappingProxyType(
    {
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
)


# ---- reading, without eval -----------------------------------------------------------------------------------------------

_CALL = re.compile(r"\s*([A-Za-z_][\w-]*)\s*(\(.*\))?\s*", re.DOTALL)


def call(text: str, known: Mapping[str, Callable[..., Any]], what: str, hint: str = "") -> Any:
    """Call one of the known functions as `name` or `name(parameter=literal, …)` says; nothing else is understood."""
    match = _CALL.fullmatch(text)
    if match is None:
        raise InputError(f"{what} must be a name or name(parameter=value, ...) (got {shown(text)}){hint}")
    name = canonical_name(match[1], known, what, hint=hint)
    function = known[name]
    tree = _expression(f"_{match[2] or '()'}", f"{what} {text!r}")
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name):
        raise InputError(f"{what} must be a name or name(parameter=value, ...) (got {shown(text)}){hint}")
    parameters = inspect.signature(function).parameters
    if tree.args or any(keyword.arg is None for keyword in tree.keywords):
        raise InputError(f"give the parameters of {name} by name, as {name}({', '.join(parameters)}) (got {shown(text)})")
    given = {}
    for keyword in tree.keywords:
        parameter = known_name(keyword.arg, parameters, f"parameter of {name}")
        if parameter in given:
            raise InputError(f"parameter {parameter} of {name} stands twice (got {shown(text)})")
        given[parameter] = literal(keyword.value, f"parameter {parameter} of {name}")
    needed = [p.name for p in parameters.values() if p.default is p.empty and p.name not in given]
    if needed:
        raise InputError(f"{name} needs {' and '.join(needed)}, as {name}({', '.join(f'{n}=...' for n in needed)})")
    return function(**given)


def _expression(text: str, what: str) -> ast.expr:
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError(f"{what} cannot be read; check its brackets, commas and quotes") from None
    try:
        refuse_underscores(tree, text)
    except InputError as error:
        raise InputError(f"{error} (in {what})") from None
    return tree


def literal(value: str | ast.expr, what: str) -> Any:
    """A number, string, tuple, list or mapping that is written out."""
    if isinstance(value, str):
        value = _expression(value.strip(), what)
    try:
        found = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise InputError(f"{what} must be a number, text in quotes, or a list or mapping of these") from None
    for node in ast.walk(value):
        if isinstance(node, ast.Dict):
            keys = [ast.literal_eval(key) for key in node.keys if key is not None]
            for i, key in enumerate(keys):
                if key in keys[:i]:  # Python would take the last and lose the others
                    raise InputError(f"{shown(key)} stands twice in {what}")
    return found


def number(text: str) -> float:
    """A number, as argparse takes one."""
    try:
        return number_of(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is not a number") from None


def integer(text: str) -> int:
    """A whole number, as argparse takes one."""
    try:
        if "_" in text:
            raise ValueError(text)
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is not a whole number") from None


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


def cells(rows: Sequence[Sequence[str]]) -> str:
    """Rows of text under their names, the last column as long as it is."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    lines = ["  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def picture(figure: Figure, path: str) -> bytes:
    """A figure in the format that the name of its file asks for."""
    extension = os.path.splitext(path)[1].lstrip(".").lower()
    known_name(extension, sorted(figure.canvas.get_supported_filetypes()), "format of --plot")
    buffer = io.BytesIO()
    figure.savefig(buffer, format=extension, dpi=160)
    return buffer.getvalue()


def check_files(arguments: argparse.Namespace) -> None:
    """Refuse arguments of a command that name one file twice, of which one would be lost."""
    inputs = {"--source": ".csv", "the experiment": ".toml"}
    files: dict[str, str] = {}
    for name in ("--source", "the experiment", "--output", "--plot", "--resume"):
        path = getattr(arguments, name.split()[-1].lstrip("-"), None)
        if isinstance(path, str) and path.strip().lower().endswith(inputs.get(name, "")):
            files[name] = path
    distinct(files, "name one file")


def add_release(command: Any) -> None:
    """Add the option of official data releases, which has one form in all commands."""
    command.add_argument(
        "--release",
        action="append",
        default=[],
        metavar="[NAME=]FOLDER",
        help="where you keep the official data release of an experiment, whose name may be left out if it is the only one",
    )


def releases(texts: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """Experiment → folder, of the option's values."""
    found: dict[str, str] = {}
    for text in texts:
        name, equal, folder = text.partition("=")
        if not equal or (len(names) == 1 and name != names[0] and os.path.isdir(text)):  # a folder with = in its name
            name, folder = names[0] if len(names) == 1 else "", text
        if not name or not folder:
            raise InputError(f"--release must be NAME=FOLDER (got {shown(text)})")
        known_name(name, names, "experiment of --release")
        if name in found:
            raise InputError(f"--release of {name} stands twice")
        found[name] = folder
    return found


def written(files: Mapping[str, bytes]) -> list[str]:
    """The message about files that have been written."""
    return ["", *(f"written: {path}" for path in files)] if files else []

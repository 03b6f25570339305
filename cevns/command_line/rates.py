"""The commands `spectrum` and `rate`: recoils of a flux on a target, per kg and day."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import kinematics, plotting, sources
from .._arguments import Array, digits, real_array, real_number, shown
from .._texts import of_fields
from ..data.columns import printable
from ..data.writing import csv_file, write
from ..errors import InputError
from ..fluxes import flux as fluxes
from ..fluxes._base import PER
from ..interactions import StandardModel, couplings
from ..nuclei.targets import Target
from ..scattering import rates
from ..sources import catalogue
from .terminal import (
    FORM_FACTORS,
    add_theory,
    call,
    header,
    integer,
    interaction,
    literal,
    number,
    picture,
    table,
    written,
)

ROWS = 25  # of a table, about, unless --points or --bins says otherwise
MOST_ROWS = 1_000_000
DRAWN = 500  # recoil energies of a curve
NEGLIGIBLE = 1e-3  # of the recoils lie above the default --max


# ---- the arguments -------------------------------------------------------------------------------------------------------


def add_spectrum(spectrum: argparse.ArgumentParser) -> None:
    """Add the arguments of `spectrum`."""
    spectrum.set_defaults(run=_spectrum)
    _add_physics(spectrum)
    spectrum.add_argument("--min", type=number, metavar="KEV", help="lowest recoil energy (default: 0)")
    spectrum.add_argument("--max", type=number, metavar="KEV", help="highest (default: 0.1%% of the recoils lie above)")
    rows = spectrum.add_mutually_exclusive_group()
    rows.add_argument("--points", type=integer, metavar="N", help="number of recoil energies (default: a round step)")
    rows.add_argument("--bins", type=integer, metavar="N", help="integrals over N bins instead of values at points")
    spectrum.add_argument("--log", action="store_true", help="space them by equal factors, and draw on that axis")
    spectrum.add_argument("--split", choices=rates.SPLITS, help="columns for the parts of the rate too")
    spectrum.add_argument("--threshold", type=number, metavar="KEV", help="count the recoils above (default: 0)")
    spectrum.add_argument("--output", metavar="FILE.csv", help="write the table, with all digits")
    spectrum.add_argument("--plot", metavar="FILE.png", help='draw it; .pdf and .svg too. Needs matplotlib: the extra "plot"')


def add_rate(rate: argparse.ArgumentParser) -> None:
    """Add the arguments of `rate`."""
    rate.set_defaults(run=_rate)
    _add_physics(rate)
    rate.add_argument(
        "--threshold", type=number, nargs="+", action="extend", metavar="KEV", help="one or more recoil energies (default: 0)"
    )
    rate.add_argument("--output", metavar="FILE.csv", help="write the table, with all digits")


def _add_physics(command: argparse.ArgumentParser) -> None:
    command.epilog = f"""
sources: {", ".join(_known_sources())}
  with parameters  --source 'reactor(power=2.9, distance=28)'; what they mean: python -c 'import cevns; help(cevns.sources)'
  from a table     --source flux.csv: a header energy,nue,numubar,..., then MeV and 1/(cm2 s MeV)
targets:
  --target CsI, --target 76Ge, --target "{{'76Ge': 0.9, '74Ge': 0.1}}" by mole
form factors: {", ".join(FORM_FACTORS)}; with parameters --form-factor 'helm(convention="engel")'
couplings: {", ".join(couplings.SCHEMES)}
"""
    command.add_argument("--source", required=True, help="sns, 'reactor(power=2.9, distance=28)', FILE.csv, ...")
    command.add_argument("--target", required=True, help="a formula, a nuclide or a mixture")
    add_theory(command)
    command.add_argument("--interpolation", choices=("linear", "loglog", "histogram"), help="of a source from a CSV file")
    command.add_argument("--per", choices=PER, help="unit of a source from a CSV file: per second or per burst")


# ---- the commands --------------------------------------------------------------------------------------------------------


def _spectrum(arguments: argparse.Namespace) -> str:
    run = _Run.read(arguments)
    threshold = 0.0 if arguments.threshold is None else real_number(arguments.threshold, "--threshold", unit="keV", minimum=0.0)
    grid = _grid(arguments, run, threshold)
    total = rates.rate(run.flux, run.target, run.interaction, threshold)

    if arguments.bins is None:
        columns = {"recoil_energy": grid}
        values = run.by_part(grid, arguments.split)
        units = ["keV"] + [run.unit("keV")] * len(values)
    else:
        columns = {"from": grid[:-1], "to": grid[1:]}
        values = run.binned_by_part(grid, arguments.split)
        units = ["keV", "keV"] + [run.unit()] * len(values)
    columns |= values

    facts = run.facts | {
        f"recoils above {threshold:g} keV": f"{total:.6g} {run.unit()}",
        "table": "rates at recoil energies" if arguments.bins is None else "rates in bins of recoil energy",
    }
    files: dict[str, bytes] = {}
    if arguments.plot is not None:
        files[arguments.plot] = _drawn(arguments, run, grid, threshold)
    if arguments.output is not None:
        files[arguments.output] = csv_file(facts, columns, units)
    write(files)
    return "\n".join([header(facts), "", table(columns, units), *written(files)])


def _rate(arguments: argparse.Namespace) -> str:
    run = _Run.read(arguments)
    thresholds = real_array(arguments.threshold or [0.0], "--threshold", unit="keV", minimum=0.0)
    columns = {"threshold": thresholds, "rate": rates.rate(run.flux, run.target, run.interaction, thresholds)}
    units = ["keV", run.unit()]
    files = {} if arguments.output is None else {arguments.output: csv_file(run.facts, columns, units)}
    write(files)
    return "\n".join([header(run.facts), "", table(columns, units), *written(files)])


# ---- what is asked for ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Run:
    """A source, a target and an interaction, read from the arguments, and how they were called there."""

    flux: fluxes.Flux
    target: Target
    interaction: StandardModel
    source_name: str
    target_name: str

    __repr__ = of_fields

    @classmethod
    def read(cls, arguments: argparse.Namespace) -> _Run:
        return cls(_source(arguments), _target(arguments.target), interaction(arguments), arguments.source, arguments.target)

    @property
    def facts(self) -> dict[str, str]:
        """What the results are of."""
        per = "/(cm2 s)" if self.flux.per == "s" else "/cm2"
        return {
            "source": self.source_name,
            "flux": f"{self.flux.total():.6g} {per}, mean energy {self.flux.mean_energy():.4g} MeV",
            "target": f"{self.target_name} ({', '.join(nuclide.name for nuclide, _ in self.target.components)})",
            "interaction": repr(self.interaction),
        }

    def unit(self, *more: str) -> str:
        """The unit of a rate, over `more`."""
        parts = ["kg", *(["day"] if self.flux.per == "s" else []), *more]
        return f"1/({' '.join(parts)})" if len(parts) > 1 else f"1/{parts[0]}"

    def by_part(self, recoil_energy: Array, split: str | None) -> dict[str, Array]:
        """dR/dT, whole and then in its parts."""
        whole = {"rate": rates.differential_rate(recoil_energy, self.flux, self.target, self.interaction)}
        if split is None:
            return whole
        parts = rates.differential_rate(recoil_energy, self.flux, self.target, self.interaction, split)
        return whole | self._merged(zip(self._labels(split), parts, strict=True))

    def binned_by_part(self, edges: Array, split: str | None) -> dict[str, Array]:
        """Rates in bins, whole and then in their parts."""
        whole = {"rate": rates.binned_rate(edges, self.flux, self.target, self.interaction)}
        if split is None:
            return whole
        if split == "nuclide":
            pure = [(Target(nuclide), count) for nuclide, count in self.target.components]
            parts = [  # a kilogram of one nuclide holds more of it than a kilogram of the mixture
                count / target.components[0][1] * rates.binned_rate(edges, self.flux, target, self.interaction)
                for target, count in pure
            ]
        else:
            some = (
                [fluxes.Flux((component,), self.flux.per) for component in self.flux.components]
                if split == "component"
                else [self.flux.select(flavor=flavor) for flavor in self.flux.flavors]
            )
            parts = [rates.binned_rate(edges, flux, self.target, self.interaction) for flux in some]
        return whole | self._merged(zip(self._labels(split), parts, strict=True))

    def _labels(self, split: str) -> list[str]:
        if split == "nuclide":
            return [nuclide.name for nuclide, _ in self.target.components]
        if split == "flavor":
            return list(self.flux.flavors)
        labels = [f"{component.name} {component.flavor}" for component in self.flux.components]
        if len(set(labels)) <= plotting.MOST_PARTS:
            return labels
        return [component.name for component in self.flux.components]  # the Sun's eight, and not each in three flavours

    @staticmethod
    def _merged(parts: Any) -> dict[str, Array]:
        """Parts of one name as one."""
        merged: dict[str, Array] = {}
        for label, values in parts:
            merged[label] = merged[label] + values if label in merged else values
        return merged


def _grid(arguments: argparse.Namespace, run: _Run, threshold: float) -> Array:
    """The recoil energies of the table, or the edges of its bins."""
    given = {
        name: None if value is None else real_number(value, f"--{name}", unit="keV", minimum=0.0)
        for name, value in (("min", arguments.min), ("max", arguments.max))
    }
    intervals = None  # between the energies of the table
    if arguments.bins is not None:
        intervals = int(real_number(arguments.bins, "--bins", minimum=1, maximum=MOST_ROWS))
    elif arguments.points is not None:
        intervals = int(real_number(arguments.points, "--points", minimum=2, maximum=MOST_ROWS)) - 1

    low = given["min"] or 0.0
    end = max(kinematics.recoil_energy_max(run.flux.breaks[-1], nuclide) for nuclide, _ in run.target.components)
    for name, value in (("--threshold", threshold), ("--min", low)):
        if value >= end:
            raise InputError(
                f"{name} must be < {end:.4g} keV, the largest recoil of this source and target (got {digits(value)})"
            )
    high = given["max"]
    if high is None:
        high = _fallen(run, max(low, threshold), end)
        step = _round_up((high - low) / ROWS)
        high = low + step * float(np.ceil((high - low) / step * (1 - 1e-9)))
    if not low < high:
        raise InputError(f"--max must be > --min (got --min {digits(low)} and --max {digits(high)} keV)")

    energies: Array
    if arguments.log:
        if given["min"] == 0.0:
            raise InputError("--min must be > 0 keV with --log (got 0)")
        energies = np.asarray(np.geomspace(low or 1e-3 * high, high, (intervals or ROWS - 1) + 1), np.float64)
    elif intervals is not None:
        energies = np.linspace(low, high, intervals + 1)
    else:
        step = _round_up((high - low) / ROWS)
        energies = low + step * np.arange(2.0 * ROWS)
        energies = np.append(energies[energies < high - 1e-9 * step], high)
    if (np.diff(energies) <= 0).any():
        raise InputError(f"--min {low:g} and --max {high:g} keV are too near for {energies.size} recoil energies between them")
    return energies


def _fallen(run: _Run, low: float, end: float) -> float:
    """The recoil energy [keV] above which almost no recoils are left, of those above `low`."""
    thresholds = low + (end - low) * np.linspace(0.0, 1.0, 2001) ** 2
    left = rates.rate(run.flux, run.target, run.interaction, thresholds)
    fallen = np.flatnonzero(left <= NEGLIGIBLE * left[0])
    return end if left[0] == 0.0 or not fallen.size else float(thresholds[fallen[0]])


def _round_up(step: float) -> float:
    """The next of …, 0.5, 1, 2, 2.5, 5, 10, …"""
    power = 10.0 ** np.floor(np.log10(step))
    return float(next(power * mantissa for mantissa in (1.0, 2.0, 2.5, 5.0, 10.0) if power * mantissa >= step * (1 - 1e-9)))


# ---- reading, without eval -----------------------------------------------------------------------------------------------


def _source(arguments: argparse.Namespace) -> fluxes.Flux:
    text = arguments.source
    if text.strip().lower().endswith(".csv"):
        return fluxes.Flux.from_csv(text, interpolation=arguments.interpolation or "linear", per=arguments.per or "s")
    for option in ("interpolation", "per"):
        if getattr(arguments, option) is not None:
            raise InputError(f"--{option} is for a source from a CSV file (got --source {shown(text)})")
    flux = call(text, _known_sources(), "source", " (or the path of a CSV file, which ends in .csv)")
    if not isinstance(flux, fluxes.Flux):
        raise InputError(f"{text} is a flux in steps of time, of which this command cannot tell the rate")
    return flux


def _known_sources() -> dict[str, Callable[..., Any]]:
    """The functions of `cevns.sources` that make a flux."""
    offered = {name: getattr(sources, name) for name in sources.__all__}
    functions = {name: value for name, value in offered.items() if inspect.isfunction(value)}
    return {name: value for name, value in functions.items() if name in catalogue.EXAMPLES}


def _target(text: str) -> Target:
    if not text.lstrip().startswith("{"):
        return Target(text)
    mixture = literal(text, f"--target {text!r}")
    if not isinstance(mixture, dict):
        raise InputError(f"a mixture must be like {{'76Ge': 0.9, '74Ge': 0.1}} (got {shown(text)})")
    return Target(mixture)


# ---- drawing -------------------------------------------------------------------------------------------------------------


def _drawn(arguments: argparse.Namespace, run: _Run, grid: Array, threshold: float) -> bytes:
    """The figure of a spectrum or of its bins, in the format that the file's name asks for."""
    split = arguments.split
    if split is None:  # of what there is more than one, if it can be told apart
        parts = {name: len(set(run._labels(name))) for name in ("component", "nuclide")}
        split = next((name for name, number in parts.items() if 1 < number <= plotting.MOST_PARTS), None)
    if arguments.bins is not None:
        shown = grid
        values = run.binned_by_part(grid, split)
    else:
        shown = (np.geomspace if arguments.log else np.linspace)(grid[0], grid[-1], max(DRAWN, grid.size))
        values = run.by_part(shown, split)
    total = values.pop("rate")
    figure = plotting.spectrum(
        shown,
        total,
        parts=values,
        per=run.flux.per,
        title=plotting.plain(printable(f"{run.source_name} on {run.target_name}")),
        threshold=threshold or None,
        log=arguments.log,
    )
    return picture(figure, arguments.plot)

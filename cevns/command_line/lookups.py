"""The commands that look something up: `sources`, `nuclide` and `config`."""

from __future__ import annotations

import argparse
import inspect
from fractions import Fraction

from .. import _config, kinematics, sources
from ..interactions import couplings
from ..nuclei import form_factors, nuclides
from ..sources import catalogue
from .terminal import cells


def add_sources(command: argparse.ArgumentParser) -> None:
    """Add the arguments of `sources`: none."""
    command.set_defaults(run=_sources)


def add_nuclide(command: argparse.ArgumentParser) -> None:
    """Add the arguments of `nuclide`."""
    command.set_defaults(run=_nuclide)
    command.add_argument("name", nargs="+", help="133Cs, Cs133 or Cs-133")


def add_config(command: argparse.ArgumentParser) -> None:
    """Add the arguments of `config`: none."""
    command.set_defaults(run=_configuration)


def _sources(arguments: argparse.Namespace) -> str:
    """A table of all sources, each as a typical call makes it."""
    rows = [["source", "flux", "", "+-", "<E> [MeV]", "flavors", "what it is"]]
    for name, arguments_of in catalogue.EXAMPLES.items():
        about = (inspect.getdoc(getattr(sources, name)) or "").split("\n", 1)[0].rstrip(".")
        if arguments_of is None:
            rows.append([catalogue.written(name), "-", "", "", "-", "from a file or an object of yours", about])
            continue
        flux = getattr(sources, name)(**arguments_of)
        total = flux.total()
        known = f"{100 * flux.total_uncertainty() / total:.2g} %" if flux.uncertainties else "-"
        per = "/(cm2 s)" if flux.per == "s" else "/cm2"
        rows.append(
            [catalogue.written(name), f"{total:.4g}", per, known, f"{flux.mean_energy():.4g}", " ".join(flux.flavors), about]
        )
    return cells(rows)


def _nuclide(arguments: argparse.Namespace) -> str:
    return "\n\n".join(_described(nuclides.Nuclide(name)) for name in arguments.name)


def _configuration(arguments: argparse.Namespace) -> str:
    return "\n".join(f"{name:16} {value}" for name, value in _config.config().items())


def _described(nuclide: nuclides.Nuclide) -> str:
    spin = Fraction(nuclide.spin).limit_denominator(2)
    radius = f"{nuclide.charge_radius:.4f} +- {nuclide.charge_radius_uncertainty:.4f}"
    of_radius = {
        "measured": "Angeli and Marinova 2013",
        "muonic": "of muonic atoms, PDG 2022 and CODATA 2022",
        "systematics": "not measured: fit to Angeli and Marinova 2013",
    }
    moment = nuclide.magnetic_moment
    rows = [
        ("Z, N, A", f"{nuclide.Z}, {nuclide.N}, {nuclide.A}", "", f"element {nuclide.symbol}"),
        ("mass of the nucleus", f"{nuclide.mass:.6f}", "MeV", "AME2020, less the electrons, plus their binding"),
        ("mass of the atom", f"{nuclide.atomic_mass:.9f}", "u", "AME2020"),
        ("natural abundance", f"{nuclide.abundance:.6g}", "", "mole fraction of the element, CIAAW 2021"),
        ("spin and parity", f"{spin}{'+' if nuclide.parity > 0 else '-'}", "", "NUBASE2020"),
        ("magnetic moment", "not known" if moment is None else f"{moment:g}", "mu_N", "IAEA INDC(NDS)-0794 (2019)"),
        ("charge radius, rms", radius, "fm", of_radius[nuclide.charge_radius_source]),
        ("Helm radius, rms", f"{form_factors.Helm().rms_radius(nuclide):.4f}", "fm", "Lewin and Smith 1996"),
        ("weak charge Q", f"{couplings.weak_charge(nuclide):.5f}", "", "Z g_p + N g_n, tree level"),
        ("weak charge Q_W", f"{couplings.weak_charge_qw(nuclide):.5f}", "", "-2 Q"),
        ("largest recoil", f"{kinematics.recoil_energy_max(30.0, nuclide):.5g}", "keV", "of neutrinos of 30 MeV"),
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    lines = ["  " + "  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[3]]) for row in rows]
    return "\n".join([nuclide.name, *lines])

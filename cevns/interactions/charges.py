"""Charges of fermions under a new boson: who couples, in units of its coupling."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from .. import constants
from .._arguments import known_name, mapped, real_number, shown
from ..errors import InputError
from .currents import ComplexArray
from .nucleon_charges import nucleon_charges

NEUTRINOS = constants.FLAVORS[:3]
FERMIONS = ("u", "d", "p", "n", "e", *NEUTRINOS)
NAMED = MappingProxyType(
    {
        "universal": {"u": 1.0, "d": 1.0, "e": 1.0, "nue": 1.0, "numu": 1.0, "nutau": 1.0},
        "nucleons": {"p": 1.0, "n": 1.0, "nue": 1.0, "numu": 1.0, "nutau": 1.0},
    }
)

# √2 G_F, the unit of charges of four fermions [MeV⁻²]
UNIT = math.sqrt(2) * constants.FERMI_CONSTANT

# far beyond any expansion in a coupling; its fourth power, and that over the smallest propagator, are finite
LARGEST_COUPLING = 1e6

Charges = str | tuple[tuple[str, float], ...]


class Fermions(NamedTuple):
    """Charges of a proton and a neutron, of an electron, and of neutrinos by flavour."""

    nucleons: tuple[float, float]
    electron: float
    neutrinos: tuple[float, float, float]


def checked_coupling(coupling: Any, name: str = "coupling") -> float:
    """A checked coupling g of a new boson, from −1e6 to 1e6."""
    return real_number(coupling, name, minimum=-LARGEST_COUPLING, maximum=LARGEST_COUPLING)


def checked_charges(charges: Any, name: str = "charges") -> Charges:
    """A name of charges, or pairs (fermion, charge) in the order of `FERMIONS`; neutrinos have 1 where none is given.

    Raises
    ------
    InputError, UnknownNameError
        For a name or fermion that is not known, a charge that is not finite, or charges of quarks and nucleons at once.
    """
    if isinstance(charges, str):
        return known_name(charges, NAMED, f"{name}")
    try:
        charges = mapped(charges)
        given = dict(charges.items() if isinstance(charges, Mapping) else charges)
    except (TypeError, ValueError):
        raise InputError(f"{name} must be a name or map fermions to numbers (got {shown(charges)})") from None
    for fermion in given:
        known_name(fermion, FERMIONS, f"fermion of {name}")
    if {"u", "d"} & set(given) and {"p", "n"} & set(given):
        raise InputError(f"{name} are of quarks (u, d) or of nucleons (p, n), not of both (got {shown(given)})")
    if not set(NEUTRINOS) & set(given):
        given.update(dict.fromkeys(NEUTRINOS, 1.0))
    return tuple((each, checked_coupling(given[each], f"{name}[{each!r}]")) for each in FERMIONS if each in given)


def shown_boson(interaction: Any) -> str:
    """The repr of an interaction with charges: fields that are not as by default, charges as they were given."""
    parts = []
    for item in fields(interaction):
        value = getattr(interaction, item.name)
        if item.default is MISSING or value != item.default:
            shown = dict(value) if item.name == "charges" and not isinstance(value, str) else value
            parts.append(f"{item.name}={shown!r}")
    return f"{type(interaction).__name__}({', '.join(parts)})"


def fermions(charges: Charges, kind: str, matrix_elements: str | None = None) -> Fermions:
    """Charges of what neutrinos scatter off, and theirs.

    Raises
    ------
    UnknownNameError, UnsupportedError
        Where there are no such matrix elements.
    """
    of = NAMED[charges] if isinstance(charges, str) else dict(charges)
    nucleons = nucleon_charges(kind, of.get("u", 0.0), of.get("d", 0.0), matrix_elements)
    if "p" in of or "n" in of:
        nucleons = of.get("p", 0.0), of.get("n", 0.0)
    e, mu, tau = (of.get(neutrino, 0.0) for neutrino in NEUTRINOS)
    return Fermions(nucleons, of.get("e", 0.0), (e, mu, tau))


def diagonal(values: Iterable[float], nucleons: tuple[float, float]) -> ComplexArray:
    """Charges (2, 3, 3) of proton and neutron, for neutrinos that keep their flavour."""
    return np.asarray(np.multiply.outer(nucleons, np.diag(np.array(list(values), dtype=np.complex128))))


def into_one(values: Iterable[float], nucleons: tuple[float, float]) -> ComplexArray:
    """The same for neutrinos that all turn into one and the same particle, here the first place of outgoing flavours."""
    matrix = np.zeros((2, 3, 3), dtype=np.complex128)
    matrix[:, :, 0] = np.multiply.outer(nucleons, np.array(list(values)))
    return matrix


def known_flavors(flavors: Any) -> tuple[str, ...]:
    """Flavours that couple, in the order e, μ, τ.

    Raises
    ------
    InputError, UnknownNameError
        For none, or what is not one.
    """
    if isinstance(flavors, str):
        flavors = (flavors,)
    try:
        given = {known_name(flavor, NEUTRINOS, "flavor") for flavor in flavors}
    except TypeError:
        raise InputError(f"flavors must be names such as 'nue' (got {shown(flavors)})") from None
    if not given:
        raise InputError("flavors must name at least one of 'nue', 'numu', 'nutau' (got none)")
    return tuple(flavor for flavor in NEUTRINOS if flavor in given)

"""Elastic scattering of neutrinos on electrons, with the same fluxes and interactions.

The companion of CEvNS: a signal of its own for solar neutrinos, and a background below keV that magnetic moments, millicharges
and light mediators raise as they raise CEvNS.

    shells             binding energies, Z_eff(T), corrections by a table
    cross_sections     one free electron
    rates              electrons of a target, free or bound
    responses          what a detector counts of them
    channel            what an interaction's currents give
    overloads          what type checkers see of the results

    from cevns import electrons

    flux = cevns.sources.solar(components=["pp", "7Be"])
    electrons.binned_rate([1.0, 5.0, 10.0, 20.0], flux, "Xe")                  # per kg and day
    electrons.rate(flux, "Xe", threshold=1.0, maximum=140.0, binding="free")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import later
from .cross_sections import cross_section, differential_cross_section, recoil_energy_max
from .rates import binned_rate, differential_rate, rate
from .shells import Shells, TabulatedRatio, effective_electrons, elements, shells

if TYPE_CHECKING:
    from .responses import ElectronResponse, response

__all__ = [
    "ElectronResponse",
    "Shells",
    "TabulatedRatio",
    "binned_rate",
    "cross_section",
    "differential_cross_section",
    "differential_rate",
    "effective_electrons",
    "elements",
    "rate",
    "recoil_energy_max",
    "response",
    "shells",
]


# a rate needs no detector
__getattr__, __dir__ = later(__name__, __all__, {"responses": ("ElectronResponse", "response")})

"""Quenching: how much of a recoil's energy a detector sees.

A recoiling nucleus gives most of its energy to other nuclei, and a detector of charge or light sees the rest, QF(T) T, in units
of the energy of an electron that would give the same signal: keV_ee. Every model gives `qf.energy(recoil_energy, nuclide)`,
`qf.factor(recoil_energy, nuclide)` and, where it is monotone, `qf.inverse(energy, nuclide)`; `qf.unit` names what the energy is
in. A model that needs the nuclide says so (`qf.needs_nuclide`) and refuses to guess.

    lindhard       Lindhard: Lindhard's theory with any k, an adiabatic correction, a smooth cut-off
    formulas       Identity, Constant, Linear, LArCoherent, Polynomial, CsICoherent: closed forms
    tables         Tabulated, Function, Sarkis: an own table or function, a file; the theory with a binding energy
    xenon          NestXenon: electrons and photons of liquid xenon in a field
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._lazy import later
from ._base import Quenching

if TYPE_CHECKING:
    from .formulas import Constant, CsICoherent, Identity, LArCoherent, Linear, Polynomial
    from .lindhard import Lindhard
    from .tables import Function, Sarkis, Tabulated
    from .xenon import NestXenon

__all__ = [
    "Constant",
    "CsICoherent",
    "Function",
    "Identity",
    "LArCoherent",
    "Lindhard",
    "Linear",
    "NestXenon",
    "Polynomial",
    "Quenching",
    "Sarkis",
    "Tabulated",
]

__getattr__, __dir__ = later(
    __name__,
    __all__,
    {
        "formulas": (
            "Constant",
            "CsICoherent",
            "Identity",
            "LArCoherent",
            "Linear",
            "Polynomial",
        ),
        "lindhard": ("Lindhard",),
        "tables": (
            "Function",
            "Sarkis",
            "Tabulated",
        ),
        "xenon": ("NestXenon",),
    },
)

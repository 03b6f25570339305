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

from typing import TYPE_CHECKING, Any

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

# Imported when they are asked for: classes cost a millisecond each at import, and most programs use one.
_LATER = {
    "Constant": "formulas",
    "CsICoherent": "formulas",
    "Function": "tables",
    "Identity": "formulas",
    "LArCoherent": "formulas",
    "Lindhard": "lindhard",
    "Linear": "formulas",
    "NestXenon": "xenon",
    "Polynomial": "formulas",
    "Sarkis": "tables",
    "Tabulated": "tables",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        from importlib import import_module

        value = globals()[name] = getattr(import_module(f".{_LATER[name]}", __name__), name)
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""The fuel of a reactor, from the arguments: spectra, fractions of fissions, energies, captures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from .._arguments import canonical_name, digits, known_name, mapped, real_number, shown
from ..errors import InputError
from ..fluxes.components import Component
from ..fluxes.spectra import Spectrum
from .beta_decay import BetaDecay
from .fission import END, ISOTOPES, JOIN, MODELS, FissionSpectrum
from .fission_table import TOTAL, FissionTable

# Thermal energy of a fission [MeV], and its standard error.
ENERGIES_PER_FISSION = MappingProxyType(
    {
        # X. B. Ma et al., Phys. Rev. C 88 (2013) 014605
        "ma-2013": {"235U": (202.36, 0.26), "238U": (205.99, 0.52), "239Pu": (211.12, 0.34), "241Pu": (214.26, 0.33)},
        # V. Kopeikin, L. Mikaelyan, V. Sinev, Phys. Atom. Nucl. 67 (2004) 1892
        "kopeikin-2004": {"235U": (201.92, 0.46), "238U": (205.52, 0.96), "239Pu": (209.99, 0.60), "241Pu": (213.60, 0.65)},
    }
)

POWER_REACTOR = MappingProxyType({"235U": 0.55, "238U": 0.07, "239Pu": 0.32, "241Pu": 0.06})

CAPTURES = ("239U", "239Np")


def component(name: str, spectrum: Spectrum, scale: float) -> Component:
    """A component of antineutrinos without the checks of its constructor, which cost 10 μs: a history has thousands."""
    new = object.__new__(Component)
    new.__dict__.update(flavor="nuebar", name=name, spectrum=spectrum, scale=scale, timing=None)
    return new


def spectra_of(model: str | FissionTable, end: float) -> Mapping[str, Spectrum]:
    """Spectrum of each isotope."""
    if isinstance(model, FissionTable):
        return dict(model.spectra)
    model = canonical_name(model, MODELS, "fission model", hint="; a file of your own is read by cevns.sources.fission_table")
    end = real_number(end, "end", unit="MeV", minimum=JOIN, maximum=END, above=True)
    return {isotope: _fission_spectrum(isotope, model, end) for isotope in ISOTOPES}


# A spectrum prepares its moments once, which takes a few ms: reactors that differ in power, distance or fuel share them.
_fission_spectrum = lru_cache(maxsize=16)(FissionSpectrum)
decay_spectrum = cache(BetaDecay)


def fractions_of(fission_fractions: Mapping[str, float]) -> dict[str, float]:
    """Those that are not zero, in the order of `ISOTOPES`, with the sum 1."""
    isotopes_of(fission_fractions)
    given = {
        isotope: real_number(fission_fractions[isotope], f"fission fraction of {isotope}", minimum=0.0)
        for isotope in ISOTOPES
        if isotope in fission_fractions
    }
    whole = sum(given.values())
    if not abs(whole - 1) <= 1e-3:
        raise InputError(f"fission_fractions must sum to 1 within 0.001 (got {digits(whole)})")
    return {isotope: fraction / whole for isotope, fraction in given.items() if fraction > 0}


def isotopes_of(fission_fractions: Any) -> None:
    """Refuse what does not map isotopes."""
    fission_fractions = mapped(fission_fractions)
    if not isinstance(fission_fractions, Mapping):
        raise InputError(
            f"fission_fractions must map isotopes to fractions, as {{'235U': 1.0}} (got {shown(fission_fractions)})"
        )
    for isotope in fission_fractions:
        known_name(isotope, ISOTOPES, "fissile isotope")


def energies_of(energies_per_fission: str | Mapping[str, float], isotopes: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Energy per fission of each isotope that fissions, and its standard error [MeV]; 0 for one's own."""
    energies_per_fission = mapped(energies_per_fission)
    if not isinstance(energies_per_fission, Mapping):
        return ENERGIES_PER_FISSION[canonical_name(energies_per_fission, ENERGIES_PER_FISSION, "set of energies_per_fission")]
    for isotope in energies_per_fission:
        known_name(isotope, ISOTOPES, "fissile isotope")
    missing = [isotope for isotope in isotopes if isotope not in energies_per_fission]
    if missing:
        raise InputError(f"energies_per_fission must hold every isotope that fissions (none for {', '.join(missing)})")
    return {
        isotope: (real_number(energy, f"energy per fission of {isotope}", unit="MeV", minimum=0.0, above=True), 0.0)
        for isotope, energy in energies_per_fission.items()
    }


MOST_CAPTURES = 100.0  # of the two or three neutrons of a fission


def captures_of(captures: Any, captures_per_fission: Any, spectra: Mapping[str, Spectrum]) -> float:
    """Captures per fission; 0 without."""
    if not isinstance(captures, bool | np.bool_):
        raise InputError(f"captures must be True or False (got {shown(captures)}); their number is captures_per_fission")
    per_fission = real_number(captures_per_fission, "captures_per_fission", minimum=0.0, maximum=MOST_CAPTURES)
    if TOTAL in spectra and captures:
        raise InputError("captures must be False for a table of 'total', which holds them (got True)")
    return per_fission if captures else 0.0


def shares_of(fractions: Mapping[str, Any], spectra: Mapping[str, Spectrum]) -> dict[str, Any]:
    """The number of spectra of each kind for one fission."""
    if TOTAL in spectra:
        return {TOTAL: 1.0}
    missing = [isotope for isotope in fractions if isotope not in spectra]
    if missing:
        raise InputError(f"the table of fission must hold every isotope that fissions (none for {', '.join(missing)})")
    return dict(fractions)

"""Kinematics: a massless neutrino of energy E scatters elastically off a nucleus of mass M at rest.

With the recoil energy T, everything follows from energy and momentum conservation:

    T_max(E) = 2E²/(M + 2E)         E_min(T) = (T + √(T² + 2MT))/2, its inverse         Q² = 2MT

These relations are exact. The form factor's argument is the four-momentum transfer Q = √(2MT); the three-momentum transfer
√(T² + 2MT) differs from it by T/4M, 4e-8 for 10 keV on xenon.

Sources: Freedman, Phys. Rev. D 9 (1974) 1389; Drukier and Stodolsky, Phys. Rev. D 30 (1984) 2295.

Formulas
--------
kinematics: T_max = 2E²/(M + 2E), E_min = (T + √(T² + 2MT))/2, Q² = 2MT
    D. Z. Freedman, Phys. Rev. D 9 (1974) 1389; A. Drukier, L. Stodolsky, Phys. Rev. D 30 (1984) 2295
    src_c/kernels/kinematics.h
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from . import constants
from ._arguments import Array, broadcast, digits, real_array, restore
from ._core import kinematics as _core
from ._typed import Values, of_both_energies, of_cosine, of_neutrino_energy, of_recoil_energy
from .errors import InputError
from .nuclei.nuclides import named, not_a_nuclide

__all__ = [
    "momentum_transfer",
    "neutrino_energy_min",
    "neutrino_scattering_cosine",
    "recoil_cosine",
    "recoil_energy_from_neutrino_angle",
    "recoil_energy_from_recoil_angle",
    "recoil_energy_max",
]


def __dir__() -> list[str]:
    return __all__


class HasMass(Protocol):
    """Anything with a nuclear mass in MeV: a `cevns.Nuclide`."""

    @property
    def mass(self) -> float: ...


@of_neutrino_energy
def recoil_energy_max(neutrino_energy: ArrayLike, nuclide: HasMass | str) -> Values:
    """Largest recoil energy [keV] that neutrinos of an energy can give: T_max = 2E²/(M + 2E).

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], ≥ 0, any shape.
    nuclide : Nuclide
        The target nucleus.

    Returns
    -------
    float or ndarray
        T_max [keV], the shape of `neutrino_energy`.

    Raises
    ------
    InputError
        If an energy is negative, infinite or nan.

    Examples
    --------
    >>> round(recoil_energy_max(30.0, cevns.Nuclide("132Xe")), 3)
    14.646
    """
    return _map(_core.recoil_energy_max, nuclide, neutrino(neutrino_energy))


@of_recoil_energy
def neutrino_energy_min(recoil_energy: ArrayLike, nuclide: HasMass | str) -> Values:
    """Smallest neutrino energy [MeV] that can give a recoil energy: E_min = (T + √(T² + 2MT))/2.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV], ≥ 0, any shape.
    nuclide : Nuclide
        The target nucleus.

    Returns
    -------
    float or ndarray
        E_min [MeV], the shape of `recoil_energy`.

    Raises
    ------
    InputError
        If an energy is negative, infinite or nan.

    Examples
    --------
    >>> round(neutrino_energy_min(1.0, cevns.Nuclide("132Xe")), 4)
    7.8376
    """
    return _map(_core.neutrino_energy_min, nuclide, recoil(recoil_energy))


@of_recoil_energy
def momentum_transfer(recoil_energy: ArrayLike, nuclide: HasMass | str) -> Values:
    """Four-momentum transfer Q = √(2MT) [MeV], the argument of the form factors, at recoil energies T [keV].

    Raises
    ------
    InputError
        If an energy is negative, infinite or nan.
    """
    return restore(np.sqrt(2.0 * mass(nuclide) * constants.KEV * recoil(recoil_energy)))


@of_both_energies
def neutrino_scattering_cosine(recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: HasMass | str) -> Values:
    """cos θ of the outgoing neutrino: 1 − MT/(E(E − T)).

    Parameters
    ----------
    recoil_energy, neutrino_energy : array_like
        T [keV] and E [MeV] > 0; they broadcast.
    nuclide : Nuclide
        The target nucleus.

    Raises
    ------
    InputError
        If an energy is out of range, or a recoil energy exceeds T_max(E).
    """
    return _angle(_core.neutrino_cosine, recoil_energy, neutrino_energy, nuclide)


@of_both_energies
def recoil_cosine(recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: HasMass | str) -> Values:
    """cos θ_r of the recoiling nucleus: (1 + M/E) √(T/(T + 2M)), from 0 (T = 0) to 1 (T = T_max).

    Parameters and errors as for `neutrino_scattering_cosine`.
    """
    return _angle(_core.recoil_cosine, recoil_energy, neutrino_energy, nuclide)


@of_cosine
def recoil_energy_from_neutrino_angle(cosine: ArrayLike, neutrino_energy: ArrayLike, nuclide: HasMass | str) -> Values:
    """Recoil energy [keV] where the neutrino leaves at cos θ: T = E²(1 − cos θ)/(M + E(1 − cos θ)).

    Parameters
    ----------
    cosine, neutrino_energy : array_like
        cos θ in [−1, 1] and E [MeV] ≥ 0; they broadcast.
    nuclide : Nuclide
        The target nucleus.

    Raises
    ------
    InputError
        If a cosine or an energy is out of range.
    """
    return _map(_core.recoil_at_neutrino_cosine, nuclide, cosines(cosine, -1.0), neutrino(neutrino_energy))


@of_cosine
def recoil_energy_from_recoil_angle(cosine: ArrayLike, neutrino_energy: ArrayLike, nuclide: HasMass | str) -> Values:
    """Recoil energy [keV] of a nucleus that leaves at cos θ_r: T = 2ME² cos²θ_r/((E + M)² − E² cos²θ_r).

    Parameters
    ----------
    cosine, neutrino_energy : array_like
        cos θ_r in [0, 1] and E [MeV] ≥ 0; they broadcast.
    nuclide : Nuclide
        The target nucleus.

    Raises
    ------
    InputError
        If a cosine or an energy is out of range.
    """
    return _map(_core.recoil_at_recoil_cosine, nuclide, cosines(cosine, 0.0), neutrino(neutrino_energy))


def recoil(recoil_energy: ArrayLike) -> Array:
    """Checked recoil energies [keV]."""
    return real_array(recoil_energy, "recoil_energy", unit="keV", minimum=0.0)


def neutrino(neutrino_energy: ArrayLike) -> Array:
    """Checked neutrino energies [MeV]."""
    return real_array(neutrino_energy, "neutrino_energy", unit="MeV", minimum=0.0)


def cosines(cosine: ArrayLike, minimum: float) -> Array:
    """Checked cosines of an angle."""
    return real_array(cosine, "cosine", minimum=minimum, maximum=1.0)


def mass(nuclide: HasMass | str) -> float:
    """The mass [MeV] of what was given as a nuclide, itself or by its name."""
    known: HasMass = named(nuclide)
    try:
        return known.mass
    except AttributeError:
        raise not_a_nuclide(nuclide) from None


def _map(kernel: Callable[..., None], nuclide: HasMass | str, *arrays: Array) -> Values:
    shape, flat = broadcast(*arrays)
    out = np.empty(flat[0].size)
    kernel(*flat, mass(nuclide), out)
    return restore(out, shape)


def _angle(kernel: Callable[..., None], recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: HasMass | str) -> Values:
    energy = real_array(neutrino_energy, "neutrino_energy", unit="MeV", minimum=0.0, above=True)
    T = recoil(recoil_energy)
    cosine = _map(kernel, nuclide, T, energy)
    outside = np.isnan(cosine)
    if np.any(outside):
        count, first = np.count_nonzero(outside), np.argmax(np.ravel(outside))
        worst = np.broadcast_to(T, np.shape(cosine)).reshape(-1)[first]
        top = np.broadcast_to(recoil_energy_max(energy, nuclide), np.shape(cosine)).reshape(-1)[first]
        raise InputError(
            f"recoil_energy must be <= {top:g} keV, the largest that neutrino_energy allows "
            f"(got {digits(worst)}; {count} of {np.size(cosine)} exceed their maximum)"
        )
    return cosine

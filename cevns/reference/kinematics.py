"""Kinematics of elastic scattering: a massless neutrino on a nucleus of mass M at rest. All relations are exact.

The derivation is that of two-body scattering, M² = (p_ν + p_N − p'_ν)²; see Freedman, Phys. Rev. D 9 (1974) 1389, and
Lindner, Rodejohann and Xu, JHEP 03 (2017) 097 (arXiv:1612.04150). Many papers and codes write the limits for E ≪ M:
T_max = 2E²/M and E_min = √(MT/2), which is wrong by 2E/M (1e-4 for 5 MeV on xenon, 11 % for 50 MeV on hydrogen).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..constants import KEV
from ._types import Array, Nuclide


def recoil_energy_max(neutrino_energy: ArrayLike, nuclide: Nuclide) -> Array:
    """Return the largest recoil energy [keV] that a neutrino can give, in backward scattering.

        T_max = 2 E² / (M + 2E)

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    nuclide : Nuclide
        Its mass is M [MeV].
    """
    E = np.asarray(neutrino_energy, dtype=np.float64)  # MeV
    M = nuclide.mass  # MeV
    return 2 * E**2 / (M + 2 * E) / KEV


def neutrino_energy_min(recoil_energy: ArrayLike, nuclide: Nuclide) -> Array:
    """Return the smallest neutrino energy [MeV] that can give a recoil energy: the inverse of `recoil_energy_max`.

        E_min = (T + √(T² + 2MT)) / 2

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    nuclide : Nuclide
        Its mass is M [MeV].
    """
    T = np.asarray(recoil_energy, dtype=np.float64) * KEV  # MeV
    M = nuclide.mass  # MeV
    return (T + np.sqrt(T * (T + 2 * M))) / 2


def momentum_transfer(recoil_energy: ArrayLike, nuclide: Nuclide) -> Array:
    """Return Q = √(2MT) [MeV], the square root of minus the squared four-momentum transfer.

    This is the argument of a form factor F(Q²). The three-momentum transfer is larger, |q|² = 2MT + T²; the difference is
    T/4M, 4e-8 for 10 keV on xenon.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    nuclide : Nuclide
        Its mass is M [MeV].
    """
    T = np.asarray(recoil_energy, dtype=np.float64) * KEV  # MeV
    M = nuclide.mass  # MeV
    return np.sqrt(2 * M * T)


def neutrino_scattering_cosine(recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide) -> Array:
    """Return cos θ between the incoming and the outgoing neutrino; nan where the recoil energy cannot be reached.

        cos θ = 1 − M T / [E (E − T)]                    from  E' = E − T = E / [1 + (E/M)(1 − cos θ)]

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    neutrino_energy : array_like
        E [MeV].
    nuclide : Nuclide
        Its mass is M [MeV].
    """
    recoil_energy = np.asarray(recoil_energy, dtype=np.float64)
    T = recoil_energy * KEV  # MeV
    E = np.asarray(neutrino_energy, dtype=np.float64)  # MeV
    M = nuclide.mass  # MeV
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = 1 - M * T / (E * (E - T))
    allowed = (recoil_energy >= 0) & (recoil_energy <= recoil_energy_max(E, nuclide))
    return np.where(allowed, np.clip(cosine, -1, 1), np.nan)


def recoil_cosine(recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide) -> Array:
    """Return the cosine of the angle between neutrino and recoil; nan where the recoil energy cannot be reached.

        cos θ_r = (1 + M/E) √[T / (T + 2M)]

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    neutrino_energy : array_like
        E [MeV].
    nuclide : Nuclide
        Its mass is M [MeV].
    """
    recoil_energy = np.asarray(recoil_energy, dtype=np.float64)
    T = recoil_energy * KEV  # MeV
    E = np.asarray(neutrino_energy, dtype=np.float64)  # MeV
    M = nuclide.mass  # MeV
    allowed = (recoil_energy >= 0) & (recoil_energy <= recoil_energy_max(E, nuclide))
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = (1 + M / E) * np.sqrt(T / (T + 2 * M))
    return np.where(allowed, np.clip(cosine, 0, 1), np.nan)


def recoil_energy_from_neutrino_angle(cosine: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide) -> Array:
    """Return the recoil energy [keV] for a neutrino scattered by the angle θ.

        T = E² (1 − cos θ) / [M + E (1 − cos θ)]

    Parameters
    ----------
    cosine : array_like
        cos θ, from −1 to 1.
    neutrino_energy : array_like
        E [MeV].
    nuclide : Nuclide
        Its mass is M [MeV].
    """
    c = np.asarray(cosine, dtype=np.float64)
    E = np.asarray(neutrino_energy, dtype=np.float64)  # MeV
    M = nuclide.mass  # MeV
    return E**2 * (1 - c) / (M + E * (1 - c)) / KEV


def recoil_energy_from_recoil_angle(cosine: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide) -> Array:
    """Return the recoil energy [keV] of a nucleus that recoils at the angle θ_r from the neutrino's direction.

        T = 2 M E² cos² θ_r / [(E + M)² − E² cos² θ_r]

    Parameters
    ----------
    cosine : array_like
        cos θ_r, from 0 to 1.
    neutrino_energy : array_like
        E [MeV].
    nuclide : Nuclide
        Its mass is M [MeV].
    """
    c = np.asarray(cosine, dtype=np.float64)
    E = np.asarray(neutrino_energy, dtype=np.float64)  # MeV
    M = nuclide.mass  # MeV
    return 2 * M * E**2 * c**2 / ((E + M) ** 2 - E**2 * c**2) / KEV

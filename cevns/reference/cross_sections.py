"""Cross sections of coherent elastic neutrino–nucleus scattering at tree level, exact in the recoil.

With  Q F = Z g_V^p F_p + N g_V^n F_n  and  K = (G_F² M/π) (Q F)²,

    dσ/dT = K [1 − T/E − MT/(2E²)]                    a nucleus of spin 0
    dσ/dT = K [1 − T/E − MT/(2E²) + T²/(2E²)]         a Dirac particle of spin ½, vector current only

Freedman, Phys. Rev. D 9 (1974) 1389; the exact recoil in Lindner, Rodejohann and Xu, JHEP 03 (2017) 097.
Since 1/E + M/(2E²) = 1/T_max, the first bracket is 1 − T/T_max, and is computed so: it vanishes at T_max without rounding.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..constants import KEV, WEAK_CROSS_SECTION
from . import form_factors
from ._quadrature import composite
from ._types import Array, FormFactor, Nuclide
from .kinematics import momentum_transfer, recoil_energy_from_neutrino_angle, recoil_energy_from_recoil_angle, recoil_energy_max


def _kinematic_factor(T: Array, E: Array, nuclide: Nuclide, kinematics: str) -> Array:
    """1 − T/E − MT/2E² (+ T²/2E²), zero outside 0 ≤ T ≤ T_max; T in keV, E in MeV."""
    if kinematics not in ("spin-0", "spin-1/2"):
        raise ValueError(f"kinematics must be 'spin-0' or 'spin-1/2' (got {kinematics!r})")
    T_max = recoil_energy_max(E, nuclide)  # keV
    allowed = (T >= 0) & (T_max >= T) & (E > 0)
    factor = 1 - T / np.where(E > 0, T_max, 1.0)
    if kinematics == "spin-1/2":
        factor = factor + (T * KEV) ** 2 / (2 * np.where(E > 0, E, 1.0) ** 2)
    return np.where(allowed, factor, 0.0)


def _charge(
    T: Array, nuclide: Nuclide, gvp: float, gvn: float, proton_form_factor: FormFactor, neutron_form_factor: FormFactor
) -> Array:
    """Z g_V^p F_p(q) + N g_V^n F_n(q)."""
    q = momentum_transfer(np.maximum(T, 0), nuclide)  # MeV
    charge: Array = nuclide.Z * gvp * proton_form_factor(q) + nuclide.N * gvn * neutron_form_factor(q)
    return charge


def differential_cross_section(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    gvp: float,
    gvn: float,
    proton_form_factor: FormFactor = form_factors.point,
    neutron_form_factor: FormFactor | None = None,
    kinematics: str = "spin-0",
) -> Array:
    """Return dσ/dT [cm²/keV]; zero outside 0 ≤ T ≤ T_max.

        dσ/dT = (G_F² M/π) [Z g_V^p F_p + N g_V^n F_n]² [1 − T/E − MT/(2E²)]        (+ T²/(2E²) for spin ½)

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    neutrino_energy : array_like
        E [MeV].
    nuclide : Nuclide
        Target nucleus.
    gvp, gvn : float
        Vector couplings of proton and neutron, as from `couplings.tree_couplings`.
    proton_form_factor, neutron_form_factor : callable
        F(q) with q in MeV; no neutron form factor means that of the proton.
    kinematics : {"spin-0", "spin-1/2"}
        Which of the two brackets of the module's head.
    """
    T = np.asarray(recoil_energy, dtype=np.float64)  # keV
    E = np.asarray(neutrino_energy, dtype=np.float64)  # MeV
    M = nuclide.mass  # MeV
    charge = _charge(T, nuclide, gvp, gvn, proton_form_factor, neutron_form_factor or proton_form_factor)
    return WEAK_CROSS_SECTION * M * charge**2 * _kinematic_factor(T, E, nuclide, kinematics) * KEV


def angular_cross_section(
    cosine: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    gvp: float,
    gvn: float,
    proton_form_factor: FormFactor = form_factors.point,
    neutron_form_factor: FormFactor | None = None,
) -> Array:
    """Return dσ/dΩ [cm²/sr] in the direction of the scattered neutrino, for spin 0.

        dσ/dΩ = (G_F² Q² F² E²/4π²) (1 + cos θ) / [1 + (E/M)(1 − cos θ)]³

    For M → ∞ this is Freedman's (G_F²/4π²) Q² E² (1 + cos θ), Phys. Rev. D 9 (1974) 1389.

    Parameters
    ----------
    cosine : array_like
        Cosine of the neutrino's scattering angle.
    neutrino_energy : array_like
        E [MeV].
    nuclide, gvp, gvn, proton_form_factor, neutron_form_factor
        As for `differential_cross_section`.
    """
    c = np.asarray(cosine, dtype=np.float64)
    E = np.asarray(neutrino_energy, dtype=np.float64)  # MeV
    M = nuclide.mass  # MeV
    T = recoil_energy_from_neutrino_angle(c, E, nuclide)  # keV
    charge = _charge(T, nuclide, gvp, gvn, proton_form_factor, neutron_form_factor or proton_form_factor)
    value: Array = WEAK_CROSS_SECTION / (4 * math.pi) * charge**2 * E**2 * (1 + c) / (1 + E / M * (1 - c)) ** 3
    return value


def recoil_angle_cross_section(
    cosine: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    gvp: float,
    gvn: float,
    proton_form_factor: FormFactor = form_factors.point,
    neutron_form_factor: FormFactor | None = None,
    kinematics: str = "spin-0",
) -> Array:
    """Return dσ/dcos θ_r [cm²] in the cosine of the angle between neutrino and recoil, from 0 to 1; zero below 0.

        dσ/dcos θ_r = dσ/dT · dT/dcos θ_r,        dT/dcos θ_r = 4 M E² (E + M)² cos θ_r / [(E + M)² − E² cos² θ_r]²

    Parameters
    ----------
    cosine : array_like
        cos θ_r.
    neutrino_energy : array_like
        E [MeV].
    nuclide, gvp, gvn, proton_form_factor, neutron_form_factor, kinematics
        As for `differential_cross_section`.
    """
    c = np.maximum(np.asarray(cosine, dtype=np.float64), 0)
    E = np.asarray(neutrino_energy, dtype=np.float64)  # MeV
    M = nuclide.mass  # MeV
    T = np.minimum(recoil_energy_from_recoil_angle(c, E, nuclide), recoil_energy_max(E, nuclide))  # keV
    jacobian = 4 * M * E**2 * (E + M) ** 2 * c / ((E + M) ** 2 - E**2 * c**2) ** 2 / KEV  # keV
    per_energy = differential_cross_section(T, E, nuclide, gvp, gvn, proton_form_factor, neutron_form_factor, kinematics)
    value: Array = jacobian * per_energy
    return value


def cross_section(
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    gvp: float,
    gvn: float,
    proton_form_factor: FormFactor = form_factors.point,
    neutron_form_factor: FormFactor | None = None,
    kinematics: str = "spin-0",
    threshold: ArrayLike = 0.0,
    maximum: ArrayLike = np.inf,
) -> Array:
    """Return the cross section [cm²] for recoil energies between `threshold` and `maximum`, by quadrature.

        σ = ∫ dσ/dT dT = ∫ dσ/dT (q/M) dq

    Form factors are analytic in q, and T = q²/2M is not in √T: Gauss–Legendre in q, 16 nodes for each 100 MeV, is good to
    2e-14 for the form factors of this package (measured on 208Pb up to 500 MeV).

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    nuclide, gvp, gvn, proton_form_factor, neutron_form_factor, kinematics
        As for `differential_cross_section`.
    threshold, maximum : array_like
        Range of recoil energies [keV]; they broadcast with the neutrino energy.
    """
    E, low, high = np.broadcast_arrays(
        np.asarray(neutrino_energy, dtype=np.float64),
        np.asarray(threshold, dtype=np.float64),
        np.asarray(maximum, dtype=np.float64),
    )
    M = nuclide.mass  # MeV
    T_max = recoil_energy_max(E, nuclide)  # keV
    q_low = momentum_transfer(np.clip(low, 0, T_max), nuclide)  # MeV
    q_high = momentum_transfer(np.clip(high, 0, T_max), nuclide)  # MeV
    width = np.maximum(q_high - q_low, 0)
    panels = max(1, math.ceil(np.max(width, initial=0.0) / 100))
    x, weight = composite(np.linspace(0, 1, panels + 1), 16)
    q = q_low[..., np.newaxis] + width[..., np.newaxis] * x
    T = q**2 / (2 * M) / KEV  # keV
    values = differential_cross_section(
        T, E[..., np.newaxis], nuclide, gvp, gvn, proton_form_factor, neutron_form_factor, kinematics
    )
    total: Array = width * np.sum(weight * values * q / M / KEV, axis=-1)
    return total


def point_cross_section(
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    gvp: float,
    gvn: float,
    kinematics: str = "spin-0",
    threshold: ArrayLike = 0.0,
    maximum: ArrayLike = np.inf,
) -> Array:
    """Return the cross section [cm²] of a nucleus without extension (F = 1), in closed form.

        σ = (G_F² M Q²/π) [T − T²/(2 T_max)] from T₁ to T₂,   and for spin ½ also  T³/(6E²)
        σ = (G_F² Q²/π) E²/(1 + 2E/M)                          over all recoil energies, spin 0
        σ = …  + (G_F² Q²/π) (4/3) M E⁴/(M + 2E)³              spin ½

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    nuclide, gvp, gvn, kinematics
        As for `differential_cross_section`.
    threshold, maximum : array_like
        Range of recoil energies [keV].
    """
    E = np.asarray(neutrino_energy, dtype=np.float64)  # MeV
    M = nuclide.mass  # MeV
    Q = nuclide.Z * gvp + nuclide.N * gvn
    T_max = recoil_energy_max(E, nuclide)  # keV
    low = np.clip(np.asarray(threshold, dtype=np.float64), 0, T_max)
    high = np.maximum(np.clip(np.asarray(maximum, dtype=np.float64), 0, T_max), low)
    positive = np.where(E > 0, T_max, 1.0)
    integral = (high - low) * ((1 - low / positive) + (1 - high / positive)) / 2  # keV
    if kinematics == "spin-1/2":
        integral = integral + (high**3 - low**3) * KEV**2 / (6 * np.where(E > 0, E, 1.0) ** 2)
    elif kinematics != "spin-0":
        raise ValueError(f"kinematics must be 'spin-0' or 'spin-1/2' (got {kinematics!r})")
    return WEAK_CROSS_SECTION * M * Q**2 * integral * KEV

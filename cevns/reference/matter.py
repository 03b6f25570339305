"""Neutrinos in dense matter: transport cross section, correlations of the ions, screening by the electrons.

    σ_tr = ∫ (1 − cos θ) dσ,        1 − cos θ = MT/(E(E − T))

D. Z. Freedman, D. N. Schramm and D. L. Tubbs, Ann. Rev. Nucl. Sci. 27 (1977) 167; S. W. Bruenn, Astrophys. J. Suppl. 58 (1985)
771; C. J. Horowitz, Phys. Rev. D 55 (1997) 4577. Densities in g/cm³, temperatures in MeV, lengths in fm.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from ..constants import HBAR_C, WEAK_CROSS_SECTION
from . import form_factors
from ._quadrature import composite
from ._types import Array, FormFactor, Nuclide


def angular_moment(
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    gvp: float,
    gvn: float,
    proton_form_factor: FormFactor = form_factors.point,
    neutron_form_factor: FormFactor | None = None,
    kinematics: str = "spin-0",
    *,
    power: int = 1,
    electron_charge: float = 0.0,
    screening: float = 1.0,
) -> Array:
    """Return ∫ (1 − cos θ)^power dσ [cm²] by quadrature in the angle: σ_tr for power 1, σ for power 0.

        dσ/dcos θ = (G_F² E²/2π) (Q F)² (1 + cos θ)/[1 + (E/M)(1 − cos θ)]³        (+ the T² term of spin ½)

    Gauss–Legendre in s with 1 − cos θ = 2s⁴, 20 nodes for each 20 MeV of E and ten panels at least: q goes as s²,
    and the first panel is divided geometrically, which resolves the cloud of electrons at small angles.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    nuclide, gvp, gvn, proton_form_factor, neutron_form_factor, kinematics
        As for `cross_sections.differential_cross_section`.
    power : int
        Of 1 − cos θ.
    electron_charge, screening : float
        Adds electron_charge/(1 + (q r)²) to Q F, r = screening [fm].
    """
    E = np.asarray(neutrino_energy, dtype=np.float64)[..., np.newaxis]  # MeV
    M = nuclide.mass  # MeV
    panels = max(10, math.ceil(np.max(E, initial=0.0) / 20))
    edges = np.concatenate(([0.0], np.geomspace(1e-3 / panels, 1 / panels, 16)[:-1], np.linspace(0, 1, panels + 1)[1:]))
    s, weight = composite(edges)
    one_minus_cosine = 2 * s**4
    T = E**2 * one_minus_cosine / (M + E * one_minus_cosine)  # MeV
    q = np.sqrt(2 * M * T)  # MeV
    neutron = proton_form_factor if neutron_form_factor is None else neutron_form_factor
    charge = nuclide.Z * gvp * proton_form_factor(q) + nuclide.N * gvn * neutron(q)
    charge = charge + electron_charge / (1 + (q * screening / HBAR_C) ** 2)
    kept = 1 / (1 + E / M * one_minus_cosine)  # E'/E
    bracket = (2 - one_minus_cosine) / 2 * kept
    if kinematics == "spin-1/2":
        bracket = bracket + (1 - kept) ** 2 / 2
    per_cosine = WEAK_CROSS_SECTION * charge**2 * E**2 * kept**2 * bracket
    moment: Array = np.sum(weight * 8 * s**3 * one_minus_cosine**power * per_cosine, axis=-1)
    return moment


def point_transport_cross_section(neutrino_energy: ArrayLike, nuclide: Nuclide, gvp: float, gvn: float) -> Array:
    """Return σ_tr [cm²] of a nucleus of spin 0 without extension, in closed form; it cancels as ε³ = (E/M)³.

    σ_tr = (G_F² Q² E²/2π) {2ε(1 + ε)/(1 + 2ε) − ln(1 + 2ε)}/ε³

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV], > 0.
    nuclide, gvp, gvn
        As for `cross_sections.differential_cross_section`.
    """
    E = np.asarray(neutrino_energy, dtype=np.float64)  # MeV
    Q = nuclide.Z * gvp + nuclide.N * gvn
    epsilon = E / nuclide.mass
    braces = 2 * epsilon * (1 + epsilon) / (1 + 2 * epsilon) - np.log1p(2 * epsilon)
    value: Array = WEAK_CROSS_SECTION / 2 * Q**2 * E**2 * braces / epsilon**3
    return value


def bruenn_moments(y: ArrayLike) -> tuple[Array, Array]:
    """Return ∫ (1 + μ) e^(−y(1 − μ)) dμ and ∫ μ (1 + μ) e^(−y(1 − μ)) dμ over −1 ≤ μ ≤ 1, by quadrature; y up to 100.

    Parameters
    ----------
    y : array_like
        4bE², b = 4.8e-6 A^(2/3) MeV⁻² (Bruenn 1985).
    """
    s, weight = composite(np.linspace(0, 1, 41))
    mu = 1 - 2 * s
    values = 2 * weight * (1 + mu) * np.exp(-np.asarray(y, dtype=np.float64)[..., np.newaxis] * (1 - mu))
    return np.sum(values, axis=-1), np.sum(mu * values, axis=-1)


# Horowitz's fit: β_i = c₁ + c₂ Γ^½ + c₃ Γ + c₄ Γ^(3/2) for i = 3 … 6.
ION_COEFFICIENTS = (
    (-7.362056, 0.5371365, -0.1078845, 4.189612e-3),
    (3.4489581, -0.40251656, 9.0877878e-2, -3.4353581e-3),
    (-0.74128645, 0.11019855, -2.5359361e-2, 9.0487744e-4),
    (5.9573285e-2, -1.0186552e-2, 2.2791369e-3, -7.4614597e-5),
)


def ion_coupling(
    nuclide: Nuclide, density: ArrayLike, temperature: ArrayLike, mass_fraction: ArrayLike = 1.0
) -> tuple[Array, Array]:
    """Return the ion-sphere radius a = (3/4πn)^(1/3) [fm] and Γ = Z²α ħc/(aT), at most 150; n = ρXN_A/A.

    Parameters
    ----------
    nuclide : Nuclide
        The ion.
    density, temperature, mass_fraction : array_like
        ρ [g/cm³], T [MeV], X.
    """
    partial = np.asarray(density, dtype=np.float64) * np.asarray(mass_fraction, dtype=np.float64)
    n = partial * constants.AVOGADRO / nuclide.A * 1e-39  # fm⁻³
    a = np.cbrt(3 / (4 * math.pi * n))  # fm
    coupling = nuclide.Z**2 * constants.FINE_STRUCTURE * HBAR_C / (a * np.asarray(temperature, dtype=np.float64))
    return a, np.minimum(coupling, 150)


WEAK_COUPLING = 0.36  # Γ up to which a plasma is weakly coupled


def strong_correlation(e: ArrayLike, coupling: ArrayLike) -> Array:
    """Return ⟨S⟩ of Horowitz's fit, 1/(1 + exp(−Σ β_i e^i)), e = Ea/ħc; 1 where e ≥ 3 + 4/√Γ.

    β₀ = ln[0.3/(0.3 + 3Γ)], β₁ = 0, β₂ = 6.667, the others in `ION_COEFFICIENTS`.
    """
    G = np.asarray(coupling, dtype=np.float64)
    end = 3 + 4 / np.sqrt(G)
    e = np.asarray(e, dtype=np.float64)
    inside = np.minimum(e, np.minimum(end, 8))  # beyond 8 the exponent is above 1000
    exponent = np.log(0.3 / (0.3 + 3 * G)) + 6.667 * inside**2
    for i, (c1, c2, c3, c4) in enumerate(ION_COEFFICIENTS, start=3):
        exponent = exponent + (c1 + c2 * G**0.5 + c3 * G + c4 * G**1.5) * inside**i
    return np.where(e >= end, 1.0, 1 / (1 + np.exp(-np.maximum(exponent, -700))))


def weak_correlation(e: ArrayLike, coupling: ArrayLike, long_waves: float = 0.0) -> Array:
    """Return ⟨S⟩ = (3/4) ∫ (1 + μ)(1 − μ) S(q) dμ of Debye and Hückel, S = (q² + k²)/(q² + k² + 3Γ/a²), q² = 2E²(1 − μ).

    With y = (1 − μ)/2, κ = 3Γ/4e² and κ′ = κ + (ka)²/4e²,

        ⟨S⟩ = 1 − 6κ ∫ y(1 − y)/(y + κ′) dy = 1 − 6κ [½ + κ′ − κ′(1 + κ′) ln(1 + 1/κ′)]

    by 20 nodes where that cancels, κ′ > 1.

    Parameters
    ----------
    e : array_like
        Ea/ħc.
    coupling : array_like
        Γ.
    long_waves : float
        S at q = 0, from which k² = 3Γ/a² × long_waves/(1 − long_waves).
    """
    e, G = np.broadcast_arrays(np.asarray(e, dtype=np.float64), np.asarray(coupling, dtype=np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        kappa = 3 * G / (4 * e * e)
        total = kappa / (1 - long_waves)
        closed = 0.5 + total - total * (1 + total) * np.log1p(1 / total)
    closed = np.where(total > 0, closed, 0.5)
    x, weight = composite(np.array([0.0, 1.0]))
    # κ/(y + κ′) = (1 − S₀)/(y/κ′ + 1), which has a limit for κ′ → ∞
    with np.errstate(divide="ignore"):
        share = (1 - long_waves) / (1 + x / total[..., np.newaxis])
    summed = np.sum(weight * x * (1 - x) * share, axis=-1)
    return np.asarray(1 - 6 * np.where(total > 1, summed, kappa * closed))


def ion_correlation(
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    density: ArrayLike,
    temperature: ArrayLike,
    mass_fraction: ArrayLike = 1.0,
) -> Array:
    """Return ⟨S_ion⟩: Horowitz's fit for Γ ≥ 1, Debye and Hückel for Γ ≤ 0.36, both by weight between.

    The weight of the fit is t² (3 − 2t), t = (√Γ − 0.6)/0.4; long waves see S = 1/(2 + 10 · 0.36) of the weakly coupled plasma,
    as the fit has it at E = 0 for Γ = 0.36.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    nuclide, density, temperature, mass_fraction
        As for `ion_coupling`.
    """
    a, coupling = ion_coupling(nuclide, density, temperature, mass_fraction)
    e = np.asarray(neutrino_energy, dtype=np.float64) * a / HBAR_C
    t = np.clip((np.sqrt(coupling) - math.sqrt(WEAK_COUPLING)) / (1 - math.sqrt(WEAK_COUPLING)), 0, 1)
    fit = strong_correlation(e, np.maximum(coupling, WEAK_COUPLING))
    weak = weak_correlation(e, coupling, 1 / (2 + 10 * WEAK_COUPLING))
    share = t * t * (3 - 2 * t)
    return np.asarray(share * fit + (1 - share) * weak)


def ion_exponent_scale(
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    density: ArrayLike,
    temperature: ArrayLike,
    mass_fraction: ArrayLike = 1.0,
) -> Array:
    """Return Σ |c_ij| Γ^(j/2) e^i, the size of the terms that cancel in the exponent of `ion_correlation`; for tolerances.

    Parameters
    ----------
    neutrino_energy, nuclide, density, temperature, mass_fraction
        As for `ion_correlation`.
    """
    a, coupling = ion_coupling(nuclide, density, temperature, mass_fraction)
    coupling = np.maximum(coupling, WEAK_COUPLING)
    e = np.minimum(np.asarray(neutrino_energy, dtype=np.float64) * a / HBAR_C, np.minimum(3 + 4 / np.sqrt(coupling), 8))
    total = 1 + 6.667 * e**2
    for i, row in enumerate(ION_COEFFICIENTS, start=3):
        for j, c in enumerate(row):
            total = total + abs(c) * coupling ** (j / 2) * e**i
    return np.asarray(total)


def screening_length(density: ArrayLike, electron_fraction: ArrayLike) -> Array:
    """Return r_D = √(π ħ²c/(4α p_F E_F)) [fm] of degenerate electrons.

    Parameters
    ----------
    density, electron_fraction : array_like
        ρ [g/cm³] and Y_e.
    """
    fraction = np.asarray(electron_fraction, dtype=np.float64)
    n = np.asarray(density, dtype=np.float64) * fraction * constants.AVOGADRO * 1e-39  # fm⁻³
    momentum = HBAR_C * (3 * math.pi**2 * n) ** (1 / 3)  # MeV
    energy = np.sqrt(momentum**2 + constants.ELECTRON_MASS**2)  # MeV
    return np.asarray(HBAR_C * np.sqrt(math.pi / (4 * constants.FINE_STRUCTURE * momentum * energy)))


def inverse_mean_free_path(
    neutrino_energy: ArrayLike, nuclide: Nuclide, cross_section: ArrayLike, density: ArrayLike, temperature: ArrayLike
) -> Array:
    """Return 1/λ = n σ ⟨S⟩ [1/cm] of one kind of ion, n = ρ N_A/A.

    Parameters
    ----------
    neutrino_energy, cross_section, density, temperature : array_like
        E [MeV], σ [cm²], ρ [g/cm³], T [MeV].
    nuclide : Nuclide
        The ion.
    """
    n = np.asarray(density, dtype=np.float64) * constants.AVOGADRO / nuclide.A  # cm⁻³
    value: Array = (
        n * np.asarray(cross_section, dtype=np.float64) * ion_correlation(neutrino_energy, nuclide, density, temperature)
    )
    return value

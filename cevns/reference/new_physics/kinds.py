"""Kinds: dσ/dT of one function for each Lorentz structure.

In the unit in which the Standard Model has the charge Q = Z g_V^p + N g_V^n:
the Lagrangian is −√2 G_F g (ν̄ Γ P_L ν)(N̄ Ω N) and `strength` is Σ_b |Z g_p F_p + N g_n F_n|², summed over the flavours or
states b that leave. Each is (G_F² M/π) × strength × a bracket, T, M and m₄ in MeV within:

    vector              1 − T/E − MT/2E² [+ T²/2E²]
    axial               1 − T/E + MT/2E² [+ T²/2E²]
    scalar              MT/2E² [× (1 + T/2M)]
    pseudoscalar        T²/4E²
    tensor              8 [1 − T/E − (MT − T²)/4E²]
    magnetic            (1/M) [1/T − 1/E (+ T/4E²)]                       charge: (πα/m_e G_F) Z F μ/μ_B, MeV

    and with a final state of mass m₄, x = m₄²/2MT,

    dipole              (1/M) {1/T − (1 + x)/E + [m₄²/4M − m₄²/4T + m₄⁴ (T − M)/(8T²M²) (+ (T/4)(1 + x)(1 − 2x))]/E²}
    scalar upscattering (MT + m₄²/2)/2E² [× (1 + T/2M)]
    vector upscattering 1 − (T + m₄²/2M)/E + [T²/2 − MT/2 − (m₄²/4)(1 − T/M)]/E²      spin ½
                        1 − (T + m₄²/2M)/E + [− MT/2 − (m₄²/4)(1 − T/2M) + m₄⁴/16M²]/E²   spin 0

with […] for spin ½ alone and (…) for spin 0 alone. `dirac` derives each of them from the Lagrangian.

Without a final mass the kinds do not interfere but for vector and axial, scalar and tensor, scalar and magnetic – functions of
their own – and, on spin ½ alone, tensor and magnetic: √2 (G_F² M/π) Re(g_T g_μ*) T/E². With one, kinds that conserve and that
flip the helicity interfere too, in proportion to m₄: left out, as in the literature.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...constants import (
    ELECTRON_MASS,
    FERMI_CONSTANT,
    FINE_STRUCTURE,
    KEV,
    WEAK_CROSS_SECTION,
)
from .._types import Array, Nuclide
from ..kinematics import recoil_energy_max

Matrix = NDArray[Any]  # complex
Target = Sequence[tuple[Nuclide, float]]
Section = Callable[[Any, Any, Any], Any]  # dσ/dT of (recoil energy, neutrino energy, nuclide)

SQRT2 = math.sqrt(2)
CONTACT = SQRT2 * FERMI_CONSTANT  # MeV⁻²: an exchange has g_ν g_N/(2MT + m²) in the place of CONTACT × charge
MAGNETIC = math.pi * FINE_STRUCTURE / (ELECTRON_MASS * FERMI_CONSTANT)  # MeV: the charge of a proton and one Bohr magneton
BOHR_MAGNETON = math.sqrt(math.pi * FINE_STRUCTURE) / ELECTRON_MASS  # e/2m_e, MeV⁻¹
ELEMENTARY = math.sqrt(4 * math.pi * FINE_STRUCTURE)  # e

KINEMATICS = ("spin-0", "spin-1/2")
FLAVORS = ("e", "mu", "tau")


@dataclass(frozen=True)
class Electron:
    """The electron as a target of the kinds below, with kinematics="spin-1/2": one charge, no form factor."""

    Z: int = 1
    N: int = 0
    A: int = 0
    mass: float = ELECTRON_MASS


ELECTRON = Electron()


# --- kinematics --------------------------------------------------------------------------------------------------------------


def neutrino_energy_min(recoil_energy: ArrayLike, nuclide: Nuclide, final_mass: float = 0.0) -> Array:
    """Return the smallest neutrino energy [MeV] that gives a recoil energy and a final state of mass m₄.

        E_min = ½ [T + √(T² + 2MT)] [1 + m₄²/(2MT)]

    It comes from cos θ_r ≤ 1; its minimum over T is the threshold m₄ + m₄²/2M.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV], > 0 for m₄ > 0.
    nuclide : Nuclide
        Its mass is M [MeV].
    final_mass : float
        m₄ [MeV].
    """
    T = np.asarray(recoil_energy, dtype=np.float64) * KEV  # MeV
    M = nuclide.mass
    elastic = (T + np.sqrt(T * (T + 2 * M))) / 2
    if final_mass == 0:
        return elastic
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(T > 0, elastic * (1 + final_mass**2 / (2 * M * T)), np.inf)


def recoil_energy_range(neutrino_energy: ArrayLike, nuclide: Nuclide, final_mass: float = 0.0) -> tuple[Array, Array]:
    """Return the smallest and the largest recoil energy [keV] of ν + A → N(m₄) + A; nan below the threshold.

        T = (E* E₄* ∓ p* p₄* − m₄²/2)/M        in the centre of mass, s = M² + 2ME

    The smallest is found from the product of the two, T₋ T₊ = m₄⁴/(4 s), which does not cancel.

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    nuclide : Nuclide
        Its mass is M [MeV].
    final_mass : float
        m₄ [MeV].
    """
    E = np.asarray(neutrino_energy, dtype=np.float64)
    M, m4 = nuclide.mass, final_mass
    s = M * (M + 2 * E)
    energy, energy4 = M * E / np.sqrt(s), (s + m4**2 - M**2) / (2 * np.sqrt(s))
    with np.errstate(invalid="ignore"):
        momentum4 = np.sqrt((s - (M + m4) ** 2) * (s - (M - m4) ** 2)) / (2 * np.sqrt(s))
        upper = (energy * (energy4 + momentum4) - m4**2 / 2) / M
        lower = m4**4 / (4 * s * upper) if m4 else 0 * upper
    return lower / KEV, upper / KEV


def dark_matter_energy_min(recoil_energy: ArrayLike, nuclide: Nuclide, mass: float) -> Array:
    """Return the smallest energy [MeV] of a particle of mass m that gives a recoil energy elastically.

        E_min = T/2 + √[(1 + T/2M)(m² + MT/2)]

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    nuclide : Nuclide
        Its mass is M [MeV].
    mass : float
        m [MeV].
    """
    T = np.asarray(recoil_energy, dtype=np.float64) * KEV  # MeV
    M = nuclide.mass
    value: Array = T / 2 + np.sqrt((1 + T / (2 * M)) * (mass**2 + M * T / 2))
    return value


def arguments(recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide) -> tuple[Array, Array, float]:
    """T, E and M [MeV] with which a bracket can be evaluated anywhere: 1 keV or 1 MeV where there is no scattering."""
    T = np.asarray(recoil_energy, dtype=np.float64) * KEV
    E = np.asarray(neutrino_energy, dtype=np.float64)
    return np.where(T >= 0, T, KEV), np.where(E > 0, E, 1.0), nuclide.mass


def section_of(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    strength: ArrayLike,
    bracket: ArrayLike,
    final_mass: float = 0.0,
) -> Array:
    """(G_F² M/π) × strength × bracket in cm²/keV, zero outside the kinematic range."""
    T = np.asarray(recoil_energy, dtype=np.float64)  # keV
    E = np.asarray(neutrino_energy, dtype=np.float64)
    if final_mass:
        allowed = (T > 0) & (neutrino_energy_min(np.maximum(T, 0), nuclide, final_mass) <= E)
    else:
        allowed = (T >= 0) & (recoil_energy_max(E, nuclide) >= T) & (E > 0)
    with np.errstate(invalid="ignore"):
        value = WEAK_CROSS_SECTION * nuclide.mass * np.asarray(strength) * np.asarray(bracket) * KEV
    return np.where(allowed, value, 0.0)


def half(kinematics: str) -> bool:
    """Whether the target is a Dirac particle of spin ½."""
    if kinematics not in KINEMATICS:
        raise ValueError(f"kinematics must be 'spin-0' or 'spin-1/2' (got {kinematics!r})")
    return kinematics == "spin-1/2"


# --- kinds, in units of √2 G_F -----------------------------------------------------------------------------------------------


def vector(
    recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide, strength: ArrayLike, kinematics: str = "spin-0"
) -> Array:
    """Return dσ/dT of (ν̄ γ_μ P_L ν)(N̄ γ^μ N), on spin 0 (P + P′)^μ.

        dσ/dT = (G_F² M/π) S [1 − T/E − MT/2E²]        (+ T²/2E² for spin ½)

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    neutrino_energy : array_like
        E [MeV].
    nuclide : Nuclide
        Its mass is M.
    strength : array_like
        S = Σ_b |Z g_p F_p + N g_n F_n|² at each recoil energy, in units of 2 G_F².
    kinematics : {"spin-0", "spin-1/2"}
        Spin of the target.
    """
    T, E, M = arguments(recoil_energy, neutrino_energy, nuclide)
    bracket = 1 - T / E - M * T / (2 * E**2) + half(kinematics) * T**2 / (2 * E**2)
    return section_of(recoil_energy, neutrino_energy, nuclide, strength, bracket)


def axial(
    recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide, strength: ArrayLike, kinematics: str = "spin-0"
) -> Array:
    """Return dσ/dT of (ν̄ γ_μ P_L ν)(N̄ γ^μ γ₅ N).

        dσ/dT = (G_F² M/π) S [1 − T/E + MT/2E²]        (+ T²/2E² for a point of spin ½)

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide
        As for `vector`.
    strength : array_like
        S = F_A/4 of a nucleus (`spins`), |g_A|² of a point.
    kinematics : {"spin-0", "spin-1/2"}
        The bracket of structure functions, or of a point of spin ½.
    """
    T, E, M = arguments(recoil_energy, neutrino_energy, nuclide)
    bracket = 1 - T / E + M * T / (2 * E**2) + half(kinematics) * T**2 / (2 * E**2)
    return section_of(recoil_energy, neutrino_energy, nuclide, strength, bracket)


def vector_axial_interference(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    coupling_product: ArrayLike,
    antineutrino: bool = False,
) -> Array:
    """Return what N̄ γ^μ (g_V − g_A γ₅) N adds to `vector` and `axial`: a point of spin ½.

        dσ/dT = ± (G_F² M/π) Re(g_V g_A*) [2T/E − T²/E²]        + for neutrinos, − for antineutrinos

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide
        As for `vector`.
    coupling_product : array_like
        Re(g_V g_A*).
    antineutrino : bool
        The sign.
    """
    T, E, _ = arguments(recoil_energy, neutrino_energy, nuclide)
    sign = -1 if antineutrino else 1
    return sign * section_of(recoil_energy, neutrino_energy, nuclide, coupling_product, 2 * T / E - T**2 / E**2)


def scalar(
    recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide, strength: ArrayLike, kinematics: str = "spin-0"
) -> Array:
    """Return dσ/dT of (ν̄ P_L ν)(N̄ N), on spin 0 with 2M.

        dσ/dT = (G_F² M/π) S MT/2E²        (× (1 + T/2M) for spin ½)

    Lindner, Rodejohann and Xu, JHEP 03 (2017) 097.

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide, strength, kinematics
        As for `vector`.
    """
    T, E, M = arguments(recoil_energy, neutrino_energy, nuclide)
    bracket = M * T / (2 * E**2) * (1 + half(kinematics) * T / (2 * M))
    return section_of(recoil_energy, neutrino_energy, nuclide, strength, bracket)


def pseudoscalar(recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide, strength: ArrayLike) -> Array:
    """Return dσ/dT of (ν̄ P_L ν)(N̄ iγ₅ N) on a point of spin ½:  (G_F² M/π) S T²/4E².

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide, strength
        As for `vector`.
    """
    T, E, _ = arguments(recoil_energy, neutrino_energy, nuclide)
    return section_of(recoil_energy, neutrino_energy, nuclide, strength, T**2 / (4 * E**2))


def tensor(recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide, strength: ArrayLike) -> Array:
    """Return dσ/dT of (ν̄ σ_μν P_L ν)(N̄ σ^μν N), all μ and ν summed, on a point of spin ½.

        dσ/dT = (G_F² M/π) 8 S [1 − T/E − (MT − T²)/4E²]

    The literature uses it for all nuclei, and leaves out T²: Lindner, Rodejohann and Xu, JHEP 03 (2017) 097, whose ξ_T² is 8
    times the couplings squared. Each pair of indices once, μ < ν, gives a quarter.

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide, strength
        As for `vector`.
    """
    T, E, M = arguments(recoil_energy, neutrino_energy, nuclide)
    bracket = 8 * (1 - T / E - (M * T - T**2) / (4 * E**2))
    return section_of(recoil_energy, neutrino_energy, nuclide, strength, bracket)


def scalar_tensor_interference(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    coupling_product: ArrayLike,
    antineutrino: bool = False,
) -> Array:
    """Return what a scalar and a tensor current together add to `scalar` and `tensor`: a point of spin ½.

        dσ/dT = ∓ (G_F² M/π) Re(g_S g_T*) [2T/E − T²/E²]        − for neutrinos, + for antineutrinos

    The signs are those of L = −√2 G_F [g_S (ν̄ P_L ν)(N̄ N) + g_T (ν̄ σ_μν P_L ν)(N̄ σ^μν N)]. It has the bracket of vector
    and axial.

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide
        As for `vector`.
    coupling_product : array_like
        Re(g_S g_T*).
    antineutrino : bool
        The sign.
    """
    T, E, _ = arguments(recoil_energy, neutrino_energy, nuclide)
    sign = 1 if antineutrino else -1
    return sign * section_of(recoil_energy, neutrino_energy, nuclide, coupling_product, 2 * T / E - T**2 / E**2)


def magnetic(
    recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide, strength: ArrayLike, kinematics: str = "spin-0"
) -> Array:
    """Return dσ/dT of a magnetic moment and the charge of the target; divergent at T = 0.

        dσ/dT = (G_F² M/π) S (1/M) [1/T − 1/E]        (+ T/4E² for spin 0)

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide, kinematics
        As for `vector`.
    strength : array_like
        S = |(πα/m_e G_F) Z F μ/μ_B|² [MeV²].
    """
    T, E, M = arguments(recoil_energy, neutrino_energy, nuclide)
    with np.errstate(divide="ignore"):
        bracket = (1 / T - 1 / E + (not half(kinematics)) * T / (4 * E**2)) / M
    return section_of(recoil_energy, neutrino_energy, nuclide, strength, bracket)


def scalar_magnetic_interference(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    coupling_product: ArrayLike,
    antineutrino: bool = False,
) -> Array:
    """Return what a scalar current and a magnetic moment of a Dirac neutrino together add, on spin 0 and ½ alike.

        dσ/dT = ∓ √2 (G_F² M/π) Re(g_S g_μ*) [1/E − T/2E²]        − for neutrinos, + for antineutrinos

    Both flip the helicity, and by the Gordon identity i σ_μν (k−k′)^μ = −(k + k′)_ν between massless spinors: the amplitudes
    are one structure. The signs are those of L = −√2 G_F g_S (ν̄ P_L ν)(N̄ N) and L = −(μ/2) ν̄ σ_μν P_L ν F^μν. The
    literature leaves it out.

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide
        As for `vector`.
    coupling_product : array_like
        Re(g_S g_μ*) with the charges of `scalar` and `magnetic` [MeV].
    antineutrino : bool
        The sign.
    """
    T, E, _ = arguments(recoil_energy, neutrino_energy, nuclide)
    sign = 1 if antineutrino else -1
    return sign * section_of(recoil_energy, neutrino_energy, nuclide, coupling_product, SQRT2 * (1 / E - T / (2 * E**2)))


def dipole(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    strength: ArrayLike,
    final_mass: float,
    kinematics: str = "spin-0",
) -> Array:
    """Return dσ/dT of a transition moment to a heavy neutral lepton: `magnetic` with m₄.

        dσ/dT = (G_F² M/π) S (1/M) {1/T − (1 + x)/E + [m₄²/4M − m₄²/4T + m₄⁴ (T − M)/(8 T² M²)]/E²},    x = m₄²/2MT
        … + (T/4E²)(1 + x)(1 − 2x)                                                                      for spin 0

    Miranda et al., JHEP 12 (2021) 191 (arXiv:2109.09545), for spin ½.

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide, kinematics
        As for `vector`.
    strength : array_like
        As for `magnetic`.
    final_mass : float
        m₄ [MeV].
    """
    T, E, M = arguments(recoil_energy, neutrino_energy, nuclide)
    m2 = final_mass**2
    with np.errstate(divide="ignore", invalid="ignore"):
        x = m2 / (2 * M * T)
        bracket = 1 / T - (1 + x) / E + (m2 / (4 * M) - m2 / (4 * T) + m2**2 * (T - M) / (8 * T**2 * M**2)) / E**2
        if not half(kinematics):
            bracket = bracket + T / (4 * E**2) * (1 + x) * (1 - 2 * x)
    return section_of(recoil_energy, neutrino_energy, nuclide, strength, bracket / M, final_mass)


def scalar_upscattering(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    strength: ArrayLike,
    final_mass: float,
    kinematics: str = "spin-0",
) -> Array:
    """Return dσ/dT of `scalar` with a final state of mass m₄:  (G_F² M/π) S (MT + m₄²/2)/2E²        (× (1 + T/2M) for spin ½).

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide, strength, kinematics
        As for `vector`.
    final_mass : float
        m₄ [MeV].
    """
    T, E, M = arguments(recoil_energy, neutrino_energy, nuclide)
    bracket = (M * T + final_mass**2 / 2) / (2 * E**2) * (1 + half(kinematics) * T / (2 * M))
    return section_of(recoil_energy, neutrino_energy, nuclide, strength, bracket, final_mass)


def vector_upscattering(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    strength: ArrayLike,
    final_mass: float,
    kinematics: str = "spin-0",
) -> Array:
    """Return dσ/dT of `vector` with a final state of mass m₄.

        dσ/dT = (G_F² M/π) S {1 − (T + m₄²/2M)/E + c₂/E²}
        c₂ = T²/2 − MT/2 − (m₄²/4)(1 − T/M)                    spin ½
        c₂ = −MT/2 − (m₄²/4)(1 − T/2M) + m₄⁴/16M²              spin 0

    The term q_μ q_ν/m² of a massive propagator drops out: the current of the target is conserved.

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide, strength, kinematics
        As for `vector`.
    final_mass : float
        m₄ [MeV].
    """
    T, E, M = arguments(recoil_energy, neutrino_energy, nuclide)
    m2 = final_mass**2
    if half(kinematics):
        c2 = T**2 / 2 - M * T / 2 - m2 / 4 * (1 - T / M)
    else:
        c2 = -M * T / 2 - m2 / 4 * (1 - T / (2 * M)) + m2**2 / (16 * M**2)
    bracket = 1 - (T + m2 / (2 * M)) / E + c2 / E**2
    return section_of(recoil_energy, neutrino_energy, nuclide, strength, bracket, final_mass)

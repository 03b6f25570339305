"""New physics formula by formula: dσ/dT of every current of a neutrino, of neutrinos on electrons, of light dark matter; rates.

Three parts.

*Kinds*: one function for each Lorentz structure, in the unit in which the Standard Model has the charge Q = Z g_V^p + N g_V^n:
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

*Papers*: the same in the symbols of the papers: g and m of a mediator, μ/μ_B, ⟨r²⟩, q_ν, ε^u and ε^d, λ of a leptoquark.

*Rates*: ∫ φ(E) dσ/dT dE of any of them, and of a flux that is coherent in flavour.

Recoil energies in keV, neutrino energies and masses in MeV, F(q) with q in MeV, dσ/dT in cm²/keV, zero outside the kinematic
range.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..constants import (
    DAY,
    ELECTRON_MASS,
    FERMI_CONSTANT,
    FINE_STRUCTURE,
    KEV,
    MEV2_CM2,
    WEAK_CROSS_SECTION,
    WEAK_MIXING_ANGLE,
)
from . import form_factors
from ._quadrature import composite
from ._types import Array, FormFactor, Nuclide
from .couplings import LEPTON_MASSES, loop_logarithm, tree_couplings
from .kinematics import momentum_transfer, recoil_energy_max
from .spectra import Component, integral

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


def _arguments(recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide) -> tuple[Array, Array, float]:
    """T, E and M [MeV] with which a bracket can be evaluated anywhere: 1 keV or 1 MeV where there is no scattering."""
    T = np.asarray(recoil_energy, dtype=np.float64) * KEV
    E = np.asarray(neutrino_energy, dtype=np.float64)
    return np.where(T >= 0, T, KEV), np.where(E > 0, E, 1.0), nuclide.mass


def _section(
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


def _half(kinematics: str) -> bool:
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
    T, E, M = _arguments(recoil_energy, neutrino_energy, nuclide)
    bracket = 1 - T / E - M * T / (2 * E**2) + _half(kinematics) * T**2 / (2 * E**2)
    return _section(recoil_energy, neutrino_energy, nuclide, strength, bracket)


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
    T, E, M = _arguments(recoil_energy, neutrino_energy, nuclide)
    bracket = 1 - T / E + M * T / (2 * E**2) + _half(kinematics) * T**2 / (2 * E**2)
    return _section(recoil_energy, neutrino_energy, nuclide, strength, bracket)


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
    T, E, _ = _arguments(recoil_energy, neutrino_energy, nuclide)
    sign = -1 if antineutrino else 1
    return sign * _section(recoil_energy, neutrino_energy, nuclide, coupling_product, 2 * T / E - T**2 / E**2)


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
    T, E, M = _arguments(recoil_energy, neutrino_energy, nuclide)
    bracket = M * T / (2 * E**2) * (1 + _half(kinematics) * T / (2 * M))
    return _section(recoil_energy, neutrino_energy, nuclide, strength, bracket)


def pseudoscalar(recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide, strength: ArrayLike) -> Array:
    """Return dσ/dT of (ν̄ P_L ν)(N̄ iγ₅ N) on a point of spin ½:  (G_F² M/π) S T²/4E².

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide, strength
        As for `vector`.
    """
    T, E, _ = _arguments(recoil_energy, neutrino_energy, nuclide)
    return _section(recoil_energy, neutrino_energy, nuclide, strength, T**2 / (4 * E**2))


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
    T, E, M = _arguments(recoil_energy, neutrino_energy, nuclide)
    bracket = 8 * (1 - T / E - (M * T - T**2) / (4 * E**2))
    return _section(recoil_energy, neutrino_energy, nuclide, strength, bracket)


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
    T, E, _ = _arguments(recoil_energy, neutrino_energy, nuclide)
    sign = 1 if antineutrino else -1
    return sign * _section(recoil_energy, neutrino_energy, nuclide, coupling_product, 2 * T / E - T**2 / E**2)


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
    T, E, M = _arguments(recoil_energy, neutrino_energy, nuclide)
    with np.errstate(divide="ignore"):
        bracket = (1 / T - 1 / E + (not _half(kinematics)) * T / (4 * E**2)) / M
    return _section(recoil_energy, neutrino_energy, nuclide, strength, bracket)


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
    T, E, _ = _arguments(recoil_energy, neutrino_energy, nuclide)
    sign = 1 if antineutrino else -1
    return sign * _section(recoil_energy, neutrino_energy, nuclide, coupling_product, SQRT2 * (1 / E - T / (2 * E**2)))


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
    T, E, M = _arguments(recoil_energy, neutrino_energy, nuclide)
    m2 = final_mass**2
    with np.errstate(divide="ignore", invalid="ignore"):
        x = m2 / (2 * M * T)
        bracket = 1 / T - (1 + x) / E + (m2 / (4 * M) - m2 / (4 * T) + m2**2 * (T - M) / (8 * T**2 * M**2)) / E**2
        if not _half(kinematics):
            bracket = bracket + T / (4 * E**2) * (1 + x) * (1 - 2 * x)
    return _section(recoil_energy, neutrino_energy, nuclide, strength, bracket / M, final_mass)


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
    T, E, M = _arguments(recoil_energy, neutrino_energy, nuclide)
    bracket = (M * T + final_mass**2 / 2) / (2 * E**2) * (1 + _half(kinematics) * T / (2 * M))
    return _section(recoil_energy, neutrino_energy, nuclide, strength, bracket, final_mass)


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
    T, E, M = _arguments(recoil_energy, neutrino_energy, nuclide)
    m2 = final_mass**2
    if _half(kinematics):
        c2 = T**2 / 2 - M * T / 2 - m2 / 4 * (1 - T / M)
    else:
        c2 = -M * T / 2 - m2 / 4 * (1 - T / (2 * M)) + m2**2 / (16 * M**2)
    bracket = 1 - (T + m2 / (2 * M)) / E + c2 / E**2
    return _section(recoil_energy, neutrino_energy, nuclide, strength, bracket, final_mass)


# --- vector charges that add to the Standard Model's -------------------------------------------------------------------------


def standard_model_charge(
    recoil_energy: ArrayLike,
    nuclide: Nuclide,
    gvp: float | None = None,
    gvn: float | None = None,
    proton_form_factor: FormFactor = form_factors.point,
    neutron_form_factor: FormFactor | None = None,
) -> Array:
    """Return Q = Z g_V^p F_p + N g_V^n F_n; the tree couplings if none are given.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    nuclide : Nuclide
        Target nucleus.
    gvp, gvn : float, optional
        Couplings of proton and neutron.
    proton_form_factor, neutron_form_factor : callable
        F(q), q in MeV; no neutron form factor means that of the proton.
    """
    tree = tree_couplings()
    p, n = nuclear_charges(recoil_energy, nuclide, proton_form_factor, neutron_form_factor)
    value: Array = p * (tree[0] if gvp is None else gvp) + n * (tree[1] if gvn is None else gvn)
    return value


def nuclear_charges(
    recoil_energy: ArrayLike,
    nuclide: Nuclide,
    proton_form_factor: FormFactor = form_factors.point,
    neutron_form_factor: FormFactor | None = None,
) -> tuple[Array, Array]:
    """Return (Z F_p, N F_n) at each recoil energy [keV]."""
    q = momentum_transfer(np.maximum(np.asarray(recoil_energy, dtype=np.float64), 0), nuclide)
    return nuclide.Z * proton_form_factor(q), nuclide.N * (neutron_form_factor or proton_form_factor)(q)


def mediator_denominator(recoil_energy: ArrayLike, nuclide: Nuclide, mass: float) -> Array:
    """Return Q² + m² = 2MT + m² [MeV²].

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    nuclide : Nuclide
        Its mass is M.
    mass : float
        m [MeV].
    """
    return 2 * nuclide.mass * np.asarray(recoil_energy, dtype=np.float64) * KEV + mass**2


def vector_mediator_charge(
    recoil_energy: ArrayLike,
    nuclide: Nuclide,
    neutrino_coupling: float,
    proton_coupling: float,
    neutron_coupling: float,
    mass: float,
    proton_form_factor: FormFactor = form_factors.point,
    neutron_form_factor: FormFactor | None = None,
) -> Array:
    """Return what a vector mediator adds to Q.

        ΔQ = g_ν (Z g_p F_p + N g_n F_n)/[√2 G_F (2MT + m²)]

    L = −Z′_μ (g_ν ν̄ γ^μ P_L ν + g_p p̄ γ^μ p + g_n n̄ γ^μ n). Universal: g_ν = g, g_p = g_n = 3g, destructive as Q < 0. B−L:
    g_ν = −g, g_p = g_n = g, constructive. Atzori Corona et al., JHEP 05 (2022) 109 (arXiv:2202.11002).

    Parameters
    ----------
    recoil_energy, nuclide, proton_form_factor, neutron_form_factor
        As for `standard_model_charge`.
    neutrino_coupling, proton_coupling, neutron_coupling : float
        g_ν, g_p, g_n.
    mass : float
        m [MeV].
    """
    p, n = nuclear_charges(recoil_energy, nuclide, proton_form_factor, neutron_form_factor)
    exchange = neutrino_coupling / (CONTACT * mediator_denominator(recoil_energy, nuclide, mass))
    value: Array = exchange * (proton_coupling * p + neutron_coupling * n)
    return value


def loop_charge(
    recoil_energy: ArrayLike,
    nuclide: Nuclide,
    flavor: str,
    lepton_charges: tuple[float, float, float],
    coupling: float,
    mass: float,
    proton_form_factor: FormFactor = form_factors.point,
) -> Array:
    """Return what a mediator of leptons alone adds to Q, by the loop of charged leptons that turns it into a photon.

        ΔQ = − x_a Z F_p √2 α g²/[π G_F (2MT + m²)] Σ_ℓ x_ℓ J_ℓ(Q),     J_ℓ = ∫₀¹ x(1−x) ln[m_ℓ² + x(1−x)Q²] dx

    for charges x = (x_e, x_μ, x_τ) that add up to zero. L_μ − L_τ, (0, 1, −1): ΔQ > 0 for ν_μ, destructive as Q < 0, and −ΔQ
    for ν_τ; J_τ − J_μ = ln(m_τ²/m_μ²)/6 = 0.941 at Q = 0. Cadeddu et al., JHEP 01 (2021) 116 (arXiv:2008.05022).

    The sign: vacuum polarisation strengthens the exchange of a photon between like charges, e² → e² [1 + (2α/π) Σ (J_ℓ(Q) −
    J_ℓ(0))], because its spectral density is a rate and positive. Replace one e² q² of the loop by (e q_ℓ)(g x_ℓ), q_ℓ = −1,
    and one charge at its end by g x_a. It is also the sign of the neutrino's charge radius in the Standard Model, where W
    exchange is the vector contact of a neutrino with its own charged lepton and g²/m² → √2 G_F gives Δg_V^p = (α/3π)
    ln(M_W²/m_ℓ²) > 0 (`couplings.charge_radius`). The same for antineutrinos.

    Parameters
    ----------
    recoil_energy, nuclide, proton_form_factor
        As for `standard_model_charge`.
    flavor : {"e", "mu", "tau"}
        The neutrino.
    lepton_charges : tuple of float
        x of the three generations.
    coupling, mass : float
        g and m [MeV].
    """
    T = np.asarray(recoil_energy, dtype=np.float64)
    q = momentum_transfer(np.maximum(T, 0), nuclide)
    charges = dict(zip(FLAVORS, lepton_charges, strict=True))
    loop = np.zeros(q.shape)
    for lepton, charge in charges.items():
        if charge:
            loop = loop + charge * np.vectorize(loop_logarithm, otypes=[float])(q, LEPTON_MASSES[lepton]) / 6
    strength = -charges[flavor] * SQRT2 * FINE_STRUCTURE * coupling**2 / (math.pi * FERMI_CONSTANT) * loop
    value: Array = strength / mediator_denominator(T, nuclide, mass) * nuclide.Z * proton_form_factor(q)
    return value


def charge_radius_coupling(charge_radius: ArrayLike) -> Array:
    """Return what a charge radius ⟨r²⟩ [cm²] adds to g_V^p.

        Δg_V^p = −(√2 π α/3 G_F) ⟨r²⟩

    from the charge e ⟨r²⟩ q²/6 of the neutrino at q² = −2MT. ⟨r²⟩_ab, a ≠ b, changes flavour and adds Z² F_p² |Δ|².
    Antineutrinos have −⟨r²⟩ and −g_V: the same cross section. Cadeddu et al., Phys. Rev. D 98 (2018) 113010. The radius of
    the Standard Model (`couplings.charge_radius`) is part of the couplings with radiative corrections: what is added to
    those is beyond it.

    Parameters
    ----------
    charge_radius : array_like
        ⟨r²⟩ [cm²].
    """
    value: Array = -SQRT2 * math.pi * FINE_STRUCTURE / (3 * FERMI_CONSTANT) * np.asarray(charge_radius) / MEV2_CM2
    return value


def anapole_coupling(anapole: ArrayLike) -> Array:
    """Return what an anapole moment a [cm²] adds to g_V^p: the charge radius −6a.

        Λ_μ = f_Q γ_μ + f_A (q² γ_μ − q_μ q̸) γ₅,   γ₅ ν_L = −ν_L   ⇒   f_Q − q² f_A = q² (⟨r²⟩/6 − a)

    For the left-handed neutrinos of any experiment an anapole moment is not told from a charge radius: only ⟨r²⟩/6 − a
    enters. In the Standard Model a = −⟨r²⟩/6 in this convention, and what is called its charge radius is the sum. Giunti and
    Studenikin, Rev. Mod. Phys. 87 (2015) 531, section VII.

    Parameters
    ----------
    anapole : array_like
        a [cm²].
    """
    return charge_radius_coupling(-6 * np.asarray(anapole, dtype=np.float64))


def millicharge_coupling(recoil_energy: ArrayLike, nuclide: Nuclide, charge: float) -> Array:
    """Return what a charge q_ν of the neutrino adds to g_V^p.

        Δg_V^p = 4πα q_ν/[√2 G_F (2MT)] = −(2√2 π α/G_F) q_ν/q²,    q² = −2MT

    Cadeddu et al., Phys. Rev. D 102 (2020) 015030.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    nuclide : Nuclide
        Its mass is M; the mass of the electron for electrons.
    charge : float
        q_ν [e].
    """
    value: Array = ELEMENTARY**2 * charge / (CONTACT * mediator_denominator(recoil_energy, nuclide, 0.0))
    return value


def nsi_charges(epsilon_up: ArrayLike, epsilon_down: ArrayLike, gvp: ArrayLike, gvn: ArrayLike) -> Matrix:
    """Return g (2, 3, 3): of proton and neutron, for incoming flavour a and outgoing b.

        g_ab^p = δ_ab g_V^p + 2 ε_ba^u + ε_ba^d        g_ab^n = δ_ab g_V^n + ε_ba^u + 2 ε_ba^d

    L = −2√2 G_F Σ ε_ab^qP (ν̄_a γ_μ P_L ν_b)(q̄ γ^μ P q) and ε = ε^L + ε^R: ε_ab takes b in and a out. Barranco, Miranda and
    Rashba, JHEP 12 (2005) 021.

    Parameters
    ----------
    epsilon_up, epsilon_down : array_like (3, 3)
        ε^u and ε^d, Hermitian.
    gvp, gvn : float or array_like (3,)
        Couplings of the Standard Model, of each flavour.
    """
    up = np.asarray(epsilon_up, dtype=np.complex128).T
    down = np.asarray(epsilon_down, dtype=np.complex128).T
    one = np.eye(3)
    return np.array([one * np.asarray(gvp) + 2 * up + down, one * np.asarray(gvn) + up + 2 * down])


def strength_of_flavor(amplitudes: ArrayLike, flavor: int) -> Array:
    """Return Σ_b |G_ab|² of an incoming flavour a; amplitudes G (…, 3, 3) [in, out]."""
    value: Array = np.sum(np.abs(np.asarray(amplitudes)[..., flavor, :]) ** 2, axis=-1)
    return value


def strength_of_state(amplitudes: ArrayLike, state: ArrayLike, antineutrino: bool = False) -> Array:
    """Return Σ_b Σ_aa′ ρ_aa′ G_ab G_a′b* = Tr[H ρ H†], H = Gᵀ, of a state that is coherent in flavour.

    Antineutrinos have G*, with ρ of the antineutrinos.

    Parameters
    ----------
    amplitudes : array_like (…, 3, 3)
        G [in, out].
    state : array_like (…, 3, 3)
        ρ_aa′ = ⟨ψ_a ψ_a′*⟩ in flavours.
    antineutrino : bool
        Whether ρ is of antineutrinos.
    """
    G = np.asarray(amplitudes, dtype=np.complex128)
    H = np.swapaxes(G.conj() if antineutrino else G, -1, -2)
    out = H @ np.asarray(state) @ np.swapaxes(H.conj(), -1, -2)
    return np.asarray(np.trace(out, axis1=-2, axis2=-1).real)


def nsi(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    epsilon_up: ArrayLike,
    epsilon_down: ArrayLike,
    flavor: int,
    gvp: ArrayLike | None = None,
    gvn: ArrayLike | None = None,
    proton_form_factor: FormFactor = form_factors.point,
    neutron_form_factor: FormFactor | None = None,
    kinematics: str = "spin-0",
) -> Array:
    """Return dσ/dT of non-standard interactions with the Standard Model.

        Q_a² = Σ_b |δ_ab Q + (2ε_ab^u + ε_ab^d) Z F_p + (ε_ab^u + 2ε_ab^d) N F_n|²

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide, kinematics
        As for `vector`.
    epsilon_up, epsilon_down : array_like (3, 3)
        ε^u and ε^d.
    flavor : {0, 1, 2}
        e, μ, τ: neutrino or antineutrino.
    gvp, gvn : float or array_like (3,), optional
        Couplings of the Standard Model.
    proton_form_factor, neutron_form_factor : callable
        F(q), q in MeV.
    """
    tree = tree_couplings()
    g = nsi_charges(epsilon_up, epsilon_down, tree[0] if gvp is None else gvp, tree[1] if gvn is None else gvn)
    p, n = nuclear_charges(recoil_energy, nuclide, proton_form_factor, neutron_form_factor)
    amplitudes = np.multiply.outer(p, g[0]) + np.multiply.outer(n, g[1])
    return vector(recoil_energy, neutrino_energy, nuclide, strength_of_flavor(amplitudes, flavor), kinematics)


def leptoquark_epsilon(couplings: ArrayLike, mass: float, fermion_number: int) -> Matrix:
    """Return ε_ab of the quark to which a scalar leptoquark couples neutrinos.

        F = 0:  L = λ_b (q̄ P_L ν_b) S + h.c.     ε_ab = + λ_a* λ_b/(4√2 G_F m²)       multiplets R₂ (u), R̃₂ (d)
        F = 2:  L = λ_b (q̄ᶜ P_L ν_b) S + h.c.    ε_ab = − λ_a* λ_b/(4√2 G_F m²)       multiplets S₁ (d), S₃ (u, d)

    The leptoquark is integrated out, L = (1/m²)(ν̄_a P_R q)(q̄ P_L ν_b) λ_a* λ_b, and Fierz's identity for anticommuting
    fields gives −½ (ν̄_a γ_μ P_L ν_b)(q̄ γ^μ P_R q); for qᶜ the current of q is reversed. The sign is that of second-order
    perturbation theory: what can become a leptoquark attracts, νq for F = 2 and νq̄ for F = 0. Momentum transfers are far
    below m. I. Doršner et al., Phys. Rep. 641 (2016) 1, for the multiplets.

    Parameters
    ----------
    couplings : array_like (3,)
        λ of ν_e, ν_μ, ν_τ.
    mass : float
        m [MeV].
    fermion_number : {0, 2}
        F = 3B + L of the leptoquark.
    """
    coupling = np.asarray(couplings, dtype=np.complex128)
    sign = {0: 1, 2: -1}[fermion_number]
    value: Matrix = sign * np.outer(coupling.conj(), coupling) / (4 * SQRT2 * FERMI_CONSTANT * mass**2)
    return value


# --- the papers' formulas ----------------------------------------------------------------------------------------------------


def _natural(
    value: ArrayLike, recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide, final_mass: float = 0.0
) -> Array:
    """A cross section of MeV⁻³ in cm²/keV, zero outside the kinematic range."""
    one = 1 / (WEAK_CROSS_SECTION * nuclide.mass * KEV)
    return _section(recoil_energy, neutrino_energy, nuclide, one, np.asarray(value) * MEV2_CM2 * KEV, final_mass)


def scalar_mediator(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    neutrino_coupling: float,
    proton_coupling: float,
    neutron_coupling: float,
    mass: float,
    proton_form_factor: FormFactor = form_factors.point,
    neutron_form_factor: FormFactor | None = None,
) -> Array:
    """Return dσ/dT of a scalar mediator, without interference with the Standard Model.

        dσ/dT = g_ν² (Z g_p F_p + N g_n F_n)² M² T/[4π E² (2MT + m²)²]

    Cerdeño et al., JHEP 05 (2016) 118; with the factor 1 + T/2M for spin ½ left out.

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide
        As for `vector`.
    neutrino_coupling, proton_coupling, neutron_coupling, mass, proton_form_factor, neutron_form_factor
        As for `vector_mediator_charge`.
    """
    T, E, M = _arguments(recoil_energy, neutrino_energy, nuclide)
    p, n = nuclear_charges(recoil_energy, nuclide, proton_form_factor, neutron_form_factor)
    g2 = neutrino_coupling**2 * (proton_coupling * p + neutron_coupling * n) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        value = g2 * M**2 * T / (4 * math.pi * E**2 * (2 * M * T + mass**2) ** 2)
    return _natural(value, recoil_energy, neutrino_energy, nuclide)


def pseudoscalar_mediator(
    recoil_energy: ArrayLike, neutrino_energy: ArrayLike, nuclide: Nuclide, coupling: float, mass: float
) -> Array:
    """Return dσ/dT of a pseudoscalar mediator on a point of spin ½:  g² M T²/[8π E² (2MT + m²)²].

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide
        As for `vector`.
    coupling : float
        g = g_ν g_N, the nucleus as a whole.
    mass : float
        m [MeV].
    """
    T, E, M = _arguments(recoil_energy, neutrino_energy, nuclide)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = coupling**2 * M * T**2 / (8 * math.pi * E**2 * (2 * M * T + mass**2) ** 2)
    return _natural(value, recoil_energy, neutrino_energy, nuclide)


def tensor_mediator(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    neutrino_coupling: float,
    proton_coupling: float,
    neutron_coupling: float,
    mass: float,
    proton_form_factor: FormFactor = form_factors.point,
    neutron_form_factor: FormFactor | None = None,
) -> Array:
    """Return dσ/dT of a tensor mediator.

        dσ/dT = [4 g² M/π (2MT + m²)²] [1 − T/E − (MT − T²)/4E²],    g² = g_ν² (Z g_p F_p + N g_n F_n)²

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide
        As for `vector`.
    neutrino_coupling, proton_coupling, neutron_coupling, mass, proton_form_factor, neutron_form_factor
        As for `vector_mediator_charge`.
    """
    T, E, M = _arguments(recoil_energy, neutrino_energy, nuclide)
    p, n = nuclear_charges(recoil_energy, nuclide, proton_form_factor, neutron_form_factor)
    g2 = neutrino_coupling**2 * (proton_coupling * p + neutron_coupling * n) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 4 * g2 * M / (math.pi * (2 * M * T + mass**2) ** 2)
        value = scale * (1 - T / E - (M * T - T**2) / (4 * E**2))
    return _natural(value, recoil_energy, neutrino_energy, nuclide)


def magnetic_moment(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    moment: float,
    form_factor: FormFactor = form_factors.point,
    kinematics: str = "spin-0",
) -> Array:
    """Return dσ/dT of a magnetic moment.

        dσ/dT = (πα²/m_e²) Z² F_p² |μ/μ_B|² [1/T − 1/E]        (+ T/4E² for spin 0)

    with πα²/m_e² = 2.49467e-25 cm². P. Vogel and J. Engel, Phys. Rev. D 39 (1989) 3378. No interference with the Standard
    Model: the helicity flips.

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide, kinematics
        As for `vector`.
    moment : float
        |μ| [μ_B], the effective moment of the flux: μ² = Σ_b |μ_ab|².
    form_factor : callable
        F_p(q), q in MeV.
    """
    T, E, _ = _arguments(recoil_energy, neutrino_energy, nuclide)
    p, _ = nuclear_charges(recoil_energy, nuclide, form_factor)
    A = math.pi * FINE_STRUCTURE**2 / ELECTRON_MASS**2 * p**2 * moment**2
    with np.errstate(divide="ignore", invalid="ignore"):
        value = A * (1 / T - 1 / E + (not _half(kinematics)) * T / (4 * E**2))
    return _natural(value, recoil_energy, neutrino_energy, nuclide)


def dipole_portal(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    dipole_coupling: float,
    mass: float,
    form_factor: FormFactor = form_factors.point,
) -> Array:
    """Return dσ/dT of L = d ν̄ σ_μν F^μν P_L N, in the form of the papers, for a nucleus of spin ½.

        dσ/dT = 4α d² Z² F_p² [1/T − 1/E − (m²/2ETM)(1 − T/2E + M/2E) + m⁴ (T − M)/(8E²T²M²)]

    d = μ/2 of L = (μ/2) ν̄ σ_μν F^μν P_L N. Shoemaker and Wyenberg, Phys. Rev. D 99 (2019) 075010, for the portal; papers differ
    in the normalisation of d by factors of 2.

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide
        As for `vector`.
    dipole_coupling : float
        d [MeV⁻¹].
    mass : float
        Mass of N [MeV].
    form_factor : callable
        F_p(q), q in MeV.
    """
    T, E, M = _arguments(recoil_energy, neutrino_energy, nuclide)
    p, _ = nuclear_charges(recoil_energy, nuclide, form_factor)
    m2 = mass**2
    with np.errstate(divide="ignore", invalid="ignore"):
        bracket = 1 / T - 1 / E - m2 / (2 * E * T * M) * (1 - T / (2 * E) + M / (2 * E))
        bracket = bracket + m2**2 * (T - M) / (8 * E**2 * T**2 * M**2)
        value = 4 * FINE_STRUCTURE * dipole_coupling**2 * p**2 * bracket
    return _natural(value, recoil_energy, neutrino_energy, nuclide, mass)


def sterile_scalar(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    coupling: ArrayLike,
    mediator_mass: float,
    mass: float,
    kinematics: str = "spin-1/2",
) -> Array:
    """Return dσ/dT of ν A → N A by a scalar; spin 0 without the factor 1 + T/2M.

        dσ/dT = g² M (1 + T/2M)(MT + m²/2)/[4π E² (2MT + m_φ²)²]

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide, kinematics
        As for `vector`.
    coupling : array_like
        g, of both vertices and with form factors.
    mediator_mass, mass : float
        m_φ and the mass m of N [MeV].
    """
    T, E, M = _arguments(recoil_energy, neutrino_energy, nuclide)
    spin = 1 + _half(kinematics) * T / (2 * M)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.asarray(coupling) ** 2 * M / (4 * math.pi * E**2 * (2 * M * T + mediator_mass**2) ** 2)
        value = scale * spin * (M * T + mass**2 / 2)
    return _natural(value, recoil_energy, neutrino_energy, nuclide, mass)


def sterile_vector(
    recoil_energy: ArrayLike,
    neutrino_energy: ArrayLike,
    nuclide: Nuclide,
    coupling: ArrayLike,
    mediator_mass: float,
    mass: float,
) -> Array:
    """Return dσ/dT of ν A → N A by a vector, for a nucleus of spin ½.

        dσ/dT = {g² M/[2π (2MT + m_V²)²]} [(1 − T/E + T²/2E² − MT/2E²) − (m²/2ME)(1 + M/2E − T/2E)]

    Parameters
    ----------
    recoil_energy, neutrino_energy, nuclide
        As for `vector`.
    coupling : array_like
        g, of both vertices and with form factors.
    mediator_mass, mass : float
        m_V and the mass m of N [MeV].
    """
    T, E, M = _arguments(recoil_energy, neutrino_energy, nuclide)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.asarray(coupling) ** 2 * M / (2 * math.pi * (2 * M * T + mediator_mass**2) ** 2)
        bracket = 1 - T / E + T**2 / (2 * E**2) - M * T / (2 * E**2)
        bracket = bracket - mass**2 / (2 * M * E) * (1 + M / (2 * E) - T / (2 * E))
    return _natural(scale * bracket, recoil_energy, neutrino_energy, nuclide, mass)


# --- neutrinos on electrons --------------------------------------------------------------------------------------------------


def electron_couplings(flavor: str, weak_mixing_angle: float = WEAK_MIXING_ANGLE) -> tuple[float, float]:
    """Return (g_L, g_R) of the electron:  g_L = ±½ + sin²θ_W, + for ν_e alone,  g_R = sin²θ_W;  exchanged for antineutrinos.

    Parameters
    ----------
    flavor : str
        One of `constants.FLAVORS`.
    weak_mixing_angle : float
        sin²θ_W.
    """
    left = weak_mixing_angle + (0.5 if flavor.startswith("nue") else -0.5)
    return (weak_mixing_angle, left) if flavor.endswith("bar") else (left, weak_mixing_angle)


def neutrino_electron(recoil_energy: ArrayLike, neutrino_energy: ArrayLike, left: ArrayLike, right: ArrayLike) -> Array:
    """Return dσ/dT [cm²/keV] of a neutrino and a free electron at rest.

        dσ/dT = (2G_F² m_e/π) [g_L² + g_R² (1 − T/E)² − g_L g_R m_e T/E²]

    G. 't Hooft, Phys. Lett. B 37 (1971) 195. A vector mediator adds g_ν g_e/[2√2 G_F (2m_e T + m²)] to both; g_L and g_R are
    exchanged for antineutrinos.

    Parameters
    ----------
    recoil_energy : array_like
        T of the electron [keV].
    neutrino_energy : array_like
        E [MeV].
    left, right : array_like
        g_L and g_R.
    """
    T, E, M = _arguments(recoil_energy, neutrino_energy, ELECTRON)
    gl, gr = np.asarray(left), np.asarray(right)
    return _section(recoil_energy, neutrino_energy, ELECTRON, 2.0, gl**2 + gr**2 * (1 - T / E) ** 2 - gl * gr * M * T / E**2)


def neutrino_electron_total(neutrino_energy: ArrayLike, left: float, right: float) -> Array:
    """Return σ [cm²] of a neutrino and a free electron at rest, in closed form, T_m = 2E²/(m_e + 2E).

        σ = (2G_F² m_e/π) {g_L² T_m + g_R² (E/3) [1 − (1 − T_m/E)³] − g_L g_R m_e T_m²/2E²}

    Parameters
    ----------
    neutrino_energy : array_like
        E [MeV].
    left, right : float
        g_L and g_R.
    """
    E = np.asarray(neutrino_energy, dtype=np.float64)
    T = recoil_energy_max(E, ELECTRON) * KEV  # MeV
    integral_right = E / 3 * (1 - (1 - T / E) ** 3)
    mixed = ELECTRON_MASS * T**2 / (2 * E**2)
    value: Array = 2 * WEAK_CROSS_SECTION * ELECTRON_MASS * (left**2 * T + right**2 * integral_right - left * right * mixed)
    return value


# --- light dark matter -------------------------------------------------------------------------------------------------------


def dark_matter(
    recoil_energy: ArrayLike,
    energy: ArrayLike,
    nuclide: Nuclide,
    coupling: float,
    mass: float,
    mediator_mass: float,
    form_factor: FormFactor = form_factors.point,
    particle: str = "dirac",
    kinematics: str = "spin-0",
) -> Array:
    """Return dσ/dT [cm²/keV] of a particle χ on the charge of a nucleus, by a dark photon.

        dσ/dT = (g Z F_p)² M/[2π p² (2MT + m_A²)²] × { E² − ET − MT/2 + T²/2 − m² T/2M     Dirac, spin ½
                                                     { E² − ET − MT/2                      Dirac, spin 0
                                                     { (E − T/2)²                          scalar, spin 0

    with g = ε e g_D and p² = E² − m². deNiverville, Pospelov and Ritz, Phys. Rev. D 84 (2011) 075020, for the model.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    energy : array_like
        Total energy E of χ [MeV].
    nuclide : Nuclide
        Target nucleus.
    coupling : float
        g = ε e g_D.
    mass, mediator_mass : float
        m and m_A [MeV].
    form_factor : callable
        F_p(q), q in MeV.
    particle : {"dirac", "scalar"}
        χ.
    kinematics : {"spin-0", "spin-1/2"}
        Spin of the target; ½ for Dirac particles alone.
    """
    T, E, M = _arguments(recoil_energy, energy, nuclide)
    recoil = np.asarray(recoil_energy, dtype=np.float64)
    if particle == "scalar":
        if _half(kinematics):
            raise ValueError("scalar dark matter meets targets of spin 0 only")
        bracket = (E - T / 2) ** 2
    else:
        bracket = E**2 - E * T - M * T / 2 + _half(kinematics) * (T**2 / 2 - mass**2 * T / (2 * M))
    p, _ = nuclear_charges(recoil_energy, nuclide, form_factor)
    allowed = (recoil >= 0) & (np.asarray(energy) > mass) & (dark_matter_energy_min(np.maximum(recoil, 0), nuclide, mass) <= E)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (coupling * p) ** 2 * M / (2 * math.pi * (E**2 - mass**2) * (2 * M * T + mediator_mass**2) ** 2) * bracket
    return np.where(allowed, value * MEV2_CM2 * KEV, 0.0)


# --- rates -------------------------------------------------------------------------------------------------------------------


def _seconds(per: str) -> float:
    return {"s": DAY, "burst": 1.0}[per]


def differential_rate(
    recoil_energy: ArrayLike,
    components: Sequence[Component],
    target: Target,
    section: Section,
    final_mass: float = 0.0,
    per: str = "s",
    energy_min: Callable[[float, Nuclide], Any] | None = None,
) -> Array:
    """Return dR/dT per kg, day and keV of any cross section, by Gauss–Legendre quadrature from E_min(T), split at the knots.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    components : sequence of Component
        The flux, per cm² and s (or burst).
    target : sequence of (nuclide, float)
        Nuclides and their number per kg.
    section : callable
        dσ/dT [cm²/keV] of (recoil energy, neutrino energy, nuclide).
    final_mass : float
        m₄ [MeV] in E_min.
    per : {"s", "burst"}
        Unit of the flux.
    energy_min : callable, optional
        E_min(T, nuclide) [MeV] where it is another, as `dark_matter_energy_min`.
    """
    T = np.asarray(recoil_energy, dtype=np.float64)
    rate = np.zeros(T.size)
    for nuclide, number in target:
        for i, t in enumerate(T.ravel().tolist()):
            lower = neutrino_energy_min(t, nuclide, final_mass) if energy_min is None else energy_min(t, nuclide)
            for component in components:

                def at(E: Array, t: float = t, nuclide: Nuclide = nuclide) -> Any:
                    return section(t, E, nuclide)

                rate[i] += number * integral(component, at, float(lower))
    return _seconds(per) * rate.reshape(T.shape)


def differential_rate_of_state(
    recoil_energy: ArrayLike,
    component: Component,
    state: Callable[[Array], Any],
    target: Target,
    amplitudes: Callable[[float, Nuclide], Any],
    kind: Callable[[Any, Any, Any, Any], Any] = vector,
    antineutrino: bool = False,
    final_mass: float = 0.0,
    per: str = "s",
) -> Array:
    """Return dR/dT per kg, day and keV of a flux that is coherent in flavour:  ∫ φ(E) Tr[H ρ(E) H†] K(E, T) dE.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    component : Component
        φ, all flavours together.
    state : callable
        ρ(E) (n, 3, 3) of energies (n,) [MeV], in flavours, of trace one.
    target : sequence of (nuclide, float)
        Nuclides and their number per kg.
    amplitudes : callable
        G (3, 3) [in, out] of a recoil energy [keV] and a nuclide, form factors included.
    kind : callable
        One of the kinds above, of (recoil energy, neutrino energy, nuclide, strength).
    antineutrino : bool
        Whether φ and ρ are of antineutrinos: G → G*.
    final_mass : float
        m₄ [MeV] in E_min.
    per : {"s", "burst"}
        Unit of the flux.
    """
    T = np.asarray(recoil_energy, dtype=np.float64)
    rate = np.zeros(T.size)
    for nuclide, number in target:
        for i, t in enumerate(T.ravel().tolist()):
            G = np.asarray(amplitudes(t, nuclide))

            def at(E: Array, t: float = t, nuclide: Nuclide = nuclide, G: Any = G) -> Any:
                return kind(t, E, nuclide, strength_of_state(G, state(E), antineutrino))

            rate[i] += number * integral(component, at, float(neutrino_energy_min(t, nuclide, final_mass)))
    return _seconds(per) * rate.reshape(T.shape)


def cross_section(
    neutrino_energy: float,
    nuclide: Nuclide,
    section: Section,
    threshold: float = 0.0,
    maximum: float = np.inf,
    final_mass: float = 0.0,
) -> float:
    """Return σ [cm²] of recoils between `threshold` and `maximum` [keV] for any cross section, by quadrature.

    Panels whose ends have the ratio 1.5 resolve 1/T and the propagator of a light mediator; those towards T = 0 end at 1e-24
    of the largest recoil energy. Kinds that diverge at T = 0 need a threshold or a final mass.

    Parameters
    ----------
    neutrino_energy : float
        E [MeV].
    nuclide : Nuclide
        Target nucleus.
    section : callable
        dσ/dT [cm²/keV] of (recoil energy, neutrino energy, nuclide).
    threshold, maximum : float
        Range of recoil energies [keV].
    final_mass : float
        m₄ [MeV].
    """
    if neutrino_energy <= final_mass + final_mass**2 / (2 * nuclide.mass):
        return 0.0
    least, most = recoil_energy_range(neutrino_energy, nuclide, final_mass)
    low, high = max(float(least), threshold), min(float(most), maximum)
    if low >= high:
        return 0.0
    start = max(low, 1e-24 * high)
    edges = np.geomspace(start, high, 2 + math.ceil(math.log(high / start) / math.log(1.5)))
    edges[-1] = high
    if low < start:
        edges = np.concatenate(([low], edges))
    T, weight = composite(edges)
    return float(np.sum(weight * section(T, neutrino_energy, nuclide)))


def rate(
    components: Sequence[Component],
    target: Target,
    section: Section,
    final_mass: float = 0.0,
    threshold: float = 0.0,
    maximum: float = np.inf,
    per: str = "s",
) -> float:
    """Return the rate per kg and day of recoils between `threshold` and `maximum` [keV], for any cross section of a neutrino.

    ∫ φ(E) σ(E; T₁ < T < T₂) dE, split at the knots, where an edge enters or leaves the range of recoils, and geometrically
    towards the energy at which that range opens, above which σ rises like a square root for m₄ > 0.

    Parameters
    ----------
    components, target, section, final_mass, per
        As for `differential_rate`.
    threshold, maximum : float
        Range of recoil energies [keV].
    """
    total = 0.0
    for nuclide, number in target:
        edges = [edge for edge in (threshold, maximum) if 0 < edge < np.inf]
        kinks = [float(neutrino_energy_min(edge, nuclide, final_mass)) for edge in edges]
        opening = final_mass + final_mass**2 / (2 * nuclide.mass)
        kinks += (opening * (1 + 4.0 ** -np.arange(26))).tolist() if opening else []
        for component in components:

            def at(E: Array, nuclide: Nuclide = nuclide) -> Any:
                values = [cross_section(e, nuclide, section, threshold, maximum, final_mass) for e in E.tolist()]
                return np.array(values)

            total += number * integral(component, at, opening, kinks)
    return _seconds(per) * total

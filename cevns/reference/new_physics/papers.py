"""New physics in the symbols of the papers, in full."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ...constants import (
    ELECTRON_MASS,
    FERMI_CONSTANT,
    FINE_STRUCTURE,
    KEV,
    MEV2_CM2,
    WEAK_CROSS_SECTION,
    WEAK_MIXING_ANGLE,
)
from .. import form_factors
from .._types import Array, FormFactor, Nuclide
from ..couplings import tree_couplings
from ..kinematics import recoil_energy_max
from .charges import nsi_charges, nuclear_charges, strength_of_flavor
from .kinds import ELECTRON, SQRT2, Matrix, arguments, dark_matter_energy_min, half, section_of, vector


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
    return section_of(recoil_energy, neutrino_energy, nuclide, one, np.asarray(value) * MEV2_CM2 * KEV, final_mass)


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
    T, E, M = arguments(recoil_energy, neutrino_energy, nuclide)
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
    T, E, M = arguments(recoil_energy, neutrino_energy, nuclide)
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
    T, E, M = arguments(recoil_energy, neutrino_energy, nuclide)
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
    T, E, _ = arguments(recoil_energy, neutrino_energy, nuclide)
    p, _ = nuclear_charges(recoil_energy, nuclide, form_factor)
    A = math.pi * FINE_STRUCTURE**2 / ELECTRON_MASS**2 * p**2 * moment**2
    with np.errstate(divide="ignore", invalid="ignore"):
        value = A * (1 / T - 1 / E + (not half(kinematics)) * T / (4 * E**2))
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
    T, E, M = arguments(recoil_energy, neutrino_energy, nuclide)
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
    T, E, M = arguments(recoil_energy, neutrino_energy, nuclide)
    spin = 1 + half(kinematics) * T / (2 * M)
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
    T, E, M = arguments(recoil_energy, neutrino_energy, nuclide)
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
    T, E, M = arguments(recoil_energy, neutrino_energy, ELECTRON)
    gl, gr = np.asarray(left), np.asarray(right)
    return section_of(recoil_energy, neutrino_energy, ELECTRON, 2.0, gl**2 + gr**2 * (1 - T / E) ** 2 - gl * gr * M * T / E**2)


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
    T, E, M = arguments(recoil_energy, energy, nuclide)
    recoil = np.asarray(recoil_energy, dtype=np.float64)
    if particle == "scalar":
        if half(kinematics):
            raise ValueError("scalar dark matter meets targets of spin 0 only")
        bracket = (E - T / 2) ** 2
    else:
        bracket = E**2 - E * T - M * T / 2 + half(kinematics) * (T**2 / 2 - mass**2 * T / (2 * M))
    p, _ = nuclear_charges(recoil_energy, nuclide, form_factor)
    allowed = (recoil >= 0) & (np.asarray(energy) > mass) & (dark_matter_energy_min(np.maximum(recoil, 0), nuclide, mass) <= E)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (coupling * p) ** 2 * M / (2 * math.pi * (E**2 - mass**2) * (2 * M * T + mediator_mass**2) ** 2) * bracket
    return np.where(allowed, value * MEV2_CM2 * KEV, 0.0)

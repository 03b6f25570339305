"""Charges: what stands in the place of that of the Standard Model, for mediators, moments and contacts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ...constants import (
    FERMI_CONSTANT,
    FINE_STRUCTURE,
    KEV,
    MEV2_CM2,
)
from .. import form_factors
from .._types import Array, FormFactor, Nuclide
from ..couplings import LEPTON_MASSES, loop_logarithm, tree_couplings
from ..kinematics import momentum_transfer
from .kinds import CONTACT, ELEMENTARY, FLAVORS, SQRT2, Matrix

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

"""Cross sections from Lagrangians by brute force: 4 × 4 matrices, on-shell momenta, traces; no formula of a cross section.

A neutrino (or another projectile) of momentum k meets a particle of mass M at rest, P, and both leave with k′ and P′. The
Lagrangian is a sum of products of two currents,

    L = − Σ_i c_i (ν̄ Γ_i P_L ν)(N̄ Ω_i N),

where i also counts the Lorentz indices that are summed. The sum over spins of the squared amplitude is a product of two traces,

    Σ|𝓜|² = Σ_ij c_i c_j* Tr[(k̸′ + m′) Γ_i (k̸ + m) Γ̄_j] Tr[(P̸′ + M) Ω_i (P̸ + M) Ω̄_j],     Γ̄ = γ⁰ Γ† γ⁰,

a leg of spin 0 has numbers in place of its trace, and an antineutrino has Tr[(k̸ − m) Γ_i (k̸′ − m′) Γ̄_j]. With t = −2MT and
the flux of a projectile of momentum p = √(E² − m²) in the frame in which the target is at rest,

    dσ/dt = ⟨|𝓜|²⟩/(64π M² p²)        dσ/dT = 2M dσ/dt = ⟨|𝓜|²⟩/(32π M p²),

⟨…⟩ the average over the spins of the target (2 or 1) and of the projectile (1 for a neutrino, which P_L leaves one helicity).
M. E. Peskin and D. V. Schroeder, An Introduction to Quantum Field Theory (1995), sections 3, 5.1 and 7.5, whose metric
(+ − − −), chiral γ matrices and σ_μν = (i/2)[γ_μ, γ_ν] stand below.

All energies in MeV, cross sections dσ/dT in MeV⁻³ for the couplings given: MEV2_CM2·KEV turns them into cm²/keV.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._types import Array

Matrix = NDArray[Any]  # complex

METRIC = np.diag([1.0, -1.0, -1.0, -1.0])

_ZERO, _TWO = np.zeros((2, 2)), np.eye(2)
_PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])

ONE: Matrix = np.eye(4, dtype=np.complex128)
GAMMA: Matrix = np.array(  # γ^μ, upper index
    [np.block([[_ZERO, _TWO], [_TWO, _ZERO]]), *(np.block([[_ZERO, s], [-s, _ZERO]]) for s in _PAULI)], dtype=np.complex128
)
GAMMA5: Matrix = 1j * GAMMA[0] @ GAMMA[1] @ GAMMA[2] @ GAMMA[3]
LEFT: Matrix = (ONE - GAMMA5) / 2  # P_L
RIGHT: Matrix = (ONE + GAMMA5) / 2  # P_R
SIGMA: Matrix = 0.5j * (np.einsum("mij,njk->mnik", GAMMA, GAMMA) - np.einsum("nij,mjk->mnik", GAMMA, GAMMA))  # σ^μν

KINDS = ("vector", "axial", "scalar", "pseudoscalar", "tensor", "magnetic", "left", "right")


def lower(p: Array) -> Array:
    """p_μ of p^μ."""
    return np.asarray(METRIC @ p)


def slash(p: Array) -> Matrix:
    """p̸ = p_μ γ^μ of p^μ."""
    return np.asarray(np.einsum("m,mij->ij", lower(p), GAMMA))


def product(p: Array, k: Array) -> float:
    """p·k."""
    return float(p @ METRIC @ k)


def momenta(T: float, E: float, M: float, mass: float = 0.0, final_mass: float = 0.0) -> tuple[Array, Array, Array, Array]:
    """Return (k, k′, P, P′), on shell, with k + P = k′ + P′; recoil energy and projectile energy in MeV.

    The angle of the recoil follows from |k′|² = (E − T)² − m′²:

        cos θ_r = (p² + |P′|² − |k′|²)/(2 p |P′|)

    Parameters
    ----------
    T, E, M : float
        Recoil energy, energy of the projectile, mass of the target.
    mass, final_mass : float
        Mass of the projectile before (m) and after (m′).
    """
    p = math.sqrt(E**2 - mass**2)
    recoil = math.sqrt(T**2 + 2 * M * T)
    cosine = (p**2 + recoil**2 - ((E - T) ** 2 - final_mass**2)) / (2 * p * recoil)
    if abs(cosine) > 1 or final_mass > E - T:
        raise ValueError(f"a projectile of {E} MeV gives no recoil of {T} MeV")
    sine, azimuth = math.sqrt(1 - cosine**2), 0.7  # any azimuth: nothing depends on it
    k = np.array([E, 0.0, 0.0, p])
    P = np.array([M, 0.0, 0.0, 0.0])
    P_out = np.array([M + T, *(recoil * np.array([sine * math.cos(azimuth), sine * math.sin(azimuth), cosine]))])
    return k, k + P - P_out, P, P_out


def spin_sum(
    vertices: Matrix, incoming: Array, outgoing: Array, mass: float = 0.0, final_mass: float = 0.0, antiparticle: bool = False
) -> Matrix:
    """Return the traces X_ij = Tr[(k̸′ + m′) Γ_i (k̸ + m) Γ̄_j] of a leg of spin ½, or those of its antiparticle.

    Parameters
    ----------
    vertices : array (n, 4, 4)
        Γ_i.
    incoming, outgoing : array (4,)
        k and k′.
    mass, final_mass : float
        m and m′.
    antiparticle : bool
        Tr[(k̸ − m) Γ_i (k̸′ − m′) Γ̄_j] in its place.
    """
    first, last = slash(outgoing) + final_mass * ONE, slash(incoming) + mass * ONE
    if antiparticle:
        first, last = slash(incoming) - mass * ONE, slash(outgoing) - final_mass * ONE
    barred = GAMMA[0] @ np.conj(np.swapaxes(vertices, 1, 2)) @ GAMMA[0]
    return np.asarray(np.einsum("iab,jba->ij", first @ vertices @ last, barred))


def _lepton_vertices(kind: str, k: Array, k_out: Array) -> Matrix:
    """Γ_i P_L, Lorentz indices down."""
    gamma = np.einsum("mn,nij->mij", METRIC, GAMMA)
    sigma = np.einsum("ma,nb,abij->mnij", METRIC, METRIC, SIGMA)
    if kind in ("vector", "axial", "left", "right"):
        return np.asarray(gamma @ LEFT)
    if kind in ("scalar", "pseudoscalar"):
        return LEFT[np.newaxis]
    if kind == "tensor":
        return np.asarray(sigma.reshape(16, 4, 4) @ LEFT)
    return np.asarray(1j * np.einsum("m,mnij->nij", k - k_out, sigma) @ LEFT)  # magnetic: i σ_μν (k − k′)^μ


def _target_vertices(kind: str) -> Matrix:
    """Ω_i of a point of spin ½, Lorentz indices up."""
    return {
        "vector": GAMMA,
        "axial": -GAMMA @ GAMMA5,
        "left": GAMMA @ LEFT,
        "right": GAMMA @ RIGHT,
        "scalar": ONE[np.newaxis],
        "pseudoscalar": 1j * GAMMA5[np.newaxis],
        "tensor": SIGMA.reshape(16, 4, 4),
        "magnetic": GAMMA,
    }[kind]


def _target_numbers(kind: str, P: Array, P_out: Array, M: float) -> Matrix:
    """Ω_i of spin 0: the convective current, and 2M for a scalar that counts nucleons as N̄N does at rest."""
    if kind in ("vector", "magnetic"):
        return (P + P_out).astype(np.complex128)
    if kind == "scalar":
        return np.array([2 * M], dtype=np.complex128)
    raise ValueError(f"a target of spin 0 has no {kind} current")


def differential_cross_section(
    T: float,
    E: float,
    M: float,
    couplings: Mapping[str, complex],
    spin: float = 0.5,
    final_mass: float = 0.0,
    antineutrino: bool = False,
) -> float:
    """Return dσ/dT [MeV⁻³] of a left-handed neutrino on a point target, all couplings added as amplitudes.

    The currents (ν̄ Γ P_L ν)(N̄ Ω N), each with c [MeV⁻²] in L = −c (…)(…), on spin ½ and spin 0:

        vector        γ_μ              γ^μ           (P + P′)^μ
        axial         γ_μ              −γ^μ γ₅        –                 so that vector and axial are γ^μ (g_V − g_A γ₅)
        scalar        1                1             2M
        pseudoscalar  1                i γ₅          –
        tensor        σ_μν             σ^μν          –                 all μ and ν summed, each pair twice
        magnetic      i σ_μν (k−k′)^μ   γ^ν           (P + P′)^ν        c [MeV⁻³]
        left, right   γ_μ              γ^μ P_L,R     –                 neutrino and electron: c = 2√2 G_F g_L,R

    An exchange of mass m has c = ± g_ν g_N/(2MT + m²), + for a vector, − for a scalar of L = −(…) φ. The magnetic moment

        L = −(μ/2) ν̄ σ_μν P_L ν F^μν        c = μ e Z/(2MT)

    follows from the potential A^ν = e J^ν/Q² of the target and F^μν → −i(q^μ A^ν − q^ν A^μ), q = k′ − k. For final_mass > 0
    the neutrino leaves as a Dirac fermion of that mass.

    Parameters
    ----------
    T, E, M : float
        Recoil energy, neutrino energy, mass of the target [MeV].
    couplings : mapping
        c of each kind; they may be complex.
    spin : {0.5, 0}
        Spin of the target.
    final_mass : float
        Mass of the outgoing lepton.
    antineutrino : bool
        The same Lagrangian, for an antineutrino.
    """
    k, k_out, P, P_out = momenta(T, E, M, 0.0, final_mass)
    c = np.concatenate([np.full(len(_lepton_vertices(kind, k, k_out)), complex(value)) for kind, value in couplings.items()])
    leptons = np.concatenate([_lepton_vertices(kind, k, k_out) for kind in couplings])
    lepton = spin_sum(leptons, k, k_out, 0.0, final_mass, antineutrino)
    if spin == 0:
        numbers = np.concatenate([_target_numbers(kind, P, P_out, M) for kind in couplings])
        target = np.outer(numbers, numbers.conj())
    else:
        target = spin_sum(np.concatenate([_target_vertices(kind) for kind in couplings]), P, P_out, M, M) / 2
    return _per_recoil_energy(np.outer(c, c.conj()) * lepton * target, M, E)


def dark_matter_cross_section(T: float, E: float, M: float, mass: float, particle: str = "dirac", spin: float = 0.5) -> float:
    """Return dσ/dT [MeV⁻³] of a massive particle with a vector current, L = −c (χ̄ γ_μ χ)(N̄ γ^μ N) and c = 1 MeV⁻².

    A scalar particle has the current (k + k′)_μ, a target of spin 0 has (P + P′)^μ.

    Parameters
    ----------
    T, E, M : float
        Recoil energy, energy of the particle, mass of the target [MeV].
    mass : float
        Mass of the particle [MeV].
    particle : {"dirac", "scalar"}
        Its spin is ½, averaged over, or 0.
    spin : {0.5, 0}
        Spin of the target.
    """
    k, k_out, P, P_out = momenta(T, E, M, mass, mass)
    if particle == "dirac":
        dark = spin_sum(np.einsum("mn,nij->mij", METRIC, GAMMA), k, k_out, mass, mass) / 2
    else:
        dark = np.outer(lower(k + k_out), lower(k + k_out)).astype(np.complex128)
    target = spin_sum(GAMMA, P, P_out, M, M) / 2 if spin else np.outer(P + P_out, P + P_out)
    return _per_recoil_energy(dark * target, M, math.sqrt(E**2 - mass**2))


def _per_recoil_energy(terms: Matrix, M: float, p: float) -> float:
    """dσ/dT = ⟨|𝓜|²⟩/(32π M p²) of the terms of ⟨|𝓜|²⟩."""
    return float(np.sum(terms).real) / (32 * math.pi * M * p**2)


def spinors(p: Array, mass: float, antiparticle: bool = False) -> Matrix:
    """Return the two spinors u(p, s), or v(p, s), as rows: Σ_s u ū = p̸ + m and Σ_s v v̄ = p̸ − m.

        u = (√(p·σ) ξ, √(p·σ̄) ξ)        v = (√(p·σ) η, −√(p·σ̄) η)

    Peskin and Schroeder, eqs. 3.50 and 3.62.
    """
    size = math.sqrt(float(p[1:] @ p[1:]))
    direction = p[1:] / size if size else np.array([0.0, 0.0, 1.0])
    along = np.einsum("m,mij->ij", direction, _PAULI)
    more, less = math.sqrt(p[0] + size), math.sqrt(max(p[0] ** 2 - size**2, mass**2) / (p[0] + size))
    if mass == 0:
        less = 0.0
    upper = (more * (_TWO - along) + less * (_TWO + along)) / 2
    below = (more * (_TWO + along) + less * (_TWO - along)) / 2
    return np.array([np.concatenate([upper @ chi, (-below if antiparticle else below) @ chi]) for chi in _TWO])

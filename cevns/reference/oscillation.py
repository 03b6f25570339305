"""Oscillation of three neutrinos by brute force: rotations multiplied out, the equation of evolution solved in small steps.

    i dS/dx = [U diag(0, Δm²₂₁, Δm²₃₁) U†/(2E) + √2 G_F n_e(x) diag(1, 0, 0)] S

Angles are given as sin²θ₁₂, sin²θ₁₃, sin²θ₂₃, the phase δ in rad, energies in MeV, lengths in m, squared masses in eV²,
densities of electrons in mol/cm³. S[b, a] is the amplitude for flavour a to arrive as b.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..constants import AVOGADRO, FERMI_CONSTANT, FM, HBAR_C
from ._types import Array

Matrix = NDArray[np.complex128]

METRE = 1e15 / HBAR_C  # 1/MeV
EV2 = 1e-12  # MeV²


def rotation(i: int, j: int, sin2_theta: float, phase: float = 0.0) -> Matrix:
    """Return the rotation by θ in the plane of i and j (counted from 0), with e^(∓i phase) beside its sines."""
    out = np.eye(3, dtype=np.complex128)
    out[i, i] = out[j, j] = math.sqrt(1 - sin2_theta)
    out[i, j] = math.sqrt(sin2_theta) * np.exp(-1j * phase)
    out[j, i] = -math.sqrt(sin2_theta) * np.exp(1j * phase)
    return out


def mixing_matrix(sin2_theta12: float, sin2_theta13: float, sin2_theta23: float, delta_cp: float) -> Matrix:
    """Return U = R₂₃ R₁₃(δ) R₁₂."""
    return rotation(1, 2, sin2_theta23) @ rotation(0, 2, sin2_theta13, delta_cp) @ rotation(0, 1, sin2_theta12)


def hamiltonian(energy: float, U: Matrix, dm2: tuple[float, float], electron_density: float) -> Matrix:
    """Return H [MeV] at an energy and a density; `dm2` are Δm²₂₁ and Δm²₃₁."""
    vacuum = U @ np.diag([0.0, *dm2]) @ U.conj().T * EV2 / (2 * energy)
    potential = math.sqrt(2) * FERMI_CONSTANT * electron_density * AVOGADRO * (HBAR_C * FM) ** 3
    return np.asarray(vacuum + np.diag([potential, 0.0, 0.0]))


def evolution(energy: float, U: Matrix, dm2: tuple[float, float], electron_density: ArrayLike, length: ArrayLike) -> Matrix:
    """Return S through layers of constant density, the first of which is crossed first.

    Parameters
    ----------
    electron_density, length : array_like (layers,)
        n_e [mol/cm³] and thickness [m] of each layer.
    """
    S = np.eye(3, dtype=np.complex128)
    for density, thickness in np.broadcast(np.atleast_1d(electron_density), np.atleast_1d(length)):
        levels, states = np.linalg.eigh(hamiltonian(energy, U, dm2, float(density)))
        S = (states * np.exp(-1j * levels * thickness * METRE)) @ states.conj().T @ S
    return S


def matter_weights(energy: float, U: Matrix, dm2: tuple[float, float], electron_density: float) -> Array:
    """Return |U^m_ai|², the flavours a of the eigenstates i in matter, i in the order of the masses 1, 2, 3."""
    _, states = np.linalg.eigh(hamiltonian(energy, U, dm2, electron_density))
    squares = np.abs(states) ** 2  # in the order of the levels, where 3 is the lowest of the inverted ordering
    return np.asarray(squares if dm2[1] > 0 else squares[:, [1, 2, 0]])


def adiabatic_survival(
    energy: float, sin2_theta12: float, sin2_theta13: float, dm2_21: float, electron_density: float
) -> float:
    """Return P_ee of solar neutrinos by the textbook formula, in which matter does not change θ₁₃.

        P_ee = c₁₃⁴ [½ + ½ cos 2θ₁₂ cos 2θᵐ] + s₁₃⁴
        cos 2θᵐ = (cos 2θ₁₂ − a)/√((cos 2θ₁₂ − a)² + sin² 2θ₁₂),    a = 2√2 G_F n_e E c₁₃²/Δm²₂₁

    C. Giunti, C. W. Kim, Fundamentals of Neutrino Physics and Astrophysics (2007), chapter 10.
    """
    c13_2 = 1 - sin2_theta13
    potential = math.sqrt(2) * FERMI_CONSTANT * electron_density * AVOGADRO * (HBAR_C * FM) ** 3
    a = 2 * potential * energy * c13_2 / (dm2_21 * EV2)
    cosine = 1 - 2 * sin2_theta12
    matter = (cosine - a) / math.sqrt((cosine - a) ** 2 + 1 - cosine**2)
    return c13_2**2 * (0.5 + 0.5 * cosine * matter) + sin2_theta13**2


def earth_layers(cosine: float, shells: Any) -> tuple[Array, Array]:
    """Return densities and lengths [m] of the layers on the way through the Earth at a zenith angle whose cosine is below 0.

    Parameters
    ----------
    shells : sequence of (radius [km], density)
        From the inside out.
    """
    radii, densities = np.array(shells).T
    half = np.sqrt(np.maximum(radii**2 - radii[-1] ** 2 * (1 - cosine**2), 0.0))
    lengths = 1e3 * np.diff(half, prepend=0.0)
    return np.concatenate([densities[::-1], densities]), np.concatenate([lengths[::-1], lengths])


def mean_sin2(phase: float, baseline: float, core: float, detector: float, nodes: int = 24) -> float:
    """Return ⟨sin²(phase·L)⟩ over all pairs of points of two spheres, each weighted with 1/L².

    Parameters
    ----------
    phase : float
        Phase per m [rad/m].
    baseline, core, detector : float
        Distance of the centres and the radii [m].
    nodes : int
        Gauss–Legendre nodes in each of the five coordinates: two radii, two polar angles, the azimuth between the points.
    """
    x, weight = np.polynomial.legendre.leggauss(nodes)

    def sphere(radius: float) -> tuple[Any, Any, Any]:
        """Cylinder radius, height and weight of points of a sphere."""
        if radius == 0.0:
            return np.zeros(1), np.zeros(1), np.ones(1)
        r = radius * (1 + x) / 2
        pairs = list(itertools.product(range(nodes), range(nodes)))
        i, j = np.array(pairs).T
        return r[i] * np.sqrt(1 - x[j] ** 2), r[i] * x[j], weight[i] * r[i] ** 2 * weight[j]

    flat1, high1, weight1 = sphere(core)
    flat2, high2, weight2 = sphere(detector)
    angles = math.pi * (1 + x) / 2
    numerator = denominator = 0.0
    for cosine, w in zip(np.cos(angles), weight, strict=True):
        across = flat1[:, None] ** 2 + flat2**2 - 2 * np.outer(flat1, flat2) * cosine
        along = baseline + high2 - high1[:, None]
        square = across + along**2
        weights = w * np.outer(weight1, weight2) / square
        numerator += float(np.sum(weights * np.sin(phase * np.sqrt(square)) ** 2))
        denominator += float(np.sum(weights))
    return numerator / denominator

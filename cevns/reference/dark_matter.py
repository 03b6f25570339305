"""Light dark matter from pion decay at rest, by quadrature: the decays over the mediator's energy, the rate over that of χ.

    π⁰ → γ A′,  A′ → χ χ̄,  χ N → χ N

Nothing here uses rapidities for the spectrum or moments for the rate, as `cevns.dark_matter` does. P. deNiverville,
M. Pospelov, A. Ritz, Phys. Rev. D 92 (2015) 095005 (arXiv:1505.07805).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..constants import FINE_STRUCTURE, KEV, MEV2_CM2
from . import form_factors
from ._quadrature import composite, energy_nodes
from ._types import Array, Nuclide, NuclideFormFactor
from .rates import Target, seconds
from .spectra import Component


def energy_min(recoil_energy: ArrayLike, mass: float, nuclide: Nuclide) -> Array:
    """Return the smallest energy of χ [MeV] for a recoil energy:  E_min = T/2 + √[(1 + T/2M)(m² + MT/2)].

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    mass : float
        m of χ [MeV].
    nuclide : Nuclide
        Its mass is M [MeV].
    """
    T, M = np.asarray(recoil_energy, dtype=np.float64) * KEV, nuclide.mass
    return np.asarray(T / 2 + np.sqrt((1 + T / (2 * M)) * (mass**2 + M * T / 2)))


def differential_cross_section(
    recoil_energy: ArrayLike,
    energy: ArrayLike,
    nuclide: Nuclide,
    mass: float,
    mediator_mass: float,
    kinetic_mixing: float,
    alpha_D: float,
    particle: str = "scalar",
    charge: str = "electric",
    kinematics: str = "spin-0",
    form_factor: NuclideFormFactor = form_factors.default,
) -> Array:
    """Return dσ/dT [cm²/keV], term by term as it stands in the papers; 0 where T cannot be reached.

        dσ/dT = (ε e g_D Q)² M/[2π p² (2MT + m_A′²)²] × {…},     e² = 4πα, g_D² = 4πα_D

    Parameters
    ----------
    recoil_energy, energy : array_like
        T [keV], E of χ [MeV]; they broadcast.
    nuclide, mass, mediator_mass, kinetic_mixing, alpha_D
        The nucleus, m, m_A′ [MeV], ε and α_D.
    particle, charge, kinematics, form_factor
        As for `cevns.dark_matter.VectorPortal`; F(q, nuclide).
    """
    T, E = np.broadcast_arrays(np.asarray(recoil_energy, dtype=np.float64) * KEV, np.asarray(energy, dtype=np.float64))
    M, m = nuclide.mass, mass
    bracket = {
        ("dirac", "spin-1/2"): E**2 - E * T - M * T / 2 + T**2 / 2 - m**2 * T / (2 * M),
        ("dirac", "spin-0"): E**2 - E * T - M * T / 2,
        ("scalar", "spin-0"): (E - T / 2) ** 2,
    }[particle, kinematics]
    Q = {"electric": nuclide.Z, "baryon": nuclide.A}[charge] * form_factor(np.sqrt(2 * M * T), nuclide)
    couplings = kinetic_mixing**2 * (4 * math.pi * FINE_STRUCTURE) * (4 * math.pi * alpha_D)
    p2 = E**2 - m**2
    value = couplings * Q**2 * M / (2 * math.pi * p2 * (2 * M * T + mediator_mass**2) ** 2) * bracket
    return np.where(energy_min(T / KEV, m, nuclide) <= E, MEV2_CM2 * KEV * value, 0.0)


def cascade_density(energy: ArrayLike, mass: float, mediator_mass: float, parent_mass: float, momentum: float) -> Array:
    """Return the spectrum of χ [1/MeV], integral 1, of parents of one momentum > 0 that decay to A′ and something massless.

        φ(E) = 1/(2 γβ p_A*) ∫ dE_A 1/(b p_A),      b = √(1 − 4m²/m_A²),

    over the energies E_A of A′ that its decay in flight gives and from which E can be reached, (E_A ± b p_A)/2 at the ends.

    Parameters
    ----------
    energy : array_like
        E [MeV].
    mass, mediator_mass, parent_mass, momentum : float
        m, m_A, that of the parent, and its momentum [MeV].
    """
    E = np.asarray(energy, dtype=np.float64)
    m, mA = mass, mediator_mass
    gamma, gamma_beta = math.hypot(momentum / parent_mass, 1.0), momentum / parent_mass
    energy_rest = (parent_mass**2 + mA**2) / (2 * parent_mass)
    momentum_rest = (parent_mass**2 - mA**2) / (2 * parent_mass)
    lowest = gamma * energy_rest - gamma_beta * momentum_rest
    highest = gamma * energy_rest + gamma_beta * momentum_rest
    b = math.sqrt(1 - (2 * m / mA) ** 2)
    out = np.zeros(E.shape)
    for index, e in np.ndenumerate(E):
        if e < m:
            continue
        # from the frame of A′: E_A = (m_A/m²)(E E* ± p p*); for −, from the product of both, (E² + E*² − m²) m_A²/m²
        rest = mA / 2
        size = e * rest + math.sqrt(e**2 - m**2) * b * rest
        reach = mA * (e**2 + rest**2 - m**2) / size, mA / m**2 * size if m else math.inf
        low, high = max(lowest, reach[0]), min(highest, reach[1])
        if high > low:
            # E_A = m_A + t²: no root at E_A = m_A
            t, w = composite(np.linspace(math.sqrt(max(low - mA, 0.0)), math.sqrt(high - mA), 9))
            out[index] = np.sum(w * 2 / np.sqrt(2 * mA + t**2)) / b
    return out / (2 * gamma_beta * momentum_rest)


def box_density(energy: ArrayLike, mass: float, mediator_mass: float, mediator_energy: float, anisotropy: float) -> Array:
    """Return the spectrum of χ [1/MeV], integral 1, of A′ of one energy, of which χ leave as ½ [1 + A P₂(cos θ)] in its frame.

        E = (E_A + b p_A cos θ)/2,      b = √(1 − 4m²/m_A²)

    Parameters
    ----------
    energy : array_like
        E [MeV].
    mass, mediator_mass, mediator_energy, anisotropy : float
        m, m_A, E_A [MeV] and A.
    """
    width = math.sqrt(mediator_energy**2 - mediator_mass**2) * math.sqrt(1 - (2 * mass / mediator_mass) ** 2)
    cosine = (2 * np.asarray(energy, dtype=np.float64) - mediator_energy) / width
    density = (1 + anisotropy * (3 * cosine**2 - 1) / 2) / width
    return np.where(np.abs(cosine) <= 1, density, 0.0)


def uneven_cascade_density(
    energy: ArrayLike, mass: float, mediator_mass: float, parent_mass: float, momentum: float, anisotropy: float
) -> Array:
    """Return `cascade_density` where χ leave A′ as ½ [1 + A P₂(cos θ)], by the energies E₀ of χ in the frame of the parent.

        φ(E) = 1/(2γβ) ∫ dE₀ φ₀(E₀)/p₀,      γE − γβp ≤ E₀ ≤ γE + γβp

    as a parent without spin, which leaves in all directions alike, gives χ in all directions alike.

    Parameters
    ----------
    energy, mass, mediator_mass, parent_mass, momentum
        As for `cascade_density`.
    anisotropy : float
        A.
    """
    m, gamma, gamma_beta = mass, math.hypot(momentum / parent_mass, 1.0), momentum / parent_mass
    energy_rest = (parent_mass**2 + mediator_mass**2) / (2 * parent_mass)
    momentum_rest = (parent_mass**2 - mediator_mass**2) / (2 * parent_mass)
    width = momentum_rest * math.sqrt(1 - (2 * m / mediator_mass) ** 2)
    E = np.asarray(energy, dtype=np.float64)
    out = np.zeros(E.shape)
    for index, e in np.ndenumerate(E):
        if e < m:
            continue
        reach = gamma * e + gamma_beta * math.sqrt(e**2 - m**2)
        low = max((e**2 + (gamma_beta * m) ** 2) / reach, (energy_rest - width) / 2)
        high = min(reach, (energy_rest + width) / 2)
        if high > low:
            # E₀ = m + t²: dE₀/p₀ = 2 dt/√(2m + t²)
            t, w = composite(np.linspace(math.sqrt(max(low - m, 0.0)), math.sqrt(high - m), 9))
            at_rest = box_density(np.clip(m + t**2, low, high), m, mediator_mass, energy_rest, anisotropy)
            out[index] = np.sum(w * at_rest * 2 / np.sqrt(2 * m + t**2))
    return out / (2 * gamma_beta)


def _nodes(lower: float, knots: Array, mass: float) -> tuple[Array, Array]:
    """Nodes and weights of ∫ dE in E = m cosh y, in which the root at E = m is a pole, and panels shrink towards it."""
    if mass == 0.0:
        return energy_nodes(lower, knots)
    rapidity = np.arccosh(np.maximum(np.concatenate([[lower], knots]) / mass, 1.0))
    y, weights = energy_nodes(float(rapidity[0]), rapidity[1:])
    return mass * np.cosh(y), weights * mass * np.sinh(y)


def differential_rate(
    recoil_energy: ArrayLike,
    components: Sequence[Component],
    target: Target,
    mass: float,
    per: str = "s",
    **arguments: object,
) -> Array:
    """Return dR/dT per kg, day and keV:  Σ n ∫ φ(E) dσ/dT dE from E_min(T), by Gauss–Legendre quadrature.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV].
    components : sequence of Component
        The flux of χ per cm² and s (or burst).
    target : sequence of (nuclide, float)
        Nuclides and their number per kg.
    mass : float
        m [MeV].
    per : {"s", "burst"}
        Unit of the flux.
    arguments
        Of `differential_cross_section`.
    """
    T = np.asarray(recoil_energy, dtype=np.float64)
    rate = np.zeros(T.size)
    for nuclide, number in target:
        for i, t in enumerate(T.ravel()):
            lower = float(energy_min(t, mass, nuclide))
            for component in components:
                if component.density is not None:
                    E, weight = _nodes(lower, component.knots, mass)
                    section = differential_cross_section(t, E, nuclide, mass, **arguments)  # type: ignore[arg-type]
                    rate[i] += number * float(np.sum(weight * component.density(E) * section))
                for energy, strength in component.lines:
                    section = differential_cross_section(t, energy, nuclide, mass, **arguments)  # type: ignore[arg-type]
                    rate[i] += number * strength * float(section)
    return seconds(per) * rate.reshape(T.shape)


def differential_rate_grid(
    recoil_energy: ArrayLike,
    components: Sequence[Component],
    target: Target,
    mass: float,
    per: str = "s",
    points: int = 1000,
    **arguments: object,
) -> Array:
    """Return dR/dT as a user computes it today: a grid in T and E, and the trapezoidal rule.

    Parameters
    ----------
    recoil_energy, components, target, mass, per, arguments
        As for `differential_rate`; recoil energies of one dimension, components without lines.
    points : int
        Energies, evenly spaced over each component.
    """
    T = np.asarray(recoil_energy, dtype=np.float64)
    rate = np.zeros(T.size)
    for component in components:
        if component.density is None:
            continue
        E = np.linspace(component.knots[0], component.knots[-1], points)
        flux = component.density(E)
        for nuclide, number in target:
            section = differential_cross_section(T[:, np.newaxis], E, nuclide, mass, **arguments)  # type: ignore[arg-type]
            integrand = flux * section
            rate += number * np.sum((integrand[:, 1:] + integrand[:, :-1]) / 2 * np.diff(E), axis=1)
    return seconds(per) * rate

"""Quenching, formula by formula: Lindhard and its integral equation with a binding energy, COHERENT's CsI, NEST's xenon.

Energies are in keV, of recoils T and of what a detector sees in keV_ee.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ._types import Array


def lindhard_k(Z: int, A: float) -> float:
    """Return k = 0.133 Z^(2/3) A^(−1/2), Lindhard's electronic stopping of a nucleus in its own element."""
    return float(0.133 * Z ** (2 / 3) / np.sqrt(A))


def reduced_energy(recoil_energy: ArrayLike, Z: int) -> Array:
    """Return ε = 11.5 Z^(−7/3) T/keV."""
    return np.asarray(11.5 * np.asarray(recoil_energy, dtype=np.float64) / Z ** (7 / 3))


def lindhard(recoil_energy: ArrayLike, Z: int, k: float) -> Array:
    """Return QF = k g/(1 + k g), g = 3 ε^0.15 + 0.7 ε^0.6 + ε: Lewin and Smith, Astropart. Phys. 6 (1996) 87, §3."""
    epsilon = reduced_energy(recoil_energy, Z)
    g = 3 * epsilon**0.15 + 0.7 * epsilon**0.6 + epsilon
    return np.asarray(k * g / (1 + k * g))


def polynomial_energy(recoil_energy: ArrayLike, coefficients: ArrayLike) -> Array:
    """Return E [keV_ee] = 1000 Σ_n c_n x^n, n = 1, 2, …, x = T/MeV: COHERENT's form for CsI[Na]."""
    x = np.asarray(recoil_energy, dtype=np.float64) / 1000
    return np.asarray(1000 * sum(c * x ** (n + 1) for n, c in enumerate(np.asarray(coefficients))))


def nest_xenon(recoil_energy: ArrayLike, field: float, density: float) -> tuple[Array, Array]:
    """Return the charge and the light yield of xenon [1/keV], in the steps of NEST's GetYieldNR, for the mean mass number."""
    energy = np.asarray(recoil_energy, dtype=np.float64)
    parameters = (11.0, 1.1, 0.0480, -0.0533, 12.6, 0.3, 2.0, 0.3, 2.0, 0.5, 1.0, 1.0)
    n_quanta = parameters[0] * energy ** parameters[1]
    thomas_imel = parameters[2] * field ** parameters[3] * (density / 2.9) ** 0.3
    charge = 1 / (thomas_imel * (energy + parameters[4]) ** parameters[9])
    charge = charge * (1 - 1 / (1 + (energy / parameters[5]) ** parameters[6]) ** parameters[10])
    light = np.maximum(n_quanta / energy - charge, 0)
    light = light * (1 - 1 / (1 + (energy / parameters[7]) ** parameters[8]) ** parameters[11])
    return charge, light


def thomas_fermi(eta: ArrayLike) -> Array:
    """Return f(η) = λ η^(1/3)/[1 + (2λ η^(4/3))^(2/3)]^(3/2), λ = 1.309: Winterbon, Sigmund and Sanders (1970)."""
    x = np.asarray(eta, dtype=np.float64)
    return np.asarray(1.309 * x ** (1 / 3) / (1 + (2 * 1.309 * x ** (4 / 3)) ** (2 / 3)) ** 1.5)


def atomic_motion(k: float, u: float, end: float, points: int = 300, straggling: float = 1.0) -> tuple[Array, Array]:
    """Return ε and ν̄(ε), the energy that goes into the motion of atoms, from ε = u to `end`.

    The integral equation of Sarkis, Aguilar-Arevalo and D'Olivo, Phys. Rev. D 101 (2020) 102001,

        −½ k ε^(3/2) ν̄″ + k ε^(1/2) ν̄′ = ∫ dt f(√t)/(2 t^(3/2)) [ν̄(ε − t/ε) + ν̄(t/ε − u) − ν̄(ε)],   εu < t < ε²

    with ν̄ = ε + u up to ε = u. By finite differences on equal steps of ln ε, the integral by the midpoint rule over ν̄ on
    straight lines; the first derivative alone at the last point.

    Parameters
    ----------
    k, u : float
        Electronic stopping; binding energy in Lindhard's units.
    end : float
        Last ε.
    points : int
        Of the grid; the error falls as its inverse square.
    straggling : float
        Factor of the second derivative: 0 leaves Lindhard's own equation.
    """
    epsilon = np.geomspace(u, end, points, dtype=np.float64)
    step = np.log(epsilon[1] / epsilon[0])

    def interpolation(energy: Array) -> tuple[Array, Array]:
        """The rows that take ν̄ on the grid to ν̄ at energies, and what is known below u."""
        rows = np.zeros((energy.size, points))
        known = np.where(energy <= u, energy + u, 0.0)
        i = np.clip(np.searchsorted(epsilon, energy) - 1, 0, points - 2)
        part = (energy - epsilon[i]) / (epsilon[i + 1] - epsilon[i])
        above = energy > u
        line = np.arange(energy.size)
        rows[line[above], i[above]] = 1 - part[above]
        rows[line[above], i[above] + 1] += part[above]
        return rows, known

    matrix = np.zeros((points, points))
    right = np.zeros(points)
    matrix[0, 0], right[0] = 1.0, 2 * u
    for j in range(1, points):
        e = epsilon[j]
        # t/ε from u to ε, in steps that shrink towards both ends
        half = np.geomspace(u, e, 400) if e < 2 * u else np.geomspace(u, e / 2, 400)
        edges = (
            half
            if e < 2 * u
            else np.concatenate([half, (e - np.concatenate([[0.0], np.geomspace(1e-3 * u, e / 2, 400)]))[::-1][1:]])
        )
        given = (edges[1:] + edges[:-1]) / 2
        weight = np.diff(edges) * e * thomas_fermi(np.sqrt(e * given)) / (2 * (e * given) ** 1.5)
        left_over, known_left = interpolation(e - given)
        moved, known_moved = interpolation(given - u)
        row = weight @ (left_over + moved)
        row[j] -= weight.sum()
        right[j] = weight @ (known_left + known_moved)
        # ν̄′ = dν̄/dlnε/ε, ν̄″ = (d²ν̄/dlnε² − dν̄/dlnε)/ε²
        first, second = np.zeros(points), np.zeros(points)
        if j < points - 1:
            first[[j - 1, j + 1]] = -0.5 / step, 0.5 / step
            second[[j - 1, j, j + 1]] = np.array([1, -2, 1]) / step**2
            matrix[j] = -0.5 * straggling * k * e**1.5 * (second - first) / e**2
        else:
            first[[j - 1, j]] = -1 / step, 1 / step
        matrix[j] += k * np.sqrt(e) * first / e - row
    return epsilon, np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)


def bound_factor(
    recoil_energy: ArrayLike, Z: int, k: float, binding: float, points: int = 300, straggling: float = 1.0
) -> Array:
    """Return QF = (ε + u − ν̄)/(ε + u), with ε + u = 11.5 Z^(−7/3) T, of `atomic_motion`; `binding` in keV."""
    T = np.asarray(recoil_energy, dtype=np.float64)
    u = float(reduced_energy(binding, Z))
    epsilon, motion = atomic_motion(k, u, 30 * float(reduced_energy(T.max(), Z)), points, straggling)
    ionisation = np.interp(reduced_energy(T, Z) - u, epsilon, epsilon + u - motion, left=0.0)
    return np.asarray(ionisation / reduced_energy(T, Z))

"""The best NumPy: what somebody would write who knows both the physics and NumPy well. A baseline of the benchmarks.

It uses the factorisation on which the compiled library stands, dσ/dT = c₀ + c₁/E + c₂/E², and prepares outside the call
whatever does not depend on the recoil energies: the cumulative moments of a table at its knots, the constants of each nuclide.
A call is then one `np.searchsorted` and some forty ufuncs for a nuclide, all of them in place: without buffers that are reused,
the allocator's page faults take as long as the arithmetic. What NumPy cannot avoid is a pass over memory for every operation,
and sines and cosines that are computed one by one.

Being lean it is plain about cancellation: digits are lost near the end of a spectrum and below qR = 10⁻³. It agrees with the
library to 1e-9 of the largest value over the range of a detector (the benchmarks assert it), not up to the end point.
Written from the formulas; it shares no code with the compiled library. Units are those of `cevns.reference`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..constants import DAY, HBAR_C, KEV, MUON_MASS, WEAK_CROSS_SECTION

Array = NDArray[np.float64]


# --- form factors ------------------------------------------------------------------------------------------------------------


def _ball(x: Array) -> Array:
    """3 j₁(x)/x = 3 (sin x − x cos x)/x³, in place of two temporaries; x > 10⁻³."""
    value = np.cos(x)
    value *= x
    np.subtract(np.sin(x), value, out=value)
    value *= 3.0
    cube = x * x
    cube *= x
    value /= cube
    return value


def helm(q: Array, radius: float, skin: float) -> Array:
    """Return F = 3 j₁(qR₀)/(qR₀) · exp(−q²s²/2).

    Parameters
    ----------
    q : array
        Momentum transfer [MeV], above zero.
    radius, skin : float
        R₀ and s [fm].
    """
    value = _ball(q * (radius / HBAR_C))
    exponent = q * (skin / HBAR_C)
    exponent *= exponent
    exponent *= -0.5
    value *= np.exp(exponent, out=exponent)
    return value


def klein_nystrand(q: Array, radius: float, a: float) -> Array:
    """Return F = 3 j₁(qR)/(qR) / (1 + q²a²).

    Parameters
    ----------
    q : array
        Momentum transfer [MeV], above zero.
    radius, a : float
        R and the range a [fm].
    """
    value = _ball(q * (radius / HBAR_C))
    pole = q * (a / HBAR_C)
    pole *= pole
    pole += 1.0
    value /= pole
    return value


def symmetrized_fermi(q: Array, c: float, a: float) -> Array:
    """Return F = 3/{x [x² + y²]} · y/sinh y · [y sin x/tanh y − x cos x] with x = qc, y = πqa.

    Parameters
    ----------
    q : array
        Momentum transfer [MeV], above zero and such that y < 700.
    c, a : float
        Radius at half density and diffuseness [fm].
    """
    x = q * (c / HBAR_C)
    y = q * (np.pi * a / HBAR_C)
    value = np.sin(x)
    value *= y
    value /= np.tanh(y)
    cosine = np.cos(x)
    cosine *= x
    value -= cosine
    value *= 3.0
    value *= y
    value /= np.sinh(y)
    norm = x * x
    norm += y * y
    norm *= x
    value /= norm
    return value


# --- kinematics and cross section --------------------------------------------------------------------------------------------


def recoil_energy_max(neutrino_energy: Array, mass: float) -> Array:
    """Return T_max = 2E²/(M + 2E) [keV].

    Parameters
    ----------
    neutrino_energy : array
        E [MeV].
    mass : float
        M [MeV].
    """
    value = neutrino_energy * neutrino_energy
    value *= 2.0 / KEV
    value /= 2.0 * neutrino_energy + mass
    return value


def neutrino_energy_min(recoil_energy: Array, mass: float) -> Array:
    """Return E_min = (T + √(T² + 2MT))/2 [MeV].

    Parameters
    ----------
    recoil_energy : array
        T [keV].
    mass : float
        M [MeV].
    """
    T = recoil_energy * KEV  # MeV
    value = T + 2.0 * mass
    value *= T
    np.sqrt(value, out=value)
    value += T
    value *= 0.5
    return value


def differential_cross_section(
    recoil_energy: Array, neutrino_energy: Array, mass: float, charge: float, radius: float, skin: float
) -> Array:
    """Return dσ/dT = (G_F² M/π) Q² F² [1 − T/E − MT/(2E²)] [cm²/keV], Helm F, zero beyond T_max.

    Parameters
    ----------
    recoil_energy, neutrino_energy : array
        T [keV] and E [MeV], both above zero.
    mass, charge : float
        M [MeV] and Q = Z g_V^p + N g_V^n.
    radius, skin : float
        R₀ and s [fm].
    """
    T = recoil_energy * KEV  # MeV
    value = np.sqrt(T * (2.0 * mass))
    value = helm(value, radius, skin)
    value *= value
    value *= WEAK_CROSS_SECTION * KEV * mass * charge**2
    inverse = 1.0 / neutrino_energy
    bracket = inverse * (0.5 * mass)
    bracket += 1.0
    bracket *= inverse
    bracket *= T
    np.subtract(1.0, bracket, out=bracket)
    np.maximum(bracket, 0.0, out=bracket)
    value *= bracket
    return value


# --- moments -----------------------------------------------------------------------------------------------------------------


class Table(NamedTuple):
    """A linear table prepared for the moments above a threshold.

    In a segment φ = a + bE, and the moments above x are, with constants P_k that hold the upper end and all that is above it,

        Φ₀ = P₀ − ax − bx²/2        Φ₁ = P₁ − a ln x − bx        Φ₂ = P₂ + a/x − b ln x
    """

    energy: Array  # (n,), the knots [MeV]
    rows: Array  # (5, n + 1): P₀, P₁, P₂, a, b for the x with i knots at or below; i = 0 below the table, n above it


def prepare_table(energy: Array, values: Array) -> Table:
    """Return a linear table, zero outside, prepared for `table_moments` and the rates; its first energy may be 0.

    Parameters
    ----------
    energy, values : array
        E [MeV], increasing, and φ per MeV.
    """
    a, b, E = np.zeros((3, energy.size + 1))
    b[1:-1] = np.diff(values) / np.diff(energy)
    a[1:-1] = values[1:] - b[1:-1] * energy[1:]
    E[1:-1] = energy[1:]
    E[0], E[-1] = energy[0], energy[-1]
    E = np.where(E > 0, E, energy[1])
    log = np.log(E)
    upper = np.stack([a * E + b * E**2 / 2, a * log + b * E, -a / E + b * log])  # antiderivatives at the upper ends
    start = np.maximum(np.append(energy[0], energy), 1e-6 * energy[1])  # lower ends; x = 0 is never asked
    log = np.log(start)
    lower = np.stack([a * start + b * start**2 / 2, a * log + b * start, -a / start + b * log])
    inside = upper - lower
    inside[:, 0] = inside[:, -1] = 0.0
    above = np.cumsum(inside[:, ::-1], axis=1)[:, ::-1] - inside
    return Table(energy, np.concatenate([above + upper, a[np.newaxis], b[np.newaxis]]))


def table_moments(x: Array, table: Table) -> Array:
    """Return Φ₀, Φ₁, Φ₂ above x as an array (3, …):  Φ_k = ∫_x^∞ φ E^−k dE.

    Parameters
    ----------
    x : array
        Lower limits [MeV], above zero.
    table : Table
        From `prepare_table`.
    """
    return _table_moments(x, table, np.empty((6, *x.shape)))[:3]


def _table_moments(x: Array, table: Table, work: Array) -> Array:
    """The same in the first three of six buffers of the shape of x; the others are left with other values."""
    phi0, phi1, phi2, a, b, spare = work
    i = np.searchsorted(table.energy, x, side="right")
    for row, out in zip(table.rows, work, strict=False):
        row.take(i, out=out, mode="clip")  # the mode that needs no buffer of its own
    np.multiply(b, x, out=spare)
    phi1 -= spare
    spare *= 0.5
    spare += a
    spare *= x
    phi0 -= spare
    np.log(x, out=spare)
    b *= spare
    phi2 -= b
    spare *= a
    phi1 -= spare
    a /= x
    phi2 += a
    return work


def michel_moments(x: Array, flavor: str) -> Array:
    """Return Φ₀, Φ₁, Φ₂ above x, as an array (3, …), of a neutrino of muon decay at rest, "nue" or "numubar", of integral 1.

    In u = 2E/m_μ the spectrum is a u² − b u³ with (a, b) = (12, 12) for ν_e and (6, 4) for ν̄_μ:

        Φ_k = (2/m_μ)^k [a (1 − u^(3−k))/(3−k) − b (1 − u^(4−k))/(4−k)]

    Parameters
    ----------
    x : array
        Lower limits [MeV].
    flavor : str
        Which of the two.
    """
    a, b = {"nue": (12.0, 12.0), "numubar": (6.0, 4.0)}[flavor]
    scale = 2.0 / MUON_MASS
    u = np.minimum(x * scale, 1.0)
    square = u * u
    moments = np.empty((3, *x.shape))
    for k, (power, phi) in enumerate(zip((square * u, square, u), moments, strict=True)):
        np.multiply(u, b / (4 - k), out=phi)
        phi -= a / (3 - k)
        phi *= power
        phi += a / (3 - k) - b / (4 - k)
        phi *= scale**k
    return moments


# --- rates -------------------------------------------------------------------------------------------------------------------


class Nuclei(NamedTuple):
    """The constants of the nuclides of a target, one row each, shape (n, 1), so that they broadcast with recoil energies."""

    mass: Array  # M [MeV]
    strength: Array  # nuclei per kg times (G_F² M/π) Q², per day or burst, cm²/keV
    radius: Array  # R₀ of the Helm form factor [1/MeV]
    skin: Array  # s [1/MeV]


def prepare_nuclei(mass: Array, charge: Array, number: Array, radius: Array, skin: Array, per: str = "s") -> Nuclei:
    """Return the constants of a target's nuclides.

    Parameters
    ----------
    mass, charge, number : array (n,)
        M [MeV], Q = Z g_V^p + N g_V^n, and nuclei per kg.
    radius, skin : array (n,)
        R₀ and s of the Helm form factor [fm].
    per : {"s", "burst"}
        Unit of the flux; rates are per day or per burst.
    """
    time = {"s": DAY, "burst": 1.0}[per]
    strength = time * number * WEAK_CROSS_SECTION * KEV * mass * charge**2
    return Nuclei(*(values[:, np.newaxis] for values in (mass, strength, radius / HBAR_C, skin / HBAR_C)))


def _rates_by_nuclide(T: Array, table: Table, nuclei: Nuclei, work: Array) -> Array:
    """dR/dT, one row a nuclide, at recoil energies T in MeV: K F² (Φ₀ − T Φ₁ − (MT/2) Φ₂) in the first of seven buffers.

    F² = 9 (sin u − u cos u)² exp(−q²s²)/u⁶ with u = qR₀ and q² = 2MT.
    """
    x = work[6]
    np.add(T, 2.0 * nuclei.mass, out=x)
    x *= T
    np.sqrt(x, out=x)
    x += T
    x *= 0.5
    phi0, phi1, phi2, square, u, value = _table_moments(x, table, work[:6])
    phi1 *= T
    phi0 -= phi1
    np.multiply(T, 0.5 * nuclei.mass, out=x)
    phi2 *= x
    phi0 -= phi2
    np.multiply(T, 2.0 * nuclei.mass * nuclei.radius**2, out=square)
    np.sqrt(square, out=u)
    np.cos(u, out=value)
    value *= u
    np.sin(u, out=u)
    value -= u
    value *= value
    phi0 *= value
    np.multiply(square, square, out=u)
    u *= square
    phi0 /= u
    square *= -((nuclei.skin / nuclei.radius) ** 2)
    np.exp(square, out=square)
    phi0 *= square
    phi0 *= 9.0 * nuclei.strength
    rates: Array = phi0
    return rates


def differential_rate(recoil_energy: Array, table: Table, nuclei: Nuclei) -> Array:
    """Return dR/dT per kg, day (or burst) and keV: nuclide by nuclide, arrays over the recoil energies.

    Parameters
    ----------
    recoil_energy : array (m,)
        T [keV], above zero.
    table : Table
        The flux, from `prepare_table`.
    nuclei : Nuclei
        The target, from `prepare_nuclei`.
    """
    T = recoil_energy * KEV  # MeV
    work = np.empty((7, T.size))
    total = np.zeros(T.size)
    for row in zip(*nuclei, strict=True):
        total += _rates_by_nuclide(T, table, Nuclei(*row), work)
    return total


def differential_rate_at_once(recoil_energy: Array, table: Table, nuclei: Nuclei, work: Array) -> Array:
    """Return the same, all nuclides in one two-dimensional array: fewer calls of NumPy, which is what short arrays cost.

    Parameters
    ----------
    recoil_energy, table, nuclei
        As for `differential_rate`.
    work : array (7, n, m)
        Buffers for n nuclides and m recoil energies that the caller keeps from call to call.
    """
    total: Array = _rates_by_nuclide(recoil_energy * KEV, table, nuclei, work).sum(axis=0)
    return total


def binned_rate(edges: Array, table: Table, nuclei: Nuclei, nodes: int = 4) -> Array:
    """Return the rate per kg and day (or burst) in bins: Gauss–Legendre in √T between the edges and the images of the knots.

    Parameters
    ----------
    edges : array (m + 1,)
        Recoil energies [keV], increasing, ≥ 0.
    table, nuclei
        As for `differential_rate`.
    nodes : int
        Of each piece; 4 give 1e-9 of a bin for a table of some hundred points.
    """
    abscissa, weight = np.polynomial.legendre.leggauss(nodes)
    total = np.zeros(edges.size - 1)
    for row in zip(*nuclei, strict=True):
        nuclide = Nuclei(*row)
        knots = recoil_energy_max(table.energy, float(nuclide.mass[0]))  # keV
        end = min(edges[-1], knots[-1])
        pieces = np.unique(np.concatenate([edges, knots[(knots > edges[0]) & (knots < end)]]))  # keV
        low, high = np.sqrt(pieces[:-1] * KEV), np.sqrt(pieces[1:] * KEV)
        half = (high - low) * 0.5
        root = half[:, np.newaxis] * abscissa
        root += (low + half)[:, np.newaxis]
        T = (root * root).ravel()  # MeV
        rate = _rates_by_nuclide(T, table, nuclide, np.empty((7, T.size))).reshape(root.shape)
        rate *= root
        first = np.searchsorted(pieces, edges[:-1])
        total += np.add.reduceat((rate @ weight) * half * (2.0 / KEV), first)
    return total

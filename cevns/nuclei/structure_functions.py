"""Structure functions S_ij(u) of the axial current, from shell-model calculations.

Formulas
--------
structure functions: S_ij = e^−u Σ_k c_k u^k, u = (qb)²/2, b² = 41.467/(45 A^−⅓ − 25 A^−⅔) fm²
    P. Klos et al., Phys. Rev. D 88 (2013) 083516
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from .. import constants
from .._arguments import Array
from .._immutable import sealing
from ..data.tables import rows
from ..errors import UnsupportedError
from .nuclides import Nuclide


def check_spin(nuclide: Nuclide, spin: float) -> None:
    if nuclide.spin != spin:
        raise UnsupportedError(f"the published figures of {nuclide.name} are for J = {spin:g} (its spin is {nuclide.spin:g})")


def other_models(nuclide: Nuclide, model: str) -> str:
    """The other models that know a nuclide, for messages."""
    known = []
    if (nuclide.A % 2 or nuclide.Z == nuclide.N) and nuclide.magnetic_moment is not None:
        known += ["'odd-group'"]
    if nuclide.A % 2:
        known += ["'schmidt'"]
    if is_published(nuclide):
        known += ["'shell-model'", "'structure-functions'"]
    known = [name for name in known if name != repr(model)]
    return f"{', '.join(known)} for it" if known else "no models for it"


# Width, in units of γ, of the change from the published isoscalar part to the least one that is positive.
_JOINT = 0.01


class StructureStrength:
    """F_A of q [MeV] from structure functions: the fit up to u_fit, beyond it a tail of the same value and slope."""

    def __init__(self, nuclide: Nuclide, band: str, transverse: str, strangeness: float) -> None:
        g_A, strange = constants.AXIAL_COUPLING, strangeness
        S00, S01, S11 = structure_functions(nuclide, band)
        normalisation = 8 * math.pi / (2 * nuclide.spin + 1)
        self.charges = g_A, strange
        self.isoscalar = normalisation * S00
        self.mixed = -normalisation * S01
        self.isovector = normalisation * S11
        self.length2 = oscillator_length_squared(nuclide.A) / constants.HBAR_C**2  # MeV⁻²
        self.pole = transverse == "pion-pole"
        self.u_fit = fit_end(nuclide)
        # The derivative by a complex step: exact to rounding, as the fit is analytic.
        at_end = complex(self.fit(np.array([self.u_fit + 1e-30j]))[0])
        self.value = at_end.real
        self.slope = at_end.imag / 1e-30 / at_end.real  # d ln F_A/du

    def parts(self, u: Any) -> tuple[Any, Any, Any]:
        """(α, β, γ) of u, real or complex, in F_A = α g_A² + β g_A Δs + γ Δs²; γ so that 4αγ > β²."""
        x = 1 / (1 + 2 * u / (self.length2 * constants.PION_MASS**2)) if self.pole else 1.0
        polynomial = np.polynomial.polynomial.polyval
        isovector = polynomial(u, self.isovector) / (1 + x**2 / 2)
        mixed = polynomial(u, self.mixed) / (1 + x / 2)
        isoscalar = polynomial(u, self.isoscalar) * (2 / 3)
        # the larger of γ and β²/4α, joined by a hyperbola: tables and integrals want a function that is analytic
        least = mixed**2 / (4 * isovector)
        above = isoscalar - least
        isoscalar = least + (above + np.sqrt(above**2 + (_JOINT * least) ** 2)) / 2
        falling = np.exp(-u)
        return falling * isovector, falling * mixed, falling * isoscalar

    def fit(self, u: Any) -> Any:
        """F_A of u, real or complex."""
        g_A, strange = self.charges
        isovector, mixed, isoscalar = self.parts(u)
        return g_A**2 * isovector + g_A * strange * mixed + strange**2 * isoscalar

    def matrix(self, q: Array) -> Array:
        """W (2, 2, n) of q [MeV]; beyond the fit it falls as F_A does."""
        with np.errstate(over="ignore"):
            u = np.square(q) * (self.length2 / 2)
        # quadratic forms of isovector and isoscalar charges, a₁ = g_p − g_n and a₀ = −(g_p + g_n)
        isovector, mixed, isoscalar = self.parts(np.minimum(u, self.u_fit))
        proton, neutron = isovector - mixed + isoscalar, isovector + mixed + isoscalar
        both = isoscalar - isovector
        beyond = np.where(u <= self.u_fit, 1.0, self.tail(np.clip(u - self.u_fit, 0, 1e4)) / self.value)
        return np.array([[proton, both], [both, neutron]]) * (beyond / 4)

    def tail(self, beyond: Array) -> Array:
        """F_A of u − u_fit > 0, positive and falling."""
        if self.slope < -1:
            return np.asarray(self.value * np.exp(self.slope * beyond))
        return np.asarray(self.value * np.exp(-beyond) * (1 + (1 + self.slope) * beyond))

    def __call__(self, q: Array) -> Array:
        with np.errstate(over="ignore"):
            u = np.square(q) * (self.length2 / 2)
        fitted = self.fit(np.minimum(u, self.u_fit))
        # e^−x is 0 beyond x = 750, where x times it must not become nan
        return np.where(u <= self.u_fit, fitted, self.tail(np.clip(u - self.u_fit, 0, 1e4)))


def oscillator_length_squared(mass_number: int) -> float:
    """b² [fm²] of the harmonic oscillator, from ħω = 45 A^−⅓ − 25 A^−⅔ MeV."""
    return 41.467 / (45 * math.pow(mass_number, -1 / 3) - 25 * math.pow(mass_number, -2 / 3))


def momentum_of(u: float, nuclide: Nuclide) -> float:
    """q [MeV] of u = (qb)²/2."""
    return math.sqrt(2 * u / oscillator_length_squared(nuclide.A)) * constants.HBAR_C


def fit_end(nuclide: Nuclide) -> float:
    """u up to which the fits describe the physics: see the notes of `cevns.AxialResponse`."""
    return 1.0 if nuclide.A < 40 else 3.0


# -------------------------------------------------------------------------------------------------------------- the tables


@cache
@sealing
def expectations() -> dict[tuple[int, int], tuple[str, float, float, float]]:
    """(Z, N) → name, J, ⟨S_p⟩, ⟨S_n⟩."""
    table = {}
    for row in rows("spin_expectations.csv"):
        nuclide = Nuclide(row["name"])
        numerator, _, denominator = row["spin"].partition("/")
        spin = float(numerator) / float(denominator)
        table[nuclide.Z, nuclide.N] = row["name"], spin, float(row["S_p"]), float(row["S_n"])
    return table


@cache
@sealing
def _fits() -> dict[tuple[str, str], Array]:
    """(name, function) → c_0 … c_9."""
    return {
        (row["name"], row["function"]): np.array([float(row[f"c{k}"]) for k in range(10)]) for row in rows("spin_structure.csv")
    }


def is_published(nuclide: Nuclide) -> bool:
    return (nuclide.Z, nuclide.N) in expectations()


def shell_model_names() -> str:
    return ", ".join(row[0] for row in expectations().values())


def structure_functions(nuclide: Nuclide, band: str) -> tuple[Array, Array, Array]:
    """Coefficients of S00, S01, S11."""
    row = expectations().get((nuclide.Z, nuclide.N))
    if row is None:
        raise UnsupportedError(
            f"no structure functions of {nuclide.name}; there are those of {shell_model_names()}; for {nuclide.name}, "
            f"{other_models(nuclide, 'structure-functions')}"
        )
    name, spin, _, _ = row
    check_spin(nuclide, spin)
    fits = _fits()
    edges = ("lower", "upper") if band == "central" else (band,)
    S01, S11 = (sum(fits[name, f"{function}_{edge}"] for edge in edges) / len(edges) for function in ("S01", "S11"))
    return fits[name, "S00"], np.asarray(S01), np.asarray(S11)

"""Coefficients: the electron's side of dσ/dT, from the currents of an interaction.

With x = E_min(T), r = T/x and k = 1 − r = m_e T/2x², the bracket of vector and axial currents is a sum of squares and of
products that vanish at E = x,

    g_L² + g_R² (1 − T/E)² − g_L g_R m_e T/E²
        = (g_L − k g_R)² + [2k g_L g_R + r (2 − r) g_R²] (1 − x/E) + [2k g_L g_R − r² g_R²] (x/E)(1 − x/E)

so that a rate asks for the moments Φ₀, m₁ = ∫φ (1 − x/E) and m₂ = ∫φ (1 − x/E)/E above x, and nothing cancels where the bracket
itself vanishes: antineutrinos with k = g_L/g_R, J. Segura et al., Phys. Rev. D 49 (1994) 1633. Any other kind is p₀ + p₁/E +
p₂/E²,

    = [p₀ + p₁/x + p₂/x²] − [p₁/x + p₂/x²] (1 − x/E) − [p₂/x²] (x/E)(1 − x/E).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._arguments import Array
from ..constants import ELECTRON_MASS, FLAVORS, KEV, WEAK_CROSS_SECTION
from ..errors import UnsupportedError
from ..interactions import Current, Interaction
from ..interactions.kinds import coefficients, neutrino_energy_min

ComplexArray = NDArray[np.complex128]
CONTACT = ("vector", "axial")  # their electron is (g_L, g_R), and they add as amplitudes
PER_KEV = WEAK_CROSS_SECTION * ELECTRON_MASS * KEV  # G_F² m_e/π [cm²/keV]
_NO_RECOIL = 1e-100  # MeV; stands for T = 0, whose limits it has


class Part(NamedTuple):
    """Currents that add as amplitudes: of one kind and one mass of the final state."""

    kind: str  # "vector" for vector and axial
    final_mass: float  # MeV
    currents: tuple[Current, ...]

    def amplitude(self, T: Array) -> ComplexArray:
        """g (2, 3, 3, n or 1) at recoil energies [MeV]; one value where it does not depend on them."""
        q = np.sqrt(2 * ELECTRON_MASS * T)
        total: ComplexArray = np.zeros((2, 3, 3, 1), dtype=np.complex128)
        for current in self.currents:
            g = current.factor * _electron(current)[..., None]
            if current.propagator is not None:
                with np.errstate(divide="ignore", invalid="ignore"):
                    g = np.where(g == 0, 0.0, g * current.propagator(q))
            total = total + g
        return total

    @property
    def diverges(self) -> bool:
        """Whether dσ/dT grows without end at T = 0."""
        if self.kind == "magnetic" or (self.kind == "dipole" and self.final_mass == 0.0):
            return True
        return not np.isfinite(self.amplitude(np.zeros(1))).all()


@lru_cache(maxsize=256)
def parts_of(interaction: Interaction) -> tuple[Part, ...]:
    """The currents of an interaction that electrons feel, in parts that add as rates.

    Raises
    ------
    UnsupportedError
        For a kind of current that is not defined for an electron.
    """
    found: dict[tuple[str, float], list[Current]] = {}
    for current in interaction.currents:
        if current.electron is None or not current.factor or not current.electron.any():
            continue
        if current.kind == "scalar-tensor":
            raise UnsupportedError("the interference of scalar and tensor currents is not there for electrons")
        kind = "vector" if current.kind in CONTACT else current.kind
        found.setdefault((kind, current.final_mass), []).append(current)
    return tuple(Part(kind, mass, tuple(currents)) for (kind, mass), currents in found.items())


def threshold(part: Part, recoil_energy: Array) -> Array:
    """E_min(T) [MeV] at recoil energies [keV]; infinite at T = 0 for a heavy final state."""
    return neutrino_energy_min("vector", KEV * recoil_energy, ELECTRON_MASS, part.final_mass)


def weights(part: Part, recoil_energy: Array, pairs: tuple[tuple[str, str], ...]) -> list[ComplexArray]:
    """What multiplies Φ₀, m₁ and x m₂ in dR/dT [cm²/keV], (3, n), for each pair of incoming flavours (a, a'); T [keV] ≥ 0.

    For a = a' they are real, and with Φ₀ = 1, m₁ = 1 − x/E, m₂ = m₁/E they give dσ/dT.
    """
    T = np.maximum(KEV * recoil_energy, _NO_RECOIL)
    x = neutrino_energy_min("vector", T, ELECTRON_MASS, part.final_mass)
    g = part.amplitude(T)
    r, k = T / x, ELECTRON_MASS * T / (2 * x * x)
    made = []
    for a, b in pairs:
        first, second, anti = FLAVORS.index(a) % 3, FLAVORS.index(b) % 3, a.endswith("bar")
        charge = g.conj() if anti else g
        if part.kind == "vector":
            left, right = (charge[1], charge[0]) if anti else (charge[0], charge[1])
            own = left - k * right
            square = _product(right[first], right[second])
            mixed = (_product(left[first], right[second]) + _product(right[first], left[second])) / 2
            row = [
                2 * _product(own[first], own[second]),
                2 * (2 * k * mixed + r * (2 - r) * square),
                2 * (2 * k * mixed - r * r * square),
            ]
        else:
            strength = _product(charge[0, first], charge[0, second])
            p0, p1, p2 = coefficients(part.kind, T, ELECTRON_MASS, part.final_mass, spin_half=True)
            at_x, squared = p1 / x, p2 / x / x
            row = [strength * (p0 + at_x + squared), -strength * (at_x + squared), -strength * squared]
        made.append(np.array(np.broadcast_arrays(*row)) * (PER_KEV + 0j))
    return made


def _electron(current: Current) -> ComplexArray:
    assert current.electron is not None  # `parts_of` left the others out
    return current.electron


def _product(g: ComplexArray, other: ComplexArray) -> ComplexArray:
    """Σ_b g_ab g*_a'b of rows (3, n)."""
    return np.asarray((g * other.conj()).sum(axis=0))

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

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._arguments import Array, called, increasing
from ..constants import ELECTRON_MASS, FLAVORS, KEV, WEAK_CROSS_SECTION
from ..errors import UnsupportedError
from ..interactions import Current, Interaction
from ..interactions.kinds import coefficients, neutrino_energy_min, recoil_energy_range
from ..interactions.quadratic_forms import N_ELEMENTS, PAIRS, element, flat_below
from ..nuclei.targets import Target
from ..scattering.channels import Indices, Rows, Weights, rows_of
from ..scattering.engine import checked_flux, octaves
from .shells import electrons_per_kg, steps

ComplexArray = NDArray[np.complex128]
CONTACT = ("vector", "axial")  # their electron is (g_L, g_R), and they add as amplitudes
PER_KEV = WEAK_CROSS_SECTION * ELECTRON_MASS * KEV  # G_F² m_e/π [cm²/keV]
_NO_RECOIL = 1e-100  # MeV; stands for T = 0, whose limits it has
_LATEST = 1e100  # MeV; beyond there is nothing


Powers = tuple[int, ...]
Bracket = Callable[[ComplexArray, ComplexArray, bool], ComplexArray]


class Part(NamedTuple):
    """Currents that add as amplitudes, of one kind and one mass of the final state, by the coupling that multiplies them."""

    kind: str  # "vector" for vector and axial
    final_mass: float  # MeV
    by_coupling: Mapping[Powers, tuple[Current, ...]]  # powers of the free couplings → currents

    @property
    def currents(self) -> tuple[Current, ...]:
        """All of them."""
        return tuple(current for currents in self.by_coupling.values() for current in currents)

    def amplitude(self, T: Array, powers: Powers = ()) -> ComplexArray:
        """g (2, 3, 3, n or 1) at recoil energies [MeV] for free couplings of 1; one value where it does not depend on them."""
        q = np.sqrt(2 * ELECTRON_MASS * T)
        total: ComplexArray = np.zeros((2, 3, 3, 1), dtype=np.complex128)
        for current in self.by_coupling[powers]:
            g = (1.0 if any(powers) else current.factor) * _electron(current)[..., None]
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
        return not all(np.isfinite(self.amplitude(np.zeros(1), powers)).all() for powers in self.by_coupling)


@lru_cache(maxsize=256)
def parts_of(interaction: Interaction, parameters: tuple[str, ...] = ()) -> tuple[Part, ...]:
    """The currents of an interaction that electrons feel, in parts that add as rates.

    Parameters
    ----------
    interaction : Interaction
        The interaction.
    parameters : tuple of str
        Couplings that stay free.

    Raises
    ------
    UnknownNameError
        For a parameter that multiplies nothing in the interaction.
    UnsupportedError
        For a kind of current that is not defined for an electron.
    """
    found: dict[tuple[str, float], dict[Powers, list[Current]]] = {}
    for current in interaction.currents_by(parameters):
        powers = tuple(current.power if name == current.parameter else 0 for name in parameters)
        if current.electron is None or not (any(powers) or current.factor) or not current.electron.any():
            continue
        if current.kind == "scalar-tensor":
            raise UnsupportedError("the interference of scalar and tensor currents is not there for electrons")
        kind = "vector" if current.kind in CONTACT else current.kind
        found.setdefault((kind, current.final_mass), {}).setdefault(powers, []).append(current)
    return tuple(
        Part(kind, mass, MappingProxyType({powers: tuple(currents) for powers, currents in held.items()}))
        for (kind, mass), held in found.items()
    )


# the elements of a flux as pairs of incoming flavours, and what of their weight each takes
_FLAVOR_PAIRS = [(a, a) for a in FLAVORS] + [(FLAVORS[i + a], FLAVORS[i + b]) for i in (0, 3) for a, b in PAIRS]
_ELEMENTS = [element(a) if a == b else element(a, b) for a, b in _FLAVOR_PAIRS]


class Electrons:
    """The electrons of a target as an interaction sees them: a `Channel` of the engine.

    Parameters
    ----------
    interaction : Interaction
        The interaction.
    target : Target, optional
        Target with the electrons; one free electron by default.
    binding : {"stepping", "free"}
        Whether a shell answers only above its binding energy.
    ratio : callable, optional
        Factor of the rate at recoil energies (n,) [keV].
    parameters : tuple of str
        Couplings that stay free: the rate then has a term for each pair of them.
    """

    charges: None = None
    octaves_are_smooth = False

    def __init__(
        self,
        interaction: Interaction,
        target: Target | None = None,
        binding: str = "free",
        ratio: Any = None,
        parameters: tuple[str, ...] = (),
    ) -> None:
        self.target, self.binding, self.ratio = target, binding, ratio
        self.factors, self.phase_rates = np.ones(1), np.zeros(1)
        self.rough = ratio is not None and not hasattr(ratio, "breaks")
        parts = parts_of(interaction, parameters)
        pairs = [(part, *pair) for part in parts for pair in itertools.combinations_with_replacement(part.by_coupling, 2)]
        powers = [np.add(one, other) for _, one, other in pairs]
        self.exponents = np.array(powers, dtype=np.intp).reshape(len(pairs), len(parameters))
        # elements of a flux that have the same weights, looked at a few recoil energies, are one group
        T = np.array([1e-3, 0.7, 30.0, 900.0])
        each = [_by_element(*pair, T).reshape(N_ELEMENTS, -1) for pair in pairs]
        seen = np.concatenate([np.zeros((N_ELEMENTS, 0)), *each], axis=1)
        distinct: dict[bytes, int] = {}
        self.groups = tuple(distinct.setdefault(row.tobytes(), len(distinct)) if row.any() else -1 for row in seen)
        first = [self.groups.index(group) for group in range(len(distinct))]
        self.pieces = tuple(_Current(*pair, term, first, self) for term, pair in enumerate(pairs))
        diverging = [part.currents[0].kind for part in parts if part.diverges]
        self.diverges = diverging[0] if diverging and binding == "free" else None
        propagators = [current.propagator for part in parts for current in part.currents if current.propagator is not None]
        self._grows = bool(diverging)
        self.sharpness = 3.0 if propagators or diverging or any(part.final_mass for part in parts) else 1.0
        self._flat_below = flat_below(propagators)

    def rows(self, flux: Any, split: str | None = None) -> Rows:
        """The flux by flavours that electrons tell apart."""
        return rows_of(checked_flux(flux), self.groups, split)

    def number(self, T: Array) -> Array:
        """Electrons per kg that answer, times the ratio."""
        if self.target is None:
            return np.ones(T.size)
        number = electrons_per_kg(T, self.target, self.binding)
        return number if self.ratio is None else np.asarray(number * called(self.ratio, "ratio", T, minimum=0.0))

    @property
    def jumps(self) -> Array:
        """Binding energies, and kinks of the ratio [keV]."""
        own = np.zeros(0) if self.target is None else steps(self.target, self.binding)
        return np.concatenate([own, np.asarray(getattr(self.ratio, "breaks", ()), dtype=np.float64)])

    def recoils(self, energies: Array) -> list[Array]:
        """Recoil energies [keV] at which neutrinos of some energies [MeV] begin and end to count."""
        return [np.concatenate([np.zeros(0), *(self._recoils(energies, piece.part) for piece in self.pieces)])]

    def cuts(self, breaks: Array) -> list[Array]:
        """√T between which the rate is smooth: the ends of recoils, binding energies, and octaves."""
        ends = [self._recoils(breaks[breaks > 0], piece.part) for piece in self.pieces]
        end = max((float(each.max(initial=0.0)) for each in ends), default=0.0)
        T = increasing(np.concatenate([np.zeros(1), *ends, self.jumps]))
        roots = np.sqrt(T[end >= T])
        heavy = [each[each > 0] for each, piece in zip(ends, self.pieces, strict=True) if piece.part.final_mass]
        begin = np.concatenate([np.zeros(0), *heavy])
        return [increasing(np.concatenate([roots, octaves(math.sqrt(end), self.floor(np.sqrt(begin), math.sqrt(end)))]))]

    def floor(self, beginnings: Array, end: float) -> float:
        """√T below which all is smooth."""
        if self._grows:
            return 0.0
        # k = m_e T/2x² and T/x bend where T is near m_e
        scale = min(self._flat_below, ELECTRON_MASS) / math.sqrt(2 * ELECTRON_MASS * KEV)
        return float(beginnings.min(initial=min(end, scale)))

    def end(self, energy: float) -> float:
        """The largest recoil energy [keV]."""
        return 2 * energy * energy / (ELECTRON_MASS + 2 * energy) / KEV

    def ranges(self, E: Array) -> list[tuple[Array, Array]]:
        """For each piece the smallest and largest recoil energies [keV] of neutrinos of energies [MeV]."""
        each = (recoil_energy_range(E, ELECTRON_MASS, piece.part.final_mass) for piece in self.pieces)
        return [(low / KEV, high / KEV) for low, high in each]

    @staticmethod
    def _recoils(energies: Array, part: Part) -> Array:
        low, high = recoil_energy_range(energies, ELECTRON_MASS, part.final_mass)
        return np.concatenate([low, high]) / KEV if part.final_mass else high / KEV


class _Current:
    """Currents that add as amplitudes, or the interference of those of two couplings: a `Piece` of the engine."""

    def __init__(self, part: Part, one: Powers, other: Powers, term: int, elements: Sequence[int], channel: Electrons) -> None:
        self.part, self.channel, self._pair = part, channel, (one, other)
        self.terms = slice(term, term + 1)
        self.sets = np.arange(len(elements))
        self.table = np.ones((1, len(elements), 1))
        self._elements = tuple(elements)

    def energy_min(self, T: Array, ends: Indices) -> Array:
        """x(T) [MeV]."""
        return np.minimum(threshold(self.part, T), _LATEST)

    def weights(self, T: Array, x: Array, ends: Indices) -> Weights:
        """Those of each group, times the electrons that answer."""
        return Weights(_by_element(self.part, *self._pair, T, self._elements), self.channel.number(T)[None])


def _by_element(part: Part, one: Powers, other: Powers, T: Array, elements: Sequence[int] = range(N_ELEMENTS)) -> Array:
    """What multiplies Φ₀, m₁, x m₂ of elements of a flux in the term of two couplings: (elements, 3, n)."""
    places = [_ELEMENTS.index(e) if e in _ELEMENTS else _ELEMENTS.index(e - len(PAIRS)) for e in elements]
    made = weights(part, T, tuple(_FLAVOR_PAIRS[place] for place in places), one, other)
    out = np.empty((len(places), 3, T.size))
    for row, (e, place, weight) in enumerate(zip(elements, places, made, strict=True)):
        a, b = _FLAVOR_PAIRS[place]
        out[row] = weight.real if a == b else 2 * (weight.real if _ELEMENTS[place] == e else -weight.imag)
    return out


def threshold(part: Part, recoil_energy: Array) -> Array:
    """E_min(T) [MeV] at recoil energies [keV]; infinite at T = 0 for a heavy final state."""
    return neutrino_energy_min("vector", KEV * recoil_energy, ELECTRON_MASS, part.final_mass)


def weights(
    part: Part, recoil_energy: Array, pairs: tuple[tuple[str, str], ...], one: Powers = (), other: Powers = ()
) -> list[ComplexArray]:
    """The factors of Φ₀, m₁ and x m₂ in dR/dT [cm²/keV], (3, n), for each pair of incoming flavours (a, a'); T [keV] ≥ 0.

    For a = a' they are real, and with Φ₀ = 1, m₁ = 1 − x/E, m₂ = m₁/E they give dσ/dT. They are of amplitudes that one coupling
    multiplies, or of the interference of those of two.
    """
    T = np.maximum(KEV * recoil_energy, _NO_RECOIL)
    x = neutrino_energy_min("vector", T, ELECTRON_MASS, part.final_mass)
    g = part.amplitude(T, one)
    if one == other:
        orders = [(g, g)]
    else:
        h = part.amplitude(T, other)
        orders = [(g, h), (h, g)]
    of_kind = _contact(T, x) if part.kind == "vector" else _polynomial(part, T, x)
    made = []
    for a, b in pairs:
        first, second, anti = FLAVORS.index(a) % 3, FLAVORS.index(b) % 3, a.endswith("bar")
        row: Any = 0.0
        for left, right in orders:
            c, d = left[:, first], right[:, second].conj()
            row = row + (of_kind(c.conj(), d.conj(), True) if anti else of_kind(c, d, False))
        made.append(row * (PER_KEV + 0j))
    return made


def _contact(T: Array, x: Array) -> Bracket:
    """The bracket of vector and axial currents, of couplings (left, right) and the conjugate ones of a second amplitude."""
    r, k = T / x, ELECTRON_MASS * T / (2 * x * x)

    def bracket(c: ComplexArray, d: ComplexArray, anti: bool) -> ComplexArray:
        if anti:  # they are right-handed
            c, d = c[::-1], d[::-1]
        square = _product(c[1], d[1])
        mixed = (_product(c[0], d[1]) + _product(c[1], d[0])) / 2
        row = [
            2 * _product(c[0] - k * c[1], d[0] - k * d[1]),
            2 * (2 * k * mixed + r * (2 - r) * square),
            2 * (2 * k * mixed - r * r * square),
        ]
        return np.array(np.broadcast_arrays(*row))

    return bracket


def _polynomial(part: Part, T: Array, x: Array) -> Bracket:
    """p₀ + p₁/E + p₂/E² of any other kind, times its one coupling."""
    p0, p1, p2 = coefficients(part.kind, T, ELECTRON_MASS, part.final_mass, spin_half=True)
    at_x, squared = p1 / x, p2 / x / x
    by_moment = [p0 + at_x + squared, -(at_x + squared), -squared]

    def bracket(c: ComplexArray, d: ComplexArray, anti: bool) -> ComplexArray:
        strength = _product(c[0], d[0])
        return np.array(np.broadcast_arrays(*(strength * each for each in by_moment)))

    return bracket


def _electron(current: Current) -> ComplexArray:
    assert current.electron is not None  # `parts_of` left the others out
    return current.electron


def _product(c: ComplexArray, d: ComplexArray) -> ComplexArray:
    """Σ_b c_b d_b of rows (3, n)."""
    return np.asarray((c * d).sum(axis=0))

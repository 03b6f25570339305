"""Two decays in a row, seen in the laboratory: momenta and energies of what a moving mediator decays into.

Formulas
--------
decays in flight, `Cascade`: dN/dcos θ = ½ [1 + A P₂(cos θ)], boosted to the laboratory
    derived here
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, digits, increasing, real_array, real_number
from .._immutable import kept, sealed
from .._numerics.panels import panels_of
from .._numerics.quadrature import nodes_between
from .._units import UNITS
from ..errors import InputError
from ..fluxes.products import edges_of
from ..fluxes.sampling import energies
from ..fluxes.spectra import Lines, Smooth, Spectrum, Table
from .scattering import LIGHTEST

_FAST = 1e5  # MeV, the largest momentum of a pion
_NODES = 48  # of the integral over rapidities, of which the parabola is an exponential: up to e^±15 is exact
SLOW = 1e-6  # MeV, below which a pion stands still: boxes move by 1e-8 of themselves


# ---- spectra -------------------------------------------------------------------------------------------------------------


class Cascade(Smooth, in_files=False):
    """The χ of A′ → χχ̄ from parents in flight that decay to A′ and something massless: exact for given momenta, integral 1.

    Parameters
    ----------
    mass, mediator_mass, parent_mass : float
        m of χ ≥ 0, m_A′ > 2m and ≥ 1e-6, and that of the parent > m_A′ [MeV].
    momentum : array_like
        One or more momenta of the parent [MeV], from 1e-6 to 1e5.
    weights : array_like, optional
        Decays at each momentum, ≥ 0, in any unit; the same at all by default.
    anisotropy : float
        A in dN/dcos θ = ½ [1 + A P₂(cos θ)] of χ in the frame of A′, from −1 to 2; 0 by default: isotropic.

    Raises
    ------
    InputError
        For values outside their range, or lengths that do not match.

    Notes
    -----
    Parents leave in all directions alike. For A = 0 the closed form at the head of this module, whose rounding is 1e-15 of the
    largest density; else Gauss–Legendre in the rapidity, to 1e-13.
    """

    mass: float
    mediator_mass: float
    parent_mass: float
    momentum: Array
    weights: Array
    anisotropy: float

    def __init__(
        self,
        mass: float,
        mediator_mass: float,
        parent_mass: float,
        momentum: ArrayLike,
        weights: ArrayLike | None = None,
        anisotropy: float = 0.0,
    ) -> None:
        m, mA = on_shell(mass, mediator_mass)
        M = real_number(parent_mass, "parent_mass", unit="MeV", minimum=mA, above=True)
        p, w = weighted_momenta(momentum, weights, above=True)
        A = real_number(anisotropy, "anisotropy", minimum=-1.0, maximum=2.0)
        self.__dict__.update(mass=m, mediator_mass=mA, parent_mass=M, momentum=sealed(p), weights=sealed(w), anisotropy=A)

    @kept
    def _rapidities(self) -> tuple[float, float, Array]:
        """a, c and h; a is infinite for massless χ."""
        a = math.inf if self.mass == 0.0 else math.acosh(self.mediator_mass / (2 * self.mass))
        return a, math.log(self.parent_mass / self.mediator_mass), np.arcsinh(self.momentum / self.parent_mass)

    def _beyond(self, energy: Array) -> tuple[Array, Array]:
        """y − a and y + a: how much faster than in the frame of A′."""
        if self.mass == 0.0:
            return np.log(2 * energy / self.mediator_mass), np.full(np.shape(energy), np.inf)
        a = self._rapidities[0]
        y = 2 * np.arcsinh(np.sqrt((energy - self.mass) / (2 * self.mass)))  # arcosh(E/m), also near E = m
        return y - a, y + a

    def density(self, energy: ArrayLike) -> Array:
        energy = energies(energy)
        inside = energy >= self.mass if self.mass else energy > 0
        out = np.zeros(energy.shape)
        out[inside] = self.density_between(energy[inside])
        return out

    def density_between(self, energy: Array) -> Array:
        if self.anisotropy:
            return self._uneven(energy)
        a, c, h = self._rapidities
        less, more = self._beyond(energy)
        share = self.weights / (2 * self.mediator_mass * np.sinh(h) * math.sinh(c) * math.tanh(a))
        out = np.zeros(np.shape(energy))
        for fastest, slowest, each in zip(h + c, np.abs(h - c), share, strict=True):
            out += each * np.maximum(np.minimum(more, fastest) - np.maximum(np.abs(less), slowest), 0.0)
        return out

    def _uneven(self, energy: Array) -> Array:
        """∫ φ₀(E₀) dy₀/(2 sinh h) over the rapidities y₀ of E₀ = m cosh y₀, or ln E₀ without a mass."""
        a, c, h = self._rapidities
        momentum = (self.parent_mass / self.mediator_mass - self.mediator_mass / self.parent_mass) / 2 * self.mediator_mass
        at_rest = PolarisedBox(
            self.mass, self.mediator_mass, math.hypot(momentum, self.mediator_mass), momentum, self.anisotropy
        )
        lowest, highest = at_rest.edges
        if self.mass:
            y = 2 * np.arcsinh(np.sqrt((energy - self.mass) / (2 * self.mass)))
            first, last = abs(a - c), a + c
        else:
            y = np.log(energy)
            first, last = math.log(lowest), math.log(highest)
        out = np.zeros(np.shape(energy))
        for boost, each in zip(h, self.weights / (2 * np.sinh(h)), strict=True):
            low = np.maximum(np.abs(y - boost) if self.mass else y - boost, first)
            y0, rule = nodes_between(low, np.maximum(np.minimum(y + boost, last), low), _NODES)
            E0 = self.mass * np.cosh(y0) if self.mass else np.exp(y0)
            out += each * (rule * at_rest.inside(E0)).sum(axis=-1)
        return out

    @kept
    def edges(self) -> tuple[float, ...]:
        a, c, h = self._rapidities
        fastest, slowest = h + c, np.abs(h - c)
        if self.mass == 0.0:
            turns = self.mediator_mass / 2 * np.exp(np.concatenate([fastest, slowest, -slowest, -fastest]))
            return tuple(increasing(turns).tolist())
        y = np.concatenate([a + fastest, np.abs(a - fastest), a + slowest, np.abs(a - slowest)])
        # where all of 0 ≤ y is reached, E = m is the lower end, and its neighbour stands for it: the density is 0 there
        lowest = np.where(fastest >= a, np.where(slowest <= a, 0.0, slowest - a), a - fastest)
        y = np.append(y[y >= lowest.min()], lowest.min())
        at_rest = self.mass * (1 + 1e-15)
        return tuple(increasing(np.maximum(self.mass * np.cosh(y), at_rest)).tolist())

    def _parameters(self) -> tuple[Any, ...]:
        return self.mass, self.mediator_mass, self.parent_mass, self.momentum, self.weights, self.anisotropy


class PolarisedBox(Smooth, in_files=False):
    """The χ of A′ of one energy that leave it as ½ [1 + A P₂(cos θ)]: a parabola over the box, integral 1.

    Parameters
    ----------
    mass, mediator_mass, energy, momentum : float
        m of χ, m_A′, and the energy and momentum of A′ [MeV]; A′ moves.
    anisotropy : float
        A, from −1 to 2.
    """

    def __init__(self, mass: float, mediator_mass: float, energy: float, momentum: float, anisotropy: float) -> None:
        self.__dict__.update(mass=mass, mediator_mass=mediator_mass, energy=energy, momentum=momentum, anisotropy=anisotropy)

    mass: float
    mediator_mass: float
    energy: float
    momentum: float
    anisotropy: float

    @kept
    def _half(self) -> float:
        return _half(self.mass, self.mediator_mass, self.momentum)

    @property
    def edges(self) -> tuple[float, ...]:
        return self.energy / 2 - self._half, self.energy / 2 + self._half

    def inside(self, energy: Array) -> Array:
        """The density, of energies that are within the box."""
        cosine = np.clip((energy - self.energy / 2) / self._half, -1.0, 1.0)
        return np.asarray((1 + self.anisotropy * (1.5 * cosine * cosine - 0.5)) / (2 * self._half))

    def density(self, energy: ArrayLike) -> Array:
        low, high = self.edges
        energy = energies(energy)
        return np.where((energy >= low) & (energy <= high), self.inside(energy), 0.0)

    def _parameters(self) -> tuple[Any, ...]:
        return self.mass, self.mediator_mass, self.energy, self.momentum, self.anisotropy


class Weighted(Smooth, in_files=False):
    """A spectrum of particles of mass m times E²/p² = E²/(E² − m²): what makes their rates those of neutrinos."""

    spectrum: Spectrum
    mass: float

    def __init__(self, spectrum: Spectrum, mass: float) -> None:
        self.__dict__.update(spectrum=spectrum, mass=mass)

    @property
    def edges(self) -> tuple[float, ...]:
        return tuple(increasing(np.maximum(edges_of(self.spectrum), self.mass * (1 + 1e-15))).tolist())

    def density(self, energy: ArrayLike) -> Array:
        energy = energies(energy)
        return np.asarray(self.spectrum.density(energy) * _weight(energy, self.mass))

    def density_between(self, energy: Array) -> Array:
        between = getattr(self.spectrum, "density_between", self.spectrum.density)
        return np.asarray(between(energy) * _weight(energy, self.mass))

    @kept
    def _panels(self) -> tuple[Array, Array]:
        # near E = m the energy itself rounds, by 1e-16 of m: what that leaves of 1/p² is not resolved
        def density(energy: Array) -> tuple[Array, Array]:
            values = self.density_between(energy)
            return values, 4e-16 * energy / (energy - self.mass) * values

        return panels_of(density, np.asarray(self.edges))

    def _parameters(self) -> tuple[Any, ...]:
        return self.spectrum, self.mass


def _weight(energy: Array, mass: float) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(energy**2 / ((energy - mass) * (energy + mass)))


@lru_cache(maxsize=256)
def weighted(spectrum: Spectrum, mass: float) -> Spectrum:
    """φ E²/(E² − m²): kept with its moments, for fluxes that differ in their couplings alone."""
    if mass == 0.0:
        return spectrum
    if isinstance(spectrum, Lines):
        return Lines(spectrum.energies, spectrum.weights * _weight(spectrum.energies, mass), signed=spectrum.signed)
    return Weighted(spectrum, mass)


def _half(mass: float, mediator_mass: float, momentum: float) -> float:
    """Half of the width of the box [MeV]."""
    return momentum / 2 * math.sqrt((1 - 2 * mass / mediator_mass) * (1 + 2 * mass / mediator_mass))


def box(mass: float, mediator_mass: float, energy: float, momentum: float, anisotropy: float = 0.0) -> Spectrum:
    """The χ of A′ of one energy and momentum [MeV], integral 1; a line if A′ is at rest."""
    half = _half(mass, mediator_mass, momentum)
    if half <= 1e-12 * energy:
        return Lines([energy / 2], [1.0])
    if anisotropy:
        return PolarisedBox(mass, mediator_mass, energy, momentum, anisotropy)
    return Table([energy / 2 - half, energy / 2 + half], [1 / (2 * half)], "histogram")


def on_shell(mass: float, mediator_mass: float) -> tuple[float, float]:
    """Checked masses of χ and of an A′ that decays to two of them."""
    m = real_number(mass, "mass", unit="MeV", minimum=0.0)
    mA = real_number(mediator_mass, "mediator_mass", unit="MeV", minimum=LIGHTEST)
    if 0.0 < m < UNITS["MeV"].smallest:  # the rapidity of χ, ln(m_A′/m), is a number
        raise InputError(f"mass must be 0 or >= {UNITS['MeV'].smallest:g} MeV (got {digits(m)})")
    if mA <= 2 * m:
        raise InputError(
            f"mediator_mass must be > {2 * m:g} MeV, twice the mass of χ, so that it decays to two (got {digits(mA)})"
        )
    return m, mA


def weighted_momenta(momentum: ArrayLike, weights: ArrayLike | None, above: bool = False) -> tuple[Array, Array]:
    """Checked momenta, and their weights with a sum of 1."""
    name = "momentum" if above else "pi0_momentum"
    p = real_array(momentum, name, unit="MeV", minimum=SLOW if above else 0.0, maximum=_FAST).reshape(-1).copy()
    w = np.ones(p.size) if weights is None else real_array(weights, "weights of momenta", minimum=0.0).reshape(-1)
    if not p.size or w.size != p.size or not w.any():
        raise InputError(f"{name} needs one value or more, and as many weights, not all 0 (got {p.size} and {w.size})")
    return p, w / w.sum()

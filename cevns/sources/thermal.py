"""Thermal spectra of neutrinos, as supernovae emit them: pinched ones and those of Fermi and Dirac.

Formulas
--------
pinched spectrum, `Pinched`: f = (α+1)^(α+1)/(⟨E⟩ Γ(α+1)) (E/⟨E⟩)^α exp[−(α+1)E/⟨E⟩]
    M. T. Keil, G. G. Raffelt, H.-T. Janka, Astrophys. J. 590 (2003) 971
Fermi–Dirac spectrum, `FermiDirac`: f = E²/(T³ F₂(η)) 1/(1 + exp(E/T − η))
    definition
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, digits, real_number
from .._numerics.panels import Index, moments_together
from ..errors import InputError
from ..fluxes.sampling import energies
from ..fluxes.spectra import Smooth, Spectrum

PINCHING_MAXIMUM = 20.0  # a width of ⟨E⟩/√21; simulations give 2 to 7
DEGENERACY_MINIMUM, DEGENERACY_MAXIMUM = -1000.0, 20.0

_FALL = 40 * math.log(10)  # the spectra end where the density is 1e-40 of its peak
_FLAT = 0.1  # α below which the peak of a pinched spectrum is no edge
_STEPS = 13  # from the peak of a pinched spectrum to its end: eight panels each, just narrow enough


class Pinched(Smooth):
    """A pinched thermal spectrum, normalised to one.

        f = (α+1)^(α+1)/(⟨E⟩ Γ(α+1)) (E/⟨E⟩)^α exp[−(α+1)E/⟨E⟩],    ⟨E²⟩/⟨E⟩² = (2 + α)/(1 + α)

    Its moments above x are incomplete gamma functions, Φ_k = ((α+1)/⟨E⟩)^k Γ(α+1−k, (α+1)x/⟨E⟩)/Γ(α+1). They are kept as
    polynomials that agree with this to 1e-13, up to the energy where the density has fallen to 1e-40 of its peak; there the
    spectrum ends.

    Parameters
    ----------
    mean_energy : float
        ⟨E⟩ [MeV], > 0.
    pinching : float
        α, 0 to 20; 2 is a Maxwell–Boltzmann spectrum, 2.3 nearly a Fermi–Dirac one without chemical potential, more is
        narrower.

    Raises
    ------
    InputError
        For values outside their range.

    Examples
    --------
    >>> from cevns import sources
    >>> sources.Pinched(15.0, 3.0).energy_sum
    15.0
    """

    mean_energy: float
    pinching: float

    def __init__(self, mean_energy: float, pinching: float) -> None:
        mean_energy = real_number(mean_energy, "mean_energy", unit="MeV", minimum=0.0, above=True)
        pinching = real_number(pinching, "pinching", minimum=0.0, maximum=PINCHING_MAXIMUM)
        self.__dict__.update(mean_energy=mean_energy, pinching=pinching)

    @classmethod
    def from_moments(cls, mean: float, mean_square: float) -> Pinched:
        """The pinched spectrum with given ⟨E⟩ and ⟨E²⟩, as simulations state them: α = (2⟨E⟩² − ⟨E²⟩)/(⟨E²⟩ − ⟨E⟩²).

        Parameters
        ----------
        mean : float
            ⟨E⟩ [MeV], > 0.
        mean_square : float
            ⟨E²⟩ [MeV²], 22/21 to 2 times ⟨E⟩².

        Raises
        ------
        InputError
            For values outside their range.

        Examples
        --------
        >>> from cevns import sources
        >>> sources.Pinched.from_moments(12.0, 180.0)
        Pinched(12.0, 3.0)
        """
        mean = real_number(mean, "mean", unit="MeV", minimum=0.0, above=True)
        square = real_number(mean_square, "mean_square", unit="MeV²", minimum=0.0, above=True)
        low, high = (PINCHING_MAXIMUM + 2) / (PINCHING_MAXIMUM + 1) * mean**2, 2 * mean**2
        # an ulp beyond the ends is rounding of the moments
        if not low * (1 - 1e-12) <= square <= high * (1 + 1e-12):
            raise InputError(
                f"mean_square must be >= {low:g} and <= {high:g} MeV² with a mean of {mean:g} MeV, "
                f"a pinching of {PINCHING_MAXIMUM:g} to 0 (got {digits(square)})"
            )
        return cls(mean, min(max((2 * mean**2 - square) / (square - mean**2), 0.0), PINCHING_MAXIMUM))

    @property
    def edges(self) -> tuple[float, ...]:
        """0, the peak (unless it is nearly at 0), and above it 13 equal steps to where the density is 1e-40 of it.

        The steps keep the moments accurate relative to themselves, where they are small.
        """
        return tuple((self.mean_energy * _pinched_edges(np.array([self.pinching]))[0]).tolist())

    def density(self, energy: ArrayLike) -> Array:
        x = energies(energy) / self.mean_energy
        inside = x >= 0
        return np.where(inside, _pinched(np.where(inside, x, 0.0), self.pinching) / self.mean_energy, 0.0)

    def density_between(self, energy: Array) -> Array:
        return _pinched(energy / self.mean_energy, self.pinching) / self.mean_energy

    @property
    def total(self) -> float:
        return 1.0

    @property
    def energy_sum(self) -> float:
        return self.mean_energy

    @classmethod
    def prepare_many(cls, spectra: Sequence[Spectrum]) -> None:
        """Make the moments of many spectra at once, several times faster than one after the other.

        Spectra with α between the same two whole numbers share panels, relative to their edges, that agree with those of the
        least, a middle and the largest α as usual; the others are between them.
        """
        groups: dict[int, list[Pinched]] = {}
        for spectrum in spectra:
            if isinstance(spectrum, Pinched) and "moments" not in spectrum.__dict__:
                groups.setdefault(math.floor(spectrum.pinching) if spectrum.pinching > _FLAT else -1, []).append(spectrum)
        for group in groups.values():
            group.sort(key=lambda spectrum: spectrum.pinching)
            alpha = np.array([spectrum.pinching for spectrum in group])
            mean = np.array([spectrum.mean_energy for spectrum in group])
            edges = mean[:, None] * _pinched_edges(alpha)
            # of a logarithm and an exponential, which is faster here than a power and good to 100 roundings
            scale = np.array([_pinched_scale(a) for a in alpha.tolist()]) + alpha + 1 - np.log(mean)

            def density(energy: Array, i: Index, mean: Array = mean, alpha: Array = alpha, scale: Array = scale) -> Array:
                x = energy / mean[i]
                exponent = np.log(x)
                exponent *= alpha[i]
                x *= alpha[i] + 1
                exponent -= x
                exponent += scale[i]
                return np.asarray(np.exp(exponent, out=exponent))

            for spectrum, moments in zip(group, moments_together(edges, density), strict=True):
                spectrum.__dict__["moments"] = moments

    def _parameters(self) -> tuple[float, float]:
        return self.mean_energy, self.pinching


class FermiDirac(Smooth):
    """A thermal spectrum of Fermi and Dirac, normalised to one.

        f = E²/(T³ F₂(η)) 1/(1 + exp(E/T − η)),    ⟨E⟩ = T F₃(η)/F₂(η),    F_k(η) = ∫ x^k/(1 + exp(x − η)) dx

    Without chemical potential, η = 0, ⟨E⟩ = 3.1514 T and F₂ = (3/2) ζ(3) = 1.80309. F₂ and F₃ are good to 1e-15. It ends where
    the density has fallen to 1e-40 of its peak.

    Parameters
    ----------
    temperature : float
        T [MeV], > 0.
    degeneracy : float
        η, the chemical potential over T, −1000 to 20; far below 0 this is a Maxwell–Boltzmann spectrum.

    Raises
    ------
    InputError
        For values outside their range.

    Examples
    --------
    >>> from cevns import sources
    >>> f"{sources.FermiDirac(4.0).energy_sum:.4f} MeV"
    '12.6055 MeV'
    """

    temperature: float
    degeneracy: float

    def __init__(self, temperature: float, degeneracy: float = 0.0) -> None:
        temperature = real_number(temperature, "temperature", unit="MeV", minimum=0.0, above=True)
        degeneracy = real_number(degeneracy, "degeneracy", minimum=DEGENERACY_MINIMUM, maximum=DEGENERACY_MAXIMUM)
        self.__dict__.update(temperature=temperature, degeneracy=degeneracy)

    @property
    def edges(self) -> tuple[float, ...]:
        """0 and 48 equal steps to the end, which keep the moments accurate relative to themselves, where they are small."""
        return tuple((self.temperature * _fermi_dirac_edges(self.degeneracy)).tolist())

    def density(self, energy: ArrayLike) -> Array:
        E = energies(energy)
        inside = E >= 0
        return np.where(inside, self.density_between(np.where(inside, E, 0.0)), 0.0)

    def density_between(self, energy: Array) -> Array:
        return _fermi_dirac(energy / self.temperature, self.degeneracy, _fermi_integrals(self.degeneracy)[0]) / self.temperature

    @property
    def total(self) -> float:
        return 1.0

    @property
    def energy_sum(self) -> float:
        second, third = _fermi_integrals(self.degeneracy)
        return self.temperature * third / second

    @classmethod
    def prepare_many(cls, spectra: Sequence[Spectrum]) -> None:
        """Make the moments of many spectra at once, as `Pinched.prepare_many`; groups share η between two whole numbers."""
        groups: dict[int, list[FermiDirac]] = {}
        for spectrum in spectra:
            if isinstance(spectrum, FermiDirac) and "moments" not in spectrum.__dict__:
                groups.setdefault(math.floor(max(spectrum.degeneracy, -10.0)), []).append(spectrum)
        for group in groups.values():
            group.sort(key=lambda spectrum: spectrum.degeneracy)
            eta = np.array([spectrum.degeneracy for spectrum in group])
            T = np.array([spectrum.temperature for spectrum in group])
            norm = np.array([_fermi_integrals(value)[0] for value in eta.tolist()])
            edges = T[:, None] * np.array([_fermi_dirac_edges(value) for value in eta.tolist()])

            def density(energy: Array, i: Index, T: Array = T, eta: Array = eta, norm: Array = norm) -> Array:
                return np.asarray(_fermi_dirac(energy / T[i], eta[i], norm[i]) / T[i])

            for spectrum, moments in zip(group, moments_together(edges, density), strict=True):
                spectrum.__dict__["moments"] = moments

    def _parameters(self) -> tuple[float, float]:
        return self.temperature, self.degeneracy


def _pinched(x: Array, a: float) -> Array:
    """⟨E⟩ f at x = E/⟨E⟩ ≥ 0."""
    # with x e^(1−x), at most 1, nothing overflows for any α
    fall = np.exp(1 - x)
    return np.asarray(math.exp(_pinched_scale(a)) * (x * fall) ** a * fall)


def _pinched_scale(a: float) -> float:
    """Logarithm of the factor."""
    return (a + 1) * math.log(a + 1) - (a + 1) - math.lgamma(a + 1)


def _pinched_edges(pinching: Array) -> Array:
    """The edges over ⟨E⟩ for each α, all above 0.1 or none."""
    a = pinching[:, None]
    # x = E/⟨E⟩ solves a ln(x/p) − (a+1)(x − p) = −40 ln 10 above the peak p, by Newton's method; a = 0 without logarithm
    peak = a / (a + 1)
    safe = np.where(peak > 0.0, peak, 1.0)
    x = peak + _FALL / (a + 1)
    x = peak + (_FALL + a * (np.log(x) - np.log(safe))) / (a + 1)
    for _ in range(5):
        x -= (a * (np.log(x) - np.log(safe)) - (a + 1) * (x - peak) + _FALL) / (a / x - (a + 1))
    first = 0 if pinching[0] > _FLAT else 1
    steps = peak + (x - peak) * np.arange(first, _STEPS + 1) / _STEPS
    return np.concatenate([np.zeros((a.size, 1)), steps], axis=1)


def _fermi_dirac(x: Array, degeneracy: Any, second: Any) -> Array:
    """T f at x = E/T ≥ 0, for one η or an array that broadcasts; `second` is F₂, over e^η where η < 0."""
    # e^(η−x)/(1 + e^(η−x)), over e^η where η < 0: no overflow on either side
    fall = np.exp(np.maximum(degeneracy, 0.0) - x)
    return np.asarray(x**2 * fall / ((1.0 + np.exp(np.minimum(degeneracy, 0.0)) * fall) * second))


@cache
def _fermi_integrals(degeneracy: float) -> tuple[float, float]:
    """F₂ and F₃, over e^η where η < 0, to 1e-15.

    For η ≤ 0 F_k = k! Σ_n (−1)^(n+1) e^(nη)/n^(k+1), n ≥ 1. For η > 0, with the same at −η (inversion of the polylogarithms),

        F₂(η) = η³/3 + π²η/3 + F₂(−η),    F₃(η) = η⁴/4 + π²η²/2 + 7π⁴/60 − F₃(−η)

    The alternating sums are those of H. Cohen, F. Rodriguez Villegas, D. Zagier, Exp. Math. 9 (2000) 3, algorithm 1.
    """
    n = 24  # terms, of which the error is 5.8^(−n)
    half = (3 + math.sqrt(8)) ** n
    whole = (half + 1 / half) / 2
    ratio, b, c, second, third = math.exp(-abs(degeneracy)), -1.0, -whole, 0.0, 0.0
    for k in range(n):
        c = b - c
        power = ratio**k
        second += c * 2 * power / (k + 1) ** 3
        third += c * 6 * power / (k + 1) ** 4
        b *= (k + n) * (k - n) / ((k + 0.5) * (k + 1))
    second, third = second / whole, third / whole
    if degeneracy > 0:
        eta, pi = degeneracy, math.pi
        second = eta**3 / 3 + pi**2 * eta / 3 + ratio * second
        third = eta**4 / 4 + pi**2 * eta**2 / 2 + 7 * pi**4 / 60 - ratio * third
    return second, third


def _fermi_dirac_edges(degeneracy: float) -> Array:
    """The edges over T: 48 equal steps to where the density is 1e-40 of its peak."""
    low, high = 2.0, 2.0 + max(degeneracy, 0.0) + 1.0
    for _ in range(40):  # the peak, x = 2 (1 + e^(η−x))
        x = (low + high) / 2
        low, high = (x, high) if x < 2 * (1 + math.exp(degeneracy - x)) else (low, x)
    # x² e^(η−x) = 1e-40 x²/(1 + e^(x−η)) at the peak; over e^η where η < 0
    positive = max(degeneracy, 0.0)
    top = 2 * math.log(low) + positive - low - math.log1p(math.exp(degeneracy - low))
    end = _FALL
    for _ in range(30):
        end = positive + 2 * math.log(end) - top + _FALL
    return end * np.arange(49) / 48

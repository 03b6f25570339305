"""The diffuse supernova neutrino background: the neutrinos of all core collapses since the first stars.

    dφ/dE = (c/H₀) ∫₀^z_max dz R(z) dN/dE′ /√(Ω_m (1+z)³ + 1 − Ω_m),    E′ = (1+z) E

with the rate of core collapses R(z), per comoving volume, and the neutrinos N that one of them emits. (The 1 + z by which an
interval of energy shrinks cancels that of |dt/dz|.)

J. F. Beacom, Annu. Rev. Nucl. Part. Sci. 60 (2010) 439; S. Horiuchi, J. F. Beacom, E. Dwek, Phys. Rev. D 79 (2009) 083013.

Formulas
--------
diffuse supernova neutrinos, `dsnb`, `DiffuseSupernova`: dφ/dE = (c/H₀) ∫ dz R(z) dN/dE′/√(Ω_m (1+z)³ + 1 − Ω_m), E′ = (1+z)E
    J. F. Beacom, Annu. Rev. Nucl. Part. Sci. 60 (2010) 439
core collapses, `CoreCollapseRate`: R(z) ∝ [(1+z)^(αη) + ((1+z)/B)^(βη) + ((1+z)/C)^(γη)]^(1/η)
    S. Horiuchi, J. F. Beacom, E. Dwek, Phys. Rev. D 79 (2009) 083013
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import (
    Array,
    broadcast,
    canonical_name,
    increasing,
    known_name,
    mapped,
    real_array,
    real_number,
    restore,
    shown,
)
from .._immutable import kept, sealed, sealing
from .._kinds import in_files
from .._numerics.panels import evaluate, panels_of, series_of
from .._numerics.polynomials import clenshaw
from .._numerics.quadrature import nodes_between
from .._texts import of_fields
from ..errors import InputError
from ..fluxes._base import LARGEST_UNCERTAINTY
from ..fluxes.flux import Component, Flux
from ..fluxes.sampling import energies
from ..fluxes.spectra import Smooth, Spectrum
from .supernova import ENERGY, converted
from .thermal import FermiDirac, Pinched

_LIGHT_SPEED = 299792.458  # km/s
_YEAR = 365.25 * constants.DAY  # s
_MEGAPARSEC = 1e3 * constants.KILOPARSEC  # cm

TEMPERATURE = MappingProxyType({"nue": 3.0, "numu": 8.0, "nutau": 8.0, "nuebar": 5.0, "numubar": 8.0, "nutaubar": 8.0})  # MeV

_NODES = 12  # of a Gauss–Legendre rule in each piece of ln(1 + z)
_PIECE = 0.2  # longest piece: what a spectrum needs whose energies are stretched within it
_RATIO_STEPS = 36  # about one to each panel that φ/f needs
_NO_RATE = 1e-100  # Mpc⁻³ yr⁻¹: with less, φ is 0 or has no digits
_CHUNK = 8192  # energies integrated at once: 8 MB


@in_files
@dataclass(frozen=True)
class CoreCollapseRate:
    """The rate of core collapses at redshift z, from star formation as three power laws that join smoothly.

        R(z) ∝ [(1+z)^(αη) + ((1+z)/B)^(βη) + ((1+z)/C)^(γη)]^(1/η)

    with B and C such that neighbouring power laws meet at z₁ and z₂.

    Parameters
    ----------
    local : float
        R(0) [Mpc⁻³ yr⁻¹], ≥ 0. A rate of star formation of 1 M☉ is 0.0070 core collapses, between 8 and 50 M☉.
    exponents : (float, float, float)
        α, β, γ, decreasing, −20 to 20.
    redshifts : (float, float)
        z₁ < z₂, > 0 and ≤ 100.
    smoothing : float
        η, −100 to −1; a break is 1/|η| wide in ln(1 + z), about.

    Raises
    ------
    InputError
        For values outside their range.

    Notes
    -----
    The form is that of H. Yüksel, M. D. Kistler, J. F. Beacom, A. M. Hopkins, Astrophys. J. 683 (2008) L5; the defaults are the
    best fit of Horiuchi, Beacom and Dwek.

    Examples
    --------
    >>> from cevns import sources
    >>> rate = sources.CoreCollapseRate()
    >>> f"{rate(1.0) / rate(0.0):.2f}"
    '9.85'
    """

    local: float = 1.25e-4
    exponents: tuple[float, float, float] = (3.4, -0.3, -3.5)
    redshifts: tuple[float, float] = (1.0, 4.0)
    smoothing: float = -10.0

    __repr__ = of_fields

    def __post_init__(self) -> None:
        local = real_number(self.local, "local rate of core collapses", unit="Mpc⁻³ yr⁻¹", minimum=0.0)
        exponents = real_array(self.exponents, "exponents", minimum=-20.0, maximum=20.0)
        redshifts = real_array(self.redshifts, "redshifts", minimum=0.0, maximum=100.0, above=True)
        if exponents.shape != (3,) or (np.diff(exponents) >= 0).any():
            raise InputError(f"exponents must be three that decrease (got {shown(self.exponents)})")
        if redshifts.shape != (2,) or redshifts[1] <= redshifts[0]:
            raise InputError(f"redshifts must be two that increase (got {shown(self.redshifts)})")
        smoothing = real_number(self.smoothing, "smoothing", minimum=-100.0, maximum=-1.0)
        for name, value in (
            ("local", local),
            ("exponents", tuple(exponents.tolist())),
            ("redshifts", tuple(redshifts.tolist())),
            ("smoothing", smoothing),
        ):
            object.__setattr__(self, name, value)

    def __call__(self, redshift: ArrayLike) -> float | Array:
        """R(z) [Mpc⁻³ yr⁻¹], comoving, of any shape; z ≥ 0."""
        z = real_array(redshift, "redshift", minimum=0.0)
        shape, (flat,) = broadcast(z)
        value: float | Array = restore(self._at(np.log1p(flat)) * (self.local / self._at(np.zeros(1))), shape)
        return value

    def _at(self, stretch: Array) -> Array:
        """The bracket to the power 1/η, at u = ln(1+z)."""
        a, b, c = self.exponents
        first, second = np.log1p(self.redshifts)
        eta = self.smoothing
        # each term has the value of its neighbour at the break, as B^β = (1+z₁)^(β−α) and C^γ = B^β (1+z₂)^(γ−β) make it
        rising = eta * a * stretch
        flat = eta * (b * stretch + (a - b) * first)
        falling = eta * (c * stretch + (a - b) * first + (b - c) * second)
        return np.asarray(np.exp(np.logaddexp(np.logaddexp(rising, flat), falling) / eta))


# Fits of Horiuchi, Beacom and Dwek: ρ₀ = 0.0178, 0.0213 and 0.0142 M☉ Mpc⁻³ yr⁻¹, with 0.0070 collapses per M☉.
RATES = MappingProxyType(
    {
        "horiuchi-2009": CoreCollapseRate(),
        "horiuchi-2009-upper": CoreCollapseRate(1.49e-4, (3.6, -0.1, -2.5)),
        "horiuchi-2009-lower": CoreCollapseRate(0.99e-4, (3.2, -0.5, -4.5)),
    }
)


class DiffuseSupernova(Smooth):
    """The flux from all core collapses if each emits one neutrino with a given spectrum [cm⁻² s⁻¹ MeV⁻¹].

    Parameters
    ----------
    spectrum : Spectrum
        dN/dE′ of one collapse, smooth between its ends and going to zero there: `Pinched`, `FermiDirac`, or a
        `cevns.spectra.Function`.
    rate : CoreCollapseRate
        R(z).
    redshift_maximum : float
        z_max, > 0 and ≤ 100.
    hubble_constant : float
        H₀ [km s⁻¹ Mpc⁻¹], > 0.
    matter_density : float
        Ω_m, 0 to 1, in a flat universe.

    Raises
    ------
    InputError
        For values outside their range, a spectrum with lines.

    Notes
    -----
    The integral is a Gauss–Legendre rule in ln(1 + z), with 12 nodes in pieces of at most 0.2 that end at the breaks of R. Of a
    thermal spectrum f, the logarithm of φ/f is kept as a Chebyshev series in E/(E + E₀). The error of both is 2e-13 of φ, 6e-13
    for the narrowest, α = 20; where φ is below 1e-12 of its peak, 3e-12 of it for Fermi–Dirac spectra, 7e-10 for α = 20.
    Both totals are exact in E: neutrinos are as many as were emitted, less 1 + z for the time between them, and their energy is
    less by 1 + z once more.

    Examples
    --------
    >>> from cevns import sources
    >>> spectrum = sources.DiffuseSupernova(sources.FermiDirac(5.0))
    >>> f"{3.15137 * 5.0 / (spectrum.energy_sum / spectrum.total):.3f}"  # the mean redshift of what arrives, plus 1
    '2.108'
    """

    spectrum: Spectrum
    rate: CoreCollapseRate
    redshift_maximum: float
    hubble_constant: float
    matter_density: float

    def __init__(
        self,
        spectrum: Spectrum,
        rate: CoreCollapseRate = RATES["horiuchi-2009"],
        redshift_maximum: float = 5.0,
        hubble_constant: float = 70.0,
        matter_density: float = 0.3,
    ) -> None:
        _check_emitted(spectrum)
        if not isinstance(rate, CoreCollapseRate):
            raise InputError(f"rate must be a CoreCollapseRate (got {shown(rate)})")
        maximum, hubble, matter = _universe(redshift_maximum, hubble_constant, matter_density)
        self.__dict__.update(
            spectrum=spectrum, rate=rate, redshift_maximum=maximum, hubble_constant=hubble, matter_density=matter
        )

    @property
    def edges(self) -> tuple[float, ...]:
        """Those of the spectrum emitted, and its lower end redshifted."""
        low, *others = self._emitted_edges
        return (low / (1 + self.redshift_maximum), *((low,) if low > 0 else ()), *others)

    @kept
    def _emitted_edges(self) -> tuple[float, ...]:
        return self.spectrum.edges if isinstance(self.spectrum, Smooth) else tuple(self.spectrum.breaks.tolist())

    @kept
    def _rule(self) -> tuple[Array, Array]:
        return _redshifts(self.rate, self.redshift_maximum, self.hubble_constant, self.matter_density)

    def density(self, energy: ArrayLike) -> Array:
        E = energies(energy)
        inside = (E >= 0) & (self._emitted_edges[-1] >= E)
        E = np.where(inside, E, 0.0)
        unit, scale = self._unit
        ratio = unit._ratio
        if ratio is None:
            flat = E.reshape(-1)
            parts = [self._integral_over_redshift(flat[i : i + _CHUNK]) for i in range(0, flat.size, _CHUNK)]
            values = np.concatenate([*parts, np.empty(0)]).reshape(E.shape)
        else:
            values = self.spectrum.density(E) * (self._rule[1].sum() * evaluate(*ratio, E / scale))
        return np.where(inside, values, 0.0)

    def _integral_over_redshift(self, energy: Array) -> Array:
        stretch, weight = self._rule
        return np.asarray(self.spectrum.density(energy[:, np.newaxis] * stretch) @ weight)

    @kept
    def _unit(self) -> tuple[DiffuseSupernova, float]:
        """The same in units of the mean energy or temperature, shared by all that differ in it alone; and this energy."""
        shape: Spectrum
        if isinstance(self.spectrum, Pinched):
            shape, scale = Pinched(1.0, self.spectrum.pinching), self.spectrum.mean_energy
        elif isinstance(self.spectrum, FermiDirac):
            shape, scale = FermiDirac(1.0, self.spectrum.degeneracy), self.spectrum.temperature
        else:
            return self, 1.0
        return (self, 1.0) if scale == 1.0 else (_diffuse(shape, *self._parameters()[1:]), scale)

    def _variable(self, energy: Array) -> Array:
        """E/(E + E₀), as −1 … 1 from 0 to the end of the spectrum."""
        end = self._emitted_edges[-1]
        middle = end / 14  # E₀, a few mean energies: where most of the change is
        return np.asarray(2 * energy / (energy + middle) * ((end + middle) / end) - 1)

    def _energy(self, variable: Array) -> Array:
        """The energy at a value of `_variable`."""
        s = (variable + 1) / 2 * (14 / 15)
        return np.asarray(self._emitted_edges[-1] / 14 * s / (1 - s))

    @kept
    def _ratio(self) -> tuple[Array, Array] | None:
        """Panels of φ/f Σw, for `evaluate`: from few values, by way of one series of its logarithm that holds everywhere."""
        series = self._logarithm
        if series is None:
            return None
        edges = self._energy(np.linspace(-1.0, 1.0, _RATIO_STEPS + 1, dtype=np.float64))
        edges[-1] = self._emitted_edges[-1]  # not an ulp less
        return series_of(lambda E: np.exp(clenshaw(series, self._variable(E))), edges)

    @kept
    def _logarithm(self) -> Array | None:
        """Chebyshev coefficients of ln(φ/f Σw) in `_variable`; None where f may vanish or the series does not converge.

        φ falls by 40 powers of ten, but φ/f by two to seventeen only, and smoothly. (The sum of the weights, 1e-56, is kept out
        of the logarithm: there it would cost two digits.)
        """
        if not isinstance(self.spectrum, Pinched | FermiDirac) or self.rate.local < _NO_RATE:
            return None
        for n in (80, 112, 144):
            angle = np.pi * (np.arange(n) + 0.5) / n
            E = self._energy(np.asarray(np.cos(angle), dtype=np.float64))
            emitted = self.spectrum.density(E)
            if not (emitted > 0).all():
                return None
            values = np.log(self._integral_over_redshift(E) / (emitted * self._rule[1].sum()))
            series = np.cos(np.arange(n)[:, np.newaxis] * angle) @ values * (2 / n)
            series[0] /= 2
            if np.abs(series[-6:]).max() < 1e-13:
                return np.asarray(series)
        return None

    @kept
    def _panels(self) -> tuple[Array, Array]:
        unit, scale = self._unit
        if unit is self:
            return panels_of(self.density_between, np.asarray(self.edges))
        edges, coefficients = unit._panels
        return sealed(edges * scale), sealed(coefficients / scale ** np.array([[1.0], [2.0], [3.0]]))  # of φ, φ/E and φ/E²

    @kept
    def total(self) -> float:
        stretch, weight = self._rule
        return float(np.sum(weight / stretch)) * self.spectrum.total

    @kept
    def energy_sum(self) -> float:
        stretch, weight = self._rule
        return float(np.sum(weight / stretch**2)) * self.spectrum.energy_sum

    def _parameters(self) -> tuple[Spectrum, CoreCollapseRate, float, float, float]:
        return self.spectrum, self.rate, self.redshift_maximum, self.hubble_constant, self.matter_density


def dsnb(
    *,
    rate: str | CoreCollapseRate = "horiuchi-2009",
    energy: float | Mapping[str, float] = 5e52,
    spectrum: Spectrum | Mapping[str, Spectrum] | None = None,
    redshift_maximum: float = 5.0,
    hubble_constant: float = 70.0,
    matter_density: float = 0.3,
    ordering: str | None = None,
    uncertainty: float = 0.5,
) -> Flux:
    """The diffuse supernova neutrino background, in all six flavours.

    Parameters
    ----------
    rate : {"horiuchi-2009", "horiuchi-2009-upper", "horiuchi-2009-lower"} or CoreCollapseRate
        Core collapses against redshift.
    energy : float or mapping
        Energy that one collapse emits in each flavour [erg], ≥ 0: one number for all six, or flavour → number, where flavours
        that are not named keep the default, 5e52. 0 leaves a flavour out.
    spectrum : Spectrum or mapping, optional
        Shape of what one collapse emits, of any normalisation: one for all six flavours, or flavour → spectrum, where flavours
        that are not named keep the default, `FermiDirac` with T = 3 MeV (nue), 5 MeV (nuebar), 8 MeV (the other four). See
        `DiffuseSupernova`.
    redshift_maximum, hubble_constant, matter_density : float
        z_max, H₀ [km s⁻¹ Mpc⁻¹] and Ω_m, as for `DiffuseSupernova`.
    ordering : {None, "normal", "inverted"}
        Flavours as emitted, or after adiabatic conversion in the star, with this ordering of the masses.
    uncertainty : float
        Relative, one standard deviation, of the whole, named "DSNB rate"; 0 for none. The fits of the rate differ by 40 %.

    Returns
    -------
    Flux
        Components are named "dsnb".

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, an unknown flavour or rate, no energy at all.

    Notes
    -----
    The defaults give 91.4 cm⁻² s⁻¹ in all, 17.7 of them nuebar, of which 0.63 above 19.3 MeV (0.30 for T = 4 MeV, a quarter of
    the limit of Super-Kamiokande in 2003, as Horiuchi, Beacom and Dwek say). The 85.7 cm⁻² s⁻¹ of mean energy 6.62 MeV in the
    neutrino floor of C. A. J. O'Hare, Phys. Rev. Lett. 127 (2021) 251802, are the rate "horiuchi-2009-upper" with one
    flavour at each of the three temperatures: with H₀ = 67.4 and Ω_m = 0.315, 84.0 cm⁻² s⁻¹ and 6.618 MeV, and the shape to
    0.13 % of its peak.

    Examples
    --------
    >>> from cevns import sources
    >>> flux = sources.dsnb()
    >>> f"{flux.total():.1f} {flux.total_uncertainty():.1f}"
    '91.4 45.7'
    """
    if not isinstance(rate, CoreCollapseRate):
        rate = RATES[canonical_name(rate, RATES, "rate of core collapses")]
    erg: dict[str, float] = dict(ENERGY)
    energy = mapped(energy)
    if isinstance(energy, Mapping):
        for flavor, value in energy.items():
            erg[known_name(flavor, constants.FLAVORS, "flavor in energy")] = value
    else:
        erg = dict.fromkeys(constants.FLAVORS, energy)
    emitted: dict[str, Spectrum] = {flavor: FermiDirac(T) for flavor, T in TEMPERATURE.items()}
    spectrum = mapped(spectrum)
    if isinstance(spectrum, Mapping):
        for flavor, shape in spectrum.items():
            emitted[known_name(flavor, constants.FLAVORS, "flavor in spectrum")] = _check_emitted(shape)
    elif spectrum is not None:
        emitted = dict.fromkeys(constants.FLAVORS, _check_emitted(spectrum))
    sigma = real_number(uncertainty, "uncertainty", minimum=0.0, maximum=LARGEST_UNCERTAINTY)
    redshift_maximum, hubble_constant, matter_density = _universe(redshift_maximum, hubble_constant, matter_density)
    components = []
    for flavor in constants.FLAVORS:
        whole = constants.ERG * real_number(erg[flavor], f"energy of {flavor}", unit="erg", minimum=0.0)
        if whole > 0:
            arriving = _diffuse(emitted[flavor], rate, redshift_maximum, hubble_constant, matter_density)
            components.append(Component(flavor, "dsnb", arriving, whole / emitted[flavor].energy_sum))
    if not components:
        raise InputError("energy must be > 0 erg for at least one flavor (got 0 for all)")
    flux = converted(Flux(tuple(components)), ordering)
    return flux.with_uncertainty("DSNB rate", sigma) if sigma > 0 else flux


_diffuse = lru_cache(maxsize=32)(DiffuseSupernova)  # its moments take ms


def _universe(redshift_maximum: float, hubble_constant: float, matter_density: float) -> tuple[float, float, float]:
    """z_max, H₀ and Ω_m in their ranges."""
    return (
        real_number(redshift_maximum, "redshift_maximum", minimum=0.0, maximum=100.0, above=True),
        real_number(hubble_constant, "hubble_constant", unit="km s⁻¹ Mpc⁻¹", minimum=0.0, above=True),
        real_number(matter_density, "matter_density", minimum=0.0, maximum=1.0),
    )


def _check_emitted(spectrum: object) -> Spectrum:
    if not isinstance(spectrum, Spectrum) or spectrum.lines:
        raise InputError(f"spectrum must be one of cevns.spectra, without lines (got {shown(spectrum)})")
    if not spectrum.energy_sum > 0:
        raise InputError("spectrum must not be zero everywhere")
    return spectrum


@lru_cache(maxsize=16)
@sealing
def _redshifts(rate: CoreCollapseRate, maximum: float, hubble: float, matter: float) -> tuple[Array, Array]:
    """1 + z and weights of ∫ dz (c/H₀) R(z)/√(…) [cm⁻² s⁻¹], in pieces of u = ln(1 + z)."""
    # the branch points of the bracket are π/|η Δexponent| from the real axis: a rule converges if pieces are not much longer
    steepest = -float(np.diff(rate.exponents).min())
    longest = min(_PIECE, 2.2 * math.pi / abs(rate.smoothing * steepest))
    ends = [0.0, *(math.log1p(z) for z in rate.redshifts if z < maximum), math.log1p(maximum)]
    pieces = [np.linspace(a, b, math.ceil((b - a) / longest) + 1) for a, b in pairwise(ends)]
    cuts = increasing(np.concatenate(pieces))
    u, weight = (each.reshape(-1) for each in nodes_between(cuts[:-1], cuts[1:], _NODES))
    stretch = np.exp(u)
    per_volume = np.asarray(rate(np.expm1(u))) / (_YEAR * _MEGAPARSEC**3)  # s⁻¹ cm⁻³
    expansion = np.sqrt(matter * stretch**3 + 1 - matter)
    return stretch, weight * stretch * per_volume / expansion * (_LIGHT_SPEED / hubble * _MEGAPARSEC)

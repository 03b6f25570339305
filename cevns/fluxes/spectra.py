"""Spectra: the energy dependence φ(E) of one component of a flux.

A spectrum is immutable, hashable and picklable, and its `repr` rebuilds it. It has a density per MeV (or lines), a total, a
mean energy, and, prepared when first asked for, its compiled moments above a threshold. Four kinds cover everything:

    Table      straight lines between knots, histograms (exact), power laws between knots
    Lines      delta functions (exact)
    EndPoint   polynomials in 1 − x/E_end: muon decay at rest (exact)
    Smooth     any smooth density, as piecewise polynomials of degree 9 of φ, φ/E and φ/E² (5e-13)

Formulas
--------
muon decay, `EndPoint`: φ = 12 x²(1 − x)/E_end (ν_e), 2 x²(3 − 2x)/E_end (ν̄_μ), x = 2E/m_μ
    C. Bouchiat, L. Michel, Phys. Rev. 106 (1957) 170
`Table`, `Lines`, `Smooth`, `Function` spectra: φ linear or a power law between points, δ(E − E_i), polynomials on panels
    exact integrals
    src_c/kernels/linear_segment.h
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, called, check_increasing, digits, increasing, known_name, real_array, real_number, shown
from .._core import moments as _core
from .._immutable import frozen, kept
from .._kinds import in_files as enter
from .._numerics.panels import LOWEST, integral_of, moments_of, panels_of
from .._texts import call
from .._units import UNITS
from ..errors import InputError
from .sampling import check_sums, energies, resolved

__all__ = ["EndPoint", "Function", "Lines", "Smooth", "Spectrum", "Table"]


def __dir__() -> list[str]:
    return __all__


_SAFE = 1e200  # where nobody needs to look closer
LOWEST_ENERGY = 1e-30  # MeV: ratios of energies, and their squares, do not overflow


class Spectrum(ABC):
    """One spectrum, in the unit of its component (per MeV; the component scales it to a flux)."""

    def __init_subclass__(cls, in_files: bool = True) -> None:
        """`in_files` says whether files of fluxes may name the class."""
        super().__init_subclass__()
        if in_files:
            enter(cls)

    @abstractmethod
    def density(self, energy: ArrayLike) -> Array:
        """φ(E) per MeV at energies [MeV], without lines; 0 outside the spectrum."""

    @property
    @abstractmethod
    def total(self) -> float:
        """∫ φ dE."""

    @property
    @abstractmethod
    def energy_sum(self) -> float:
        """∫ E φ dE [MeV]."""

    @property
    @abstractmethod
    def breaks(self) -> Array:
        """Increasing energies [MeV] between which the spectrum is smooth; the last is its end."""

    @property
    def lines(self) -> tuple[tuple[float, float], ...]:
        """(energy [MeV], weight) of delta functions."""
        return ()

    @property
    def straight(self) -> bool:
        """Whether the density is a straight line between the breaks."""
        return False

    signed: bool = False  # whether it may be negative somewhere, as an uncertainty may

    @property
    def negative(self) -> bool:
        """Whether its values are known to be negative somewhere: it is then no spectrum of neutrinos."""
        return False

    @kept
    def moments(self) -> _core.Spectrum:
        """The compiled moments, made at first use."""
        return self._prepare()

    @property
    def parts(self) -> tuple[tuple[Spectrum, float], ...]:
        """The spectra, and their factors, whose moments rates ask for: itself, unless it is a sum."""
        return ((self, 1.0),)

    @classmethod
    def prepare_many(cls, spectra: Sequence[Spectrum]) -> None:
        """Make the moments of many spectra of this class, faster than one by one where a class knows how."""
        for spectrum in spectra:
            spectrum.moments  # noqa: B018

    @abstractmethod
    def _prepare(self) -> _core.Spectrum: ...

    @abstractmethod
    def _parameters(self) -> tuple[Any, ...]:
        """What the constructor takes: identity and pickle are made of it, and the repr. Arrays are immutable."""

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._parameters()

    @kept
    def _key(self) -> tuple[Any, ...]:
        return tuple(p.tobytes() if isinstance(p, np.ndarray) else p for p in self._parameters())

    @kept
    def _hash(self) -> int:
        return hash((type(self).__name__, self._key))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._key == other._key

    def __repr__(self) -> str:
        return call(type(self).__name__, {}, self._parameters())

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")


class Lines(Spectrum):
    """Delta functions at energies [MeV] > 0 with weights ≥ 0, or of any sign if `signed`."""

    def __init__(self, energies: ArrayLike, weights: ArrayLike, signed: bool = False) -> None:
        e = real_array(energies, "line energy", unit="MeV", minimum=0.0, above=True).reshape(-1)
        w = real_array(weights, "line weight", minimum=-np.inf if signed else 0.0).reshape(-1)
        if e.size != w.size or not e.size:
            raise InputError(f"lines need as many weights as energies, and one at least (got {e.size} and {w.size})")
        order = np.argsort(e, kind="stable")
        size = np.abs(w)
        with np.errstate(over="ignore"):
            check_sums("weights of lines", size.sum(), (size * e).sum(), (size / e / e).sum())
        self.__dict__.update(energies=frozen(e[order]), weights=frozen(w[order]), signed=bool(signed))

    energies: Array
    weights: Array

    def weighted(self, factors: Array) -> Self:
        """These lines times factors of any sign, (lines,)."""
        lines = type(self).__new__(type(self))
        lines.__dict__.update(energies=self.energies, weights=frozen(self.weights * factors), signed=True)
        return lines

    @property
    def negative(self) -> bool:
        return self.signed and bool((self.weights < 0).any())

    def density(self, energy: ArrayLike) -> Array:
        return np.zeros(energies(energy).shape)

    @property
    def total(self) -> float:
        return float(self.weights.sum())

    @property
    def energy_sum(self) -> float:
        return float(self.energies @ self.weights)

    @property
    def breaks(self) -> Array:
        return increasing(self.energies)

    @property
    def straight(self) -> bool:
        return True

    @property
    def lines(self) -> tuple[tuple[float, float], ...]:
        return tuple(zip(self.energies.tolist(), self.weights.tolist(), strict=True))

    def _prepare(self) -> _core.Spectrum:
        return _core.Spectrum.lines(self.energies, self.weights)

    def _parameters(self) -> tuple[Any, ...]:
        return (self.energies, self.weights, *((True,) if self.signed else ()))


class Table(Spectrum):
    """A tabulated density, zero outside the table.

    Parameters
    ----------
    energy : array_like (n,)
        Increasing energies [MeV], ≥ 0 (> 0 for "loglog").
    values : array_like (n,) or (n − 1,)
        Densities per MeV, ≥ 0 (> 0 for "loglog"). A histogram takes one value fewer than edges: densities, not bin contents.
    interpolation : {"linear", "loglog", "histogram"}
        Straight lines between the points, power laws between the points, or constant between edges.
    signed : bool
        Whether values may be negative, as those of an uncertainty may; not for "loglog".

    Raises
    ------
    InputError
        For energies that do not increase, negative or nan values, lengths that do not match, integrals of φ/E² to E φ beyond
        1e305.
    """

    energy: Array
    values: Array
    interpolation: str

    def __init__(self, energy: ArrayLike, values: ArrayLike, interpolation: str = "linear", signed: bool = False) -> None:
        known_name(interpolation, ("linear", "loglog", "histogram"), "interpolation")
        log = interpolation == "loglog"
        e = real_array(energy, "energy", unit="MeV", minimum=0.0, above=log)
        v = real_array(values, "values", minimum=-np.inf if signed and not log else 0.0, above=log)
        points = "one value fewer than edges" if interpolation == "histogram" else "as many values as energies"
        if e.ndim != 1 or v.ndim != 1 or v.size != e.size - (interpolation == "histogram"):
            raise InputError(f"a {interpolation} table needs {points} (got shapes {e.shape} and {v.shape})")
        if e.size < 2:
            raise InputError(f"a table needs at least 2 energies (got {e.size})")
        steps = np.diff(e)
        check_increasing(e, "energy", "MeV")
        _check_lowest(e, "energy")
        lowest = e[0] if e[0] > 0 else LOWEST * e[1]
        most = float(np.abs(v).max())
        if not (most < _SAFE * lowest and max(1.0, e[-1]) < _SAFE**0.5 and most * max(1.0, e[-1]) ** 2 < _SAFE):
            with np.errstate(over="ignore"):
                size = np.abs(v) if interpolation == "histogram" else np.maximum(np.abs(v[1:]), np.abs(v[:-1]))
                low = np.concatenate([[lowest], e[1:-1]])
                check_sums("a table", (size * steps).sum(), (size * steps * e[1:]).sum(), (size * (steps / e[1:] / low)).sum())
        self.__dict__.update(energy=frozen(e), values=frozen(v), interpolation=interpolation, signed=bool(signed))

    @classmethod
    def _of(cls, energy: Array, values: Array, interpolation: str) -> Self:
        """A table of arrays that are known to be right."""
        table = cls.__new__(cls)
        table.__dict__.update(energy=energy, values=values, interpolation=interpolation, signed=True)
        return table

    @property
    def negative(self) -> bool:
        return self.signed and bool((self.values < 0).any())

    def density(self, energy: ArrayLike) -> Array:
        energy = energies(energy)
        e, v = self.energy, self.values
        if self.interpolation == "linear":
            return np.interp(energy, e, v, left=0.0, right=0.0)
        inside = (energy >= e[0]) & (energy <= e[-1])
        if self.interpolation == "histogram":
            bins = np.clip(np.searchsorted(e, energy, side="right") - 1, 0, v.size - 1)
            return np.where(inside, v[bins], 0.0)
        with np.errstate(divide="ignore"):
            return np.where(inside, np.exp(np.interp(np.log(energy), np.log(e), np.log(v))), 0.0)

    @kept
    def _segments(self) -> tuple[Array, Array, Array, Array]:
        """Lower and upper ends, and the densities there, of the linear segments."""
        e, v = self.energy, self.values
        if self.interpolation == "histogram":
            return e[:-1], e[1:], v, v
        return e[:-1], e[1:], v[:-1], v[1:]

    @property
    def total(self) -> float:
        if self.interpolation == "loglog":
            return _power_law_sum(self.energy, self.values, 0)
        low, high, start, end = self._segments
        return float(np.sum((high - low) * (start + end)) / 2)

    @property
    def energy_sum(self) -> float:
        if self.interpolation == "loglog":
            return _power_law_sum(self.energy, self.values, 1)
        low, high, start, end = self._segments
        return float(np.sum((high - low) * (low * (2 * start + end) + high * (start + 2 * end))) / 6)

    @property
    def breaks(self) -> Array:
        return self.energy if self.straight else self._panels[0]

    @property
    def straight(self) -> bool:
        return self.interpolation != "loglog"

    @kept
    def _panels(self) -> tuple[Array, Array]:
        return panels_of(self.density_between, self.energy)

    def _prepare(self) -> _core.Spectrum:
        if self.interpolation == "loglog":
            return moments_of(*self._panels)
        return _core.Spectrum.linear(*_refine(*self._segments))

    @classmethod
    def prepare_many(cls, spectra: Sequence[Spectrum]) -> None:
        """Tables with the same energies and interpolation share the cuts of their segments, and the look-up of these."""
        unprepared = [t for t in spectra if isinstance(t, Table) and t.straight and "moments" not in t.__dict__]
        for tables in _alike(unprepared):
            values = np.stack([table.values for table in tables])
            start, end = (values, values) if tables[0].interpolation == "histogram" else (values[:, :-1], values[:, 1:])
            prepared = _core.Spectrum.linear_many(*_refine(*tables[0]._segments[:2], start, end))
            for table, moments in zip(tables, prepared, strict=True):
                table.__dict__["moments"] = moments

    def density_between(self, energy: Array) -> Array:
        """The density at energies (panels, nodes), each row between two points of the table: no jump at the ends."""
        x, e, v = energy, self.energy, self.values
        i = np.clip(np.searchsorted(e, x[:, x.shape[1] // 2], side="right") - 1, 0, e.size - 2)[:, None]
        if self.interpolation == "histogram":
            return np.broadcast_to(v[i], x.shape)
        if self.interpolation == "linear":
            return np.asarray(v[i] + (x - e[i]) * ((v[i + 1] - v[i]) / (e[i + 1] - e[i])))
        x, e, v = np.log(x), np.log(e), np.log(v)
        return np.asarray(np.exp(v[i] + (x - e[i]) * ((v[i + 1] - v[i]) / (e[i + 1] - e[i]))))

    @staticmethod
    def added(spectra: Sequence[tuple[Spectrum, float]]) -> list[tuple[Spectrum, float]]:
        """Spectra and weights with the tables that share their energies, but not power laws, added to one."""
        weights = {id(spectrum): weight for spectrum, weight in spectra}
        out = [(spectrum, weight) for spectrum, weight in spectra if not (isinstance(spectrum, Table) and spectrum.straight)]
        for tables in _alike([spectrum for spectrum, _ in spectra if isinstance(spectrum, Table) and spectrum.straight]):
            table = tables[0]
            if len(tables) == 1:
                out.append((table, weights[id(table)]))
            else:
                sums = np.array([weights[id(t)] for t in tables]) @ np.stack([t.values for t in tables])
                out.append((Table._of(table.energy, sums, table.interpolation), 1.0))
        return out

    def _parameters(self) -> tuple[Any, ...]:
        return (self.energy, self.values, self.interpolation, *((True,) if self.signed else ()))


class EndPoint(Spectrum):
    """A neutrino of muon decay at rest, normalised to one: with x = E/E_end ≤ 1, E_end = m_μ/2,

        "electron"  12 x²(1 − x)/E_end       the ν_e of μ⁺ (ν̄_e of μ⁻)
        "muon"      2 x²(3 − 2x)/E_end       the ν̄_μ of μ⁺ (ν_μ of μ⁻)

    without the mass of the electron. All moments are polynomials in y = 1 − x.
    """

    shape: str

    # coefficients of y … y⁴ in phi0, m1 and end_point·m2, the integrals of the shapes above (tests/fluxes/test_moments.py)
    _MOMENTS: ClassVar = {
        "electron": ((0.0, 6.0, -8.0, 3.0), (0.0, 0.0, 2.0, -1.0), (0.0, 0.0, 2.0, 0.0)),
        "muon": ((2.0, 0.0, -2.0, 1.0), (0.0, 1.0, 1 / 3, -1 / 3), (0.0, 1.0, 2 / 3, 0.0)),
    }
    _MEAN: ClassVar = {"electron": 0.6, "muon": 0.7}  # of x

    def __init__(self, shape: str) -> None:
        self.__dict__["shape"] = known_name(shape, self._MOMENTS, "muon-decay spectrum")

    end = constants.MUON_MASS / 2

    def density(self, energy: ArrayLike) -> Array:
        x = energies(energy) / self.end
        shape = 12 * x**2 * (1 - x) if self.shape == "electron" else 2 * x**2 * (3 - 2 * x)
        return np.where((x >= 0) & (x <= 1), shape / self.end, 0.0)

    @property
    def total(self) -> float:
        return 1.0

    @property
    def energy_sum(self) -> float:
        return self._MEAN[self.shape] * self.end

    @property
    def breaks(self) -> Array:
        return np.array([self.end])

    def _prepare(self) -> _core.Spectrum:
        phi0, m1, m2 = self._MOMENTS[self.shape]
        return _core.Spectrum.end_point(self.end, phi0, m1, tuple(c / self.end for c in m2))

    def _parameters(self) -> tuple[Any, ...]:
        return (self.shape,)


class Smooth(Spectrum):
    """A density that is smooth between given energies; subclasses say which, or pass a function to `Function`."""

    @abstractmethod
    def density(self, energy: ArrayLike) -> Array: ...

    @property
    @abstractmethod
    def edges(self) -> tuple[float, ...]:
        """The lowest energy (may be 0), those at which the density or a derivative jumps, and the highest [MeV].

        Between two of them 21 points must show all there is to see, of which adaptive panels are then made.
        """

    def density_between(self, energy: Array) -> Array:
        """The density at energies (panels, nodes), each row strictly between two edges."""
        return self.density(energy)

    @kept
    def _panels(self) -> tuple[Array, Array]:
        return panels_of(self.density_between, np.asarray(self.edges, dtype=np.float64), octaves=False)

    def _integral(self, power: int) -> float:
        """∫ φ dE or ∫ E φ dE."""
        return integral_of(*self._panels, power)

    @kept
    def total(self) -> float:
        return self._integral(0)

    @kept
    def energy_sum(self) -> float:
        return self._integral(1)

    @property
    def breaks(self) -> Array:
        return self._panels[0]

    def _prepare(self) -> _core.Spectrum:
        return moments_of(*self._panels)


class Function(Smooth):
    """A density given by a function of the energy [MeV] that works on arrays, between `edges`.

    Sampled adaptively: between panel edges φ, φ/E and φ/E² are polynomials of degree 9, each within `tolerance` of its largest
    value in the panel. The polynomials are then compared with the function at 16 000 energies, three quarters of them in equal
    steps from the lowest edge to the highest and a quarter in equal ratios down to 1e-6 of that; where they differ, panels are
    cut further. So a peak or a dip is found if it is wider than 1e-4 of the range, or, for a Gaussian, if σ is 1e-5 of it. What
    is narrower must be named: an edge at its centre is enough.

    Quantities that the function returns convert to `unit`; by default the density is a pure number per MeV.

    Raises
    ------
    InputError
        For edges that do not increase, a function that is negative, not finite, 0 everywhere, or not smooth between the edges
        (a jump that `edges` does not name).
    UnknownNameError
        For an unknown unit.
    """

    function: Callable[[Array], Array]
    _given: tuple[float, ...]
    _edges: tuple[float, ...]  # those given, and where narrow structure was found
    tolerance: float
    unit: str

    def __init__(
        self, function: Callable[[Array], Any], edges: Sequence[float], tolerance: float = 1e-12, unit: str = ""
    ) -> None:
        e = real_array(edges, "edges", unit="MeV", minimum=0.0)
        if e.ndim != 1 or e.size < 2:
            raise InputError(f"edges must be at least two increasing energies in MeV (got {shown(edges)})")
        check_increasing(e, "edges", "MeV")
        _check_lowest(e, "edges")
        if not callable(function):
            raise InputError(f"a spectrum's function must be callable (got {shown(function)})")
        tolerance = real_number(tolerance, "tolerance", minimum=1e-13, maximum=1e-2)
        known_name(unit, UNITS, "unit")
        self.__dict__.update(function=function, _given=tuple(e.tolist()), tolerance=tolerance, unit=unit)
        found, panels = resolved(self.density_between, e, tolerance)
        self.__dict__.update(_edges=tuple(found.tolist()), _panels=panels)
        if self.total == 0.0:
            raise InputError(
                f"the spectrum's function is 0 wherever it was sampled between {e[0]:g} and {e[-1]:g} MeV: "
                "name the energy of a narrow peak among the edges"
            )

    @property
    def edges(self) -> tuple[float, ...]:
        return self._edges

    def density(self, energy: ArrayLike) -> Array:
        energy = energies(energy)
        inside = (energy >= self._edges[0]) & (energy <= self._edges[-1])
        out = np.zeros(energy.shape)
        out[inside] = self.density_between(energy[inside])
        return out

    def density_between(self, energy: Array) -> Array:
        return called(self.function, "the spectrum's function", energy, unit=self.unit, minimum=0.0)

    def _parameters(self) -> tuple[Any, ...]:
        return (self.function, self._given, self.tolerance, *((self.unit,) if self.unit else ()))


def _check_lowest(energy: Array, name: str) -> None:
    """Increasing energies must be 0 or not so small that their ratios overflow."""
    first = energy[0] if energy[0] > 0 else energy[1]
    if first < LOWEST_ENERGY:
        raise InputError(f"{name} must be 0 or >= {LOWEST_ENERGY:g} MeV (got {digits(first)} MeV)")


def _alike(tables: Sequence[Table]) -> list[list[Table]]:
    """Tables by their energies and interpolation."""
    grids: dict[int, bytes] = {}  # of arrays, which many tables share: reading them once is enough
    alike: dict[tuple[bytes, str], list[Table]] = {}
    for table in tables:
        grid = grids.get(id(table.energy))
        if grid is None:
            grid = grids[id(table.energy)] = table.energy.tobytes()
        alike.setdefault((grid, table.interpolation), []).append(table)
    return list(alike.values())


def _power_law_sum(energy: Array, values: Array, power: int) -> float:
    """∫ E^k φ dE of power laws between the points: v₁E₁^(k+1) L (e^z − 1)/z, L = ln(E₂/E₁), z = ln(v₂/v₁) + (k + 1) L."""
    ratio = np.log(energy[1:] / energy[:-1])
    z = np.log(values[1:] / values[:-1]) + (power + 1) * ratio
    safe = np.where(z == 0.0, 1.0, z)
    growth = np.where(z == 0.0, 1.0, np.expm1(safe) / safe)
    return float(np.sum(values[:-1] * energy[:-1] ** (power + 1) * ratio * growth))


def _refine(lower: Array, upper: Array, start: Array, end: Array) -> tuple[Array, Array, Array, Array]:
    """Linear segments cut until upper/lower ≤ 1.25, which changes nothing in the spectrum; E = 0 becomes 1e-18 of the first.

    The densities are (…, n), of one table or of many that share their energies.
    """
    if lower[0] == 0.0:
        lower, start = np.concatenate([[LOWEST * upper[0]], lower[1:]]), start.copy()
        start[..., 0] += LOWEST * (end[..., 0] - start[..., 0])
    pieces = np.maximum(1, np.ceil(np.log(upper / lower) / np.log(_core.MAX_RATIO))).astype(np.intp)
    if (pieces == 1).all():
        return lower, upper, start, end
    parent = np.repeat(np.arange(lower.size), pieces)
    step = np.arange(parent.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    ratio = (upper / lower)[parent]
    last = step == pieces[parent] - 1
    low = np.where(step == 0, lower[parent], lower[parent] * ratio ** (step / pieces[parent]))
    high = np.where(last, upper[parent], np.roll(low, -1))
    slope = ((end - start) / (upper - lower))[..., parent]
    return (
        low,
        high,
        np.where(step == 0, start[..., parent], start[..., parent] + slope * (low - lower[parent])),
        np.where(last, end[..., parent], start[..., parent] + slope * (high - lower[parent])),
    )

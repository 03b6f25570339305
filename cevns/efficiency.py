"""Efficiencies: which part of the recoils passes a trigger, a cut, a selection.

Each is a function with values from 0 to 1 and says of what (`efficiency.axis`):

    "recoil"      the true recoil energy [keV]: what simulations give
    "observed"    what the detector measured, in the unit of its bins: thresholds and cuts of an analysis
    "time"        the time of arrival [μs]

`*` multiplies two of one axis; a detector takes several, one after the other. `efficiency.breaks` are the points between which
the function is smooth, and integrals are split there.

Published ones are constructors of their forms: `LogisticEfficiency.coherent_csi_2021()` and `.coherent_csi_2017()`,
`DecayingEfficiency.coherent_csi_2021()`.
"""

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import Array, called, digits, known_name, real_array, real_number, restore, several, shown
from ._texts import of_fields
from .curves import check_beyond, check_inside, column_number, columns_shown
from .errors import InputError
from .files import read_columns, unit_in

__all__ = [
    "DecayingEfficiency",
    "Efficiency",
    "ErfThreshold",
    "FunctionEfficiency",
    "LogisticEfficiency",
    "ProductEfficiency",
    "StepEfficiency",
    "TabulatedEfficiency",
    "Threshold",
]

AXES = MappingProxyType({"recoil": "keV", "observed": "", "time": "μs"})  # and the unit of what they take
_SCALES = (-36.0, -18.0, -9.0, -4.5, -1.5, 1.5, 4.5, 9.0, 18.0, 36.0)  # of a sigmoid: steps in which polynomials follow it


class Efficiency(ABC):
    """A probability between 0 and 1, of the recoil energy, of what is observed, or of the time."""

    axis: str = "observed"

    def __call__(self, x: ArrayLike) -> Any:
        """The efficiency at x: keV, the unit of the bins, or μs, by `axis`; any shape.

        Raises
        ------
        InputError
            For what is no number, or if an own function gives less than 0 or more than 1.
        """
        points = real_array(x, _CALLED[self.axis], unit=AXES[self.axis], infinite=True)
        return restore(self._values(np.ascontiguousarray(points).reshape(-1)), points.shape)

    @property
    def breaks(self) -> tuple[float, ...]:
        """Increasing points between which it is smooth."""
        return ()

    def _breaks_between(self, low: float, high: float) -> tuple[float, ...]:
        """Points in a finite range between which polynomials follow it."""
        return self.breaks

    @abstractmethod
    def _values(self, x: Array) -> Array:
        """At points (n,)."""

    def _is_zero(self, x: Array) -> NDArray[np.bool_]:
        """At which of the points (n,) it is 0; not, where nobody knows."""
        return np.asarray(self._values(x) == 0)

    def __mul__(self, other: object) -> Efficiency:
        if not isinstance(other, Efficiency):
            return NotImplemented
        return ProductEfficiency((self, other))


_CALLED = {"recoil": "recoil_energy", "observed": "observed", "time": "time"}


@dataclass(frozen=True)
class Threshold(Efficiency):
    """Nothing below, everything from a threshold on.

    Parameters
    ----------
    threshold : float
        In keV, the unit of the bins, or μs, by `axis`.
    axis : {"recoil", "observed", "time"}
        What it is a threshold of.

    Examples
    --------
    >>> from cevns import efficiency
    >>> efficiency.Threshold(1.5)([1.4, 1.5, 20.0])
    array([0., 1., 1.])
    """

    threshold: float
    axis: str = "observed"

    __repr__ = of_fields

    def __post_init__(self) -> None:
        _set(self, threshold=real_number(self.threshold, "threshold", unit=_unit(self.axis)))

    @property
    def breaks(self) -> tuple[float, ...]:
        return (self.threshold,)

    def _values(self, x: Array) -> Array:
        return np.asarray(x >= self.threshold, dtype=np.float64)


@dataclass(frozen=True)
class ErfThreshold(Efficiency):
    """A threshold behind noise: ε = plateau · ½ [1 + erf((x − threshold)/(√2 width))].

    Parameters
    ----------
    threshold : float
        Where it is half of the plateau.
    width : float
        Standard deviation of the noise, > 0.
    plateau : float
        Far above, 0 to 1.
    axis : {"recoil", "observed", "time"}
        Of which x.

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, an unknown axis.
    """

    threshold: float
    width: float
    plateau: float = 1.0
    axis: str = "observed"

    __repr__ = of_fields

    def __post_init__(self) -> None:
        unit = _unit(self.axis)
        _set(
            self,
            threshold=real_number(self.threshold, "threshold", unit=unit),
            width=real_number(self.width, "width", unit=unit, minimum=0.0, above=True),
            plateau=real_number(self.plateau, "plateau", minimum=0.0, maximum=1.0),
        )

    @property
    def breaks(self) -> tuple[float, ...]:
        return tuple(self.threshold + k * self.width for k in (-9.0, -4.5, -1.5, 1.5, 4.5, 9.0))

    def _values(self, x: Array) -> Array:
        from scipy.special import ndtr  # type: ignore[import-untyped,unused-ignore]  # costs more at import than all of cevns

        with np.errstate(over="ignore"):
            return np.asarray(self.plateau * ndtr((x - self.threshold) / self.width))


@dataclass(frozen=True)
class LogisticEfficiency(Efficiency):
    """A logistic rise: ε = a/(1 + e^(−b(x − c))) + d, and 0 where that is below 0.

    Parameters
    ----------
    a : float
        Height of the rise, > 0, up to 1e3.
    b : float
        Its steepness, 1e-9 to 1e9, per unit of x.
    c : float
        Its middle.
    d : float
        What is added, -1e3 to 1; a + d is the plateau, at most 1.
    axis : {"recoil", "observed", "time"}
        Of which x.

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, a plateau above 1, an unknown axis.

    Examples
    --------
    >>> from cevns import efficiency
    >>> csi = efficiency.LogisticEfficiency.coherent_csi_2021()
    >>> [round(csi(photoelectrons), 4) for photoelectrons in (7.0, 10.0, 20.0, 60.0)]
    [0.0, 0.2457, 0.8969, 0.9871]
    """

    a: float
    b: float
    c: float
    d: float = 0.0
    axis: str = "observed"

    __repr__ = of_fields

    def __post_init__(self) -> None:
        unit = _unit(self.axis)
        _set(
            self,
            a=real_number(self.a, "a", minimum=0.0, maximum=1e3, above=True),
            b=real_number(self.b, "b", unit=f"1/{unit}" if unit else "", minimum=1e-9, maximum=1e9),
            c=real_number(self.c, "c", unit=unit),
            d=real_number(self.d, "d", minimum=-1e3, maximum=1.0),
        )
        if not 0.0 < self.a + self.d <= 1.0:
            raise InputError(f"a + d, the efficiency far above, must be > 0 and <= 1 (got {digits(self.a + self.d)})")

    @classmethod
    def coherent_csi_2021(cls, variation: float = 0.0) -> LogisticEfficiency:
        """COHERENT's CsI[Na] in its final analysis, of the observed photo-electrons: 0 up to 7.07, 0.987 far above.

        Parameters
        ----------
        variation : float
            In standard deviations, within ± 3. The published sets are ± 1; between and beyond, the coefficients lie on straight
            lines through them.

        References
        ----------
        D. Akimov et al. (COHERENT), Phys. Rev. Lett. 129 (2022) 081801 (arXiv:2110.07730) and its ancillary file
        effCoefficients.txt. Its analysis ends at 60 photo-electrons: that is up to the bins.
        """
        size = real_number(variation, "variation", minimum=-3.0, maximum=3.0)
        varied = _CSI_2021[-1 if size < 0 else 1]
        a, b, c, d = (middle + abs(size) * (other - middle) for middle, other in zip(_CSI_2021[0], varied, strict=True))
        return cls(a, b, c, d)

    @staticmethod
    def coherent_csi_2017() -> Efficiency:
        """COHERENT's CsI[Na] in its first analysis, of the observed photo-electrons.

        0.6655/(1 + e^(−0.4942 (x − 10.8507))), times 0 below 5 photo-electrons and ½ from 5 to 6.

        References
        ----------
        D. Akimov et al. (COHERENT), Science 357 (2017) 1123; its data release, arXiv:1804.09459.
        """
        return ProductEfficiency((LogisticEfficiency(0.6655, 0.4942, 10.8507), StepEfficiency((5.0, 6.0), (0.0, 0.5, 1.0))))

    @property
    def zero(self) -> float:
        """Up to where it is 0; minus infinity if it is not."""
        return self.c - math.log(self.a / -self.d - 1.0) / self.b if self.d < 0 else -math.inf

    @property
    def breaks(self) -> tuple[float, ...]:
        points = [self.c + k / self.b for k in _SCALES]
        return (self.zero, *(x for x in points if x > self.zero)) if self.d < 0 else tuple(points)

    def _values(self, x: Array) -> Array:
        with np.errstate(over="ignore"):
            return np.maximum(self.a / (1.0 + np.exp(-self.b * (x - self.c))) + self.d, 0.0)


# effCoefficients.txt: a, b, c, d, by variation
_CSI_2021 = {
    0: (1.32045, 0.285979, 10.8646, -0.333322),
    1: (1.3439, 0.285366, 9.84596, -0.356364),
    -1: (1.297, 0.286592, 11.8832, -0.31028),
}


@dataclass(frozen=True)
class DecayingEfficiency(Efficiency):
    """A plateau that falls exponentially, and ends: 1 before `start`, then e^(−rate (x − start)), 0 from `stop` on.

    Parameters
    ----------
    start : float
        Where it begins to fall.
    rate : float
        How fast, ≥ 0, per unit of x.
    stop : float
        Where it ends, after `start`; infinity for never.
    axis : {"recoil", "observed", "time"}
        Of which x.

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, an unknown axis.

    Examples
    --------
    >>> from cevns import efficiency
    >>> round(efficiency.DecayingEfficiency.coherent_csi_2021()(2.52), 4)  # e^(−0.0494 · 2)
    0.9059
    """

    start: float
    rate: float
    stop: float = math.inf
    axis: str = "time"

    __repr__ = of_fields

    def __post_init__(self) -> None:
        unit = _unit(self.axis)
        _set(
            self,
            start=real_number(self.start, "start", unit=unit),
            rate=real_number(self.rate, "rate", unit=f"1/{unit}" if unit else "", minimum=0.0),
            stop=real_number(self.stop, "stop", unit=unit, infinite=True),
        )
        if not self.stop > self.start:
            raise InputError(f"stop must be > start (got start={shown(self.start)} and stop={shown(self.stop)})")

    @classmethod
    def coherent_csi_2021(cls) -> DecayingEfficiency:
        """COHERENT's CsI[Na] in its final analysis: 1 until 0.52 μs, then e^(−0.0494 (t/μs − 0.52)), to 6 μs.

        Later signals are lost to earlier ones in the same trace.

        References
        ----------
        D. Akimov et al. (COHERENT), Phys. Rev. Lett. 129 (2022) 081801 (arXiv:2110.07730), and its ancillary files.
        """
        return cls(0.52, 0.0494, 6.0)

    @property
    def breaks(self) -> tuple[float, ...]:
        return (self.start, self.stop) if self.stop < math.inf else (self.start,)

    def _values(self, x: Array) -> Array:
        return np.where(x < self.stop, np.exp(-self.rate * np.maximum(x - self.start, 0.0)), 0.0)


@dataclass(frozen=True)
class StepEfficiency(Efficiency):
    """Constant between edges.

    Parameters
    ----------
    edges : array_like (n,)
        Increasing.
    values : array_like (n + 1,)
        Below the first edge, between the edges, from the last edge on; 0 to 1.
    axis : {"recoil", "observed", "time"}
        Of which x.

    Raises
    ------
    InputError, UnknownNameError
        For edges that do not increase, values outside their range, an unknown axis.
    """

    edges: tuple[float, ...]
    values: tuple[float, ...]
    axis: str = "observed"

    __repr__ = of_fields

    def __post_init__(self) -> None:
        edges = _increasing(self.edges, "edges", _unit(self.axis), 1)
        values = real_array(self.values, "efficiency", minimum=0.0, maximum=1.0)
        if values.shape != (edges.size + 1,):
            raise InputError(f"values must be one more than edges (got shapes {values.shape} and {edges.shape})")
        _set(self, edges=tuple(edges.tolist()), values=tuple(values.tolist()))

    @property
    def breaks(self) -> tuple[float, ...]:
        return self.edges

    def _values(self, x: Array) -> Array:
        return np.asarray(self.values)[np.searchsorted(self.edges, x, side="right")]


@dataclass(frozen=True)
class TabulatedEfficiency(Efficiency):
    """Straight lines between points, and 0 below the first; a curve that ends above 0 asks what is beyond its last point.

    Parameters
    ----------
    points : array_like (n,)
        Increasing: keV, the unit of the bins, or μs, by `axis`.
    values : array_like (n,)
        0 to 1.
    axis : {"recoil", "observed", "time"}
        Of which x.
    beyond : {"hold", "zero"}, optional
        Above the last point: its value, or 0. By default (None) an error where the curve is needed there, unless its last
        value is 0, which stays.

    Raises
    ------
    InputError, UnknownNameError
        For points that do not increase, values outside their range, lengths that differ, an unknown axis or choice; when it is
        asked for a value above the last point without `beyond`.

    Examples
    --------
    >>> from cevns import efficiency
    >>> efficiency.TabulatedEfficiency([1.0, 3.0], [0.0, 0.8], axis="recoil", beyond="hold")([0.5, 2.0, 9.0])
    array([0. , 0.4, 0.8])
    """

    points: tuple[float, ...]
    values: tuple[float, ...]
    axis: str = "observed"
    beyond: str | None = None

    if TYPE_CHECKING:

        def __init__(self, points: ArrayLike, values: ArrayLike, axis: str = "observed", beyond: str | None = None) -> None: ...

    __repr__ = of_fields

    def __post_init__(self) -> None:
        check_beyond(self.beyond)
        points = _increasing(self.points, "points", _unit(self.axis), 2)
        values = real_array(self.values, "efficiency", minimum=0.0, maximum=1.0)
        if values.shape != points.shape:
            raise InputError(f"values must be as many as points (got shapes {values.shape} and {points.shape})")
        _set(self, points=tuple(points.tolist()), values=tuple(values.tolist()))

    @classmethod
    def from_file(
        cls,
        path: str | os.PathLike[str],
        *,
        axis: str = "observed",
        columns: tuple[int | str, int | str] | None = None,
        beyond: str | None = None,
    ) -> TabulatedEfficiency:
        """The efficiency in a file of columns, separated by blanks or commas.

        Parameters
        ----------
        path : path
            The file; a header may stand above, and # begins a comment.
        axis : {"recoil", "observed", "time"}
            Of which x.
        columns : (int or str, int or str), optional
            Of the points and of the efficiencies: numbers, counted from 0, or names in the header. A file of more than two
            columns asks for them.
        beyond : {"hold", "zero"}, optional
            As for the class.

        Raises
        ------
        InputError, UnknownNameError
            For several columns of which none is named, a column that is not there, points that do not increase, values outside
            0 to 1: the message names file and line.
        OSError
            If the file cannot be read.
        """
        table = read_columns(path)
        if columns is None:
            if table.cells.shape[1] > 2:
                held = columns_shown(table)
                raise InputError(f"{table.path} has {held}: say with columns=(…, …) which hold the points and the efficiencies")
            columns = (0, 1)
        if not isinstance(columns, tuple | list) or len(columns) != 2:
            raise InputError(f"columns must be two, of the points and of the efficiencies (got {shown(columns)})")
        first, second = (column_number(table, column) for column in columns)
        said = unit_in(table.names[first]) if table.names else None
        if axis == "recoil" and said not in (None, "keV"):
            raise InputError(
                f"{table.path}, line {table.header_line}: recoil energies are in {said} "
                f"(header {table.names[first]!r}), but keV is expected"
            )
        points, values = table.increasing(first, "points", _unit(axis)), table.column(second)
        wrong = ~((values >= 0) & (values <= 1))
        if wrong.any():
            i = int(np.argmax(wrong))
            hint = ": perhaps in percent" if 1.5 < values.max() <= 100 else ""
            raise InputError(
                f"{table.path}, line {table.lines[i]}: efficiency must be >= 0 and <= 1 (got {digits(values[i])}){hint}"
            )
        try:
            return cls(tuple(points.tolist()), tuple(values.tolist()), axis, beyond)
        except InputError as error:
            raise InputError(f"{table.path}, first row in line {table.lines[0]}: {error}") from None

    @property
    def breaks(self) -> tuple[float, ...]:
        return self.points

    def _values(self, x: Array) -> Array:
        if self.beyond is None and self.values[-1] > 0.0:
            check_inside(x, self.points[-1], "the table of the efficiency", _CALLED[self.axis], AXES[self.axis])
        return self._held(x)

    def _is_zero(self, x: Array) -> NDArray[np.bool_]:
        return np.asarray(self._held(x) == 0)

    def _held(self, x: Array) -> Array:
        return np.interp(x, self.points, self.values, left=0.0, right=0.0 if self.beyond == "zero" else None)


@dataclass(frozen=True)
class FunctionEfficiency(Efficiency):
    """A Python function.

    Parameters
    ----------
    function : callable
        Takes points (n,) and returns values (n,), 0 to 1.
    axis : {"recoil", "observed", "time"}
        Of which x.
    breaks : iterable of float
        Points between which it is smooth. Those that are not named are found where it matters, which takes longer.

    Raises
    ------
    InputError, UnknownNameError
        For what cannot be called, breaks that do not increase, an unknown axis; when called, for a value outside 0 to 1.
    """

    function: Callable[[Array], Any]
    axis: str = "observed"
    breaks: tuple[float, ...] = ()

    __repr__ = of_fields

    def __post_init__(self) -> None:
        unit = _unit(self.axis)
        if not callable(self.function):
            raise InputError(f"function must be callable (got {shown(self.function)})")
        _set(
            self, breaks=tuple(_increasing(several(self.breaks, "breaks must be a list of points"), "breaks", unit, 0).tolist())
        )

    def _breaks_between(self, low: float, high: float) -> tuple[float, ...]:
        named = [point for point in self.breaks if low < point < high]
        cuts = np.unique(np.concatenate([np.linspace(low, high, 33), named]))
        nodes = np.cos(np.pi * (np.arange(10) + 0.5) / 10)
        checks = np.cos(np.pi * np.arange(1, 10) / 10)
        order = np.arange(10)[:, None]
        to_checks = (
            np.cos(order * np.arccos(checks)).T @ (np.cos(order * np.arccos(nodes)) * np.where(order == 0, 0.1, 0.2))
        ).T  # values at the nodes → those of the polynomial through them at the checks
        a, b = cuts[:-1], cuts[1:]
        found = [cuts]
        while a.size:
            x = ((a + b) / 2)[:, None] + ((b - a) / 2)[:, None] * np.concatenate([nodes, checks])
            values = self._values(x.reshape(-1)).reshape(x.shape)
            bad = np.abs(values[:, :10] @ to_checks - values[:, 10:]).max(axis=1) > 1e-9
            bad &= b - a > 1e-12 * (high - low)  # a jump: no more than that is lost
            a, b = a[bad], b[bad]
            middle = (a + b) / 2
            found.append(middle)
            if sum(map(len, found)) > 10_000:
                raise InputError(f"the efficiency is not smooth near {float(a[0]):g}: it cannot be integrated")
            a, b = np.concatenate([a, middle]), np.concatenate([middle, b])
        return tuple(np.unique(np.concatenate(found)).tolist())

    def _values(self, x: Array) -> Array:
        values = called(self.function, "the efficiency's function", x)
        wrong = ~((values >= 0) & (values <= 1))
        if wrong.any():
            i = int(np.argmax(wrong))
            raise InputError(f"efficiency must be >= 0 and <= 1 (got {digits(values[i])} at {digits(x[i])})")
        return values


@dataclass(frozen=True)
class ProductEfficiency(Efficiency):
    """Several efficiencies of one axis, one after the other.

    Parameters
    ----------
    factors : iterable of Efficiency
        One or more, of one axis.

    Raises
    ------
    InputError
        For different axes, or what is no efficiency.

    Examples
    --------
    >>> from cevns import efficiency
    >>> (efficiency.Threshold(1.0) * efficiency.LogisticEfficiency(0.9, 2.0, 1.0))([0.5, 1.0])
    array([0.  , 0.45])
    """

    factors: tuple[Efficiency, ...]
    axis: str = ""

    __repr__ = of_fields

    def __post_init__(self) -> None:
        given = several(self.factors, "factors must be one or more of cevns.efficiency")
        if not given or not all(isinstance(factor, Efficiency) for factor in given):
            raise InputError(f"factors must be one or more of cevns.efficiency (got {shown(self.factors)})")
        flat = [part for factor in given for part in (factor.factors if isinstance(factor, ProductEfficiency) else (factor,))]
        axes = sorted({part.axis for part in flat})
        if len(axes) > 1:
            raise InputError(
                f"efficiencies of different axes are no product (got {' and '.join(axes)}): give both to the detector"
            )
        _set(self, factors=tuple(flat), axis=axes[0])

    @property
    def breaks(self) -> tuple[float, ...]:
        return tuple(sorted({point for factor in self.factors for point in factor.breaks}))

    def _breaks_between(self, low: float, high: float) -> tuple[float, ...]:
        return tuple(sorted({point for factor in self.factors for point in factor._breaks_between(low, high)}))

    def _is_zero(self, x: Array) -> NDArray[np.bool_]:
        return np.asarray(np.any([factor._is_zero(x) for factor in self.factors], axis=0))

    def _values(self, x: Array) -> Array:
        values = self.factors[0]._values(x)
        for factor in self.factors[1:]:
            values = values * factor._values(x)
        return values


def product_of(efficiencies: Iterable[Efficiency], axis: str) -> Efficiency | None:
    """The product of those of one axis; None if there are none."""
    own = [efficiency for efficiency in efficiencies if efficiency.axis == axis]
    return own[0] if len(own) == 1 else ProductEfficiency(tuple(own)) if own else None


def _unit(axis: Any) -> str:
    return AXES[known_name(axis, AXES, "axis")]


def _set(thing: Any, **values: Any) -> None:
    for name, value in values.items():
        object.__setattr__(thing, name, value)


def _increasing(values: Any, name: str, unit: str, least: int) -> Array:
    points = real_array(values, name, unit=unit)
    if points.ndim != 1 or points.size < least:
        raise InputError(f"{name} must be a list of at least {least} (got shape {points.shape})")
    if (np.diff(points) <= 0).any():
        i = int(np.argmax(np.diff(points) <= 0))
        raise InputError(f"{name} must increase (got {digits(points[i])} at index {i}, then {digits(points[i + 1])})")
    return points

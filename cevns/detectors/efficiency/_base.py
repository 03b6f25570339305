"""The base class of all efficiencies, and their product."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._arguments import Array, check_increasing, known_name, real_array, restore, several, shown
from ..._fields import set_fields
from ..._immutable import Copied
from ..._texts import of_fields
from ..._typed import Like, Many, Number, Values
from ..._units import OBSERVED
from ...errors import InputError

AXES = MappingProxyType({"recoil": "keV", "observed": "", "time": "μs"})  # and the unit of what they take
SCALES = (-36.0, -18.0, -9.0, -4.5, -1.5, 1.5, 4.5, 9.0, 18.0, 36.0)  # of a sigmoid: steps in which polynomials follow it


class Efficiency(Copied, ABC):
    """A probability between 0 and 1, of the recoil energy, of what is observed, or of the time."""

    axis: str = "observed"
    constant_between_breaks: ClassVar[bool] = False  # then bins are sums of parts, and nothing is integrated

    @overload
    def __call__(self, x: Number) -> float: ...
    @overload
    def __call__(self, x: Many) -> Array: ...
    @overload
    def __call__(self, x: Like) -> Values: ...
    def __call__(self, x: ArrayLike) -> Values:
        """The efficiency at x: keV, the unit of the bins, or μs, by `axis`; any shape.

        Raises
        ------
        InputError
            For what is no number, or if an own function gives less than 0 or more than 1.
        """
        points = real_array(x, CALLED[self.axis], unit=unit_of(self.axis), infinite=True)
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
        return Product((self, other))


CALLED = MappingProxyType({"recoil": "recoil_energy", "observed": "observed", "time": "time"})


@dataclass(frozen=True)
class Product(Efficiency):
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
    >>> (efficiency.Threshold(1.0) * efficiency.Logistic(0.9, 2.0, 1.0))([0.5, 1.0])
    array([0.  , 0.45])
    """

    factors: tuple[Efficiency, ...]
    axis: str = ""

    if TYPE_CHECKING:

        def __init__(self, factors: Iterable[Efficiency], axis: str = "") -> None: ...

    __repr__ = of_fields

    def __post_init__(self) -> None:
        given = several(self.factors, "factors must be one or more of cevns.efficiency")
        if not given or not all(isinstance(factor, Efficiency) for factor in given):
            raise InputError(f"factors must be one or more of cevns.efficiency (got {shown(self.factors)})")
        flat = [part for factor in given for part in (factor.factors if isinstance(factor, Product) else (factor,))]
        axes = sorted({part.axis for part in flat})
        if len(axes) > 1:
            raise InputError(
                f"efficiencies of different axes are no product (got {' and '.join(axes)}): give both to the detector"
            )
        set_fields(self, factors=tuple(flat), axis=axes[0])

    @property
    def constant_between_breaks(self) -> bool:  # type: ignore[override]
        return all(factor.constant_between_breaks for factor in self.factors)

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
    return own[0] if len(own) == 1 else Product(tuple(own)) if own else None


def unit_of(axis: Any) -> str:
    return AXES[known_name(axis, AXES, "axis")] or OBSERVED


def inverse_unit_of(axis: Any) -> str:
    unit = unit_of(axis)
    return unit if unit == OBSERVED else f"1/{unit}"


def increasing_points(values: Any, name: str, unit: str, least: int) -> Array:
    points = real_array(values, name, unit=unit)
    if points.ndim != 1 or points.size < least:
        raise InputError(f"{name} must be a list of at least {least} (got shape {points.shape})")
    check_increasing(points, name)
    return points

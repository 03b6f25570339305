"""Efficiencies as closed forms.

Formulas
--------
`ErfThreshold` efficiency: ε = plateau · ½ [1 + erf((x − x₀)/(√2 w))]
    definition
`Logistic` efficiency: ε = a/(1 + e^(−b(x − c))) + d
    D. Akimov et al. (COHERENT), Phys. Rev. Lett. 129 (2022) 081801
`Decaying` efficiency: ε = e^(−rate (x − start)) between start and stop
    D. Akimov et al. (COHERENT), Phys. Rev. Lett. 129 (2022) 081801
`Threshold`, `Step` efficiency: constant between edges
    definition
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ..._arguments import Array, digits, real_array, real_number, shown
from ..._fields import set_fields
from ..._numerics.special import normal_cdf
from ..._texts import of_fields
from ...errors import InputError
from ._base import SCALES, Efficiency, Product, increasing_points, inverse_unit_of, unit_of


@dataclass(frozen=True)
class Threshold(Efficiency):
    """Nothing below, everything from a threshold on.

    Parameters
    ----------
    threshold : float
        In keV, the unit of the bins, or μs, by `axis`.
    axis : {"recoil", "observed", "time"}
        The variable that has the threshold.

    Examples
    --------
    >>> from cevns import efficiency
    >>> efficiency.Threshold(1.5)([1.4, 1.5, 20.0])
    array([0., 1., 1.])
    """

    threshold: float
    axis: str = "observed"

    constant_between_breaks: ClassVar[bool] = True

    __repr__ = of_fields

    def __post_init__(self) -> None:
        set_fields(self, threshold=real_number(self.threshold, "threshold", unit=unit_of(self.axis)))

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
        The variable x.

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
        unit = unit_of(self.axis)
        set_fields(
            self,
            threshold=real_number(self.threshold, "threshold", unit=unit),
            width=real_number(self.width, "width", unit=unit, minimum=0.0, above=True),
            plateau=real_number(self.plateau, "plateau", minimum=0.0, maximum=1.0),
        )

    @property
    def breaks(self) -> tuple[float, ...]:
        return tuple(self.threshold + k * self.width for k in (-9.0, -4.5, -1.5, 1.5, 4.5, 9.0))

    def _values(self, x: Array) -> Array:
        with np.errstate(over="ignore"):
            return self.plateau * normal_cdf((x - self.threshold) / self.width)


@dataclass(frozen=True)
class Logistic(Efficiency):
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
        Constant term, -1e3 to 1; a + d is the plateau, at most 1.
    axis : {"recoil", "observed", "time"}
        The variable x.

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, a plateau above 1, an unknown axis.

    Examples
    --------
    >>> from cevns import efficiency
    >>> csi = efficiency.Logistic.coherent_csi_2021()
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
        unit = unit_of(self.axis)
        set_fields(
            self,
            a=real_number(self.a, "a", minimum=0.0, maximum=1e3, above=True),
            b=real_number(self.b, "b", unit=inverse_unit_of(self.axis), minimum=1e-9, maximum=1e9),
            c=real_number(self.c, "c", unit=unit),
            d=real_number(self.d, "d", minimum=-1e3, maximum=1.0),
        )
        if not 0.0 < self.a + self.d <= 1.0:
            raise InputError(f"a + d, the efficiency far above, must be > 0 and <= 1 (got {digits(self.a + self.d)})")

    @classmethod
    def coherent_csi_2021(cls, variation: float = 0.0) -> Logistic:
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
        return Product((Logistic(0.6655, 0.4942, 10.8507), Step((5.0, 6.0), (0.0, 0.5, 1.0))))

    @property
    def zero(self) -> float:
        """Up to where it is 0; minus infinity if it is not."""
        return self.c - math.log(self.a / -self.d - 1.0) / self.b if self.d < 0 else -math.inf

    @property
    def breaks(self) -> tuple[float, ...]:
        points = [self.c + k / self.b for k in SCALES]
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
class Decaying(Efficiency):
    """A plateau that falls exponentially, and ends: 1 before `start`, then e^(−rate (x − start)), 0 from `stop` on.

    Parameters
    ----------
    start : float
        Where it begins to fall.
    rate : float
        Rate of the decay, ≥ 0, per unit of x.
    stop : float
        Where it ends, after `start`; infinity for never.
    axis : {"recoil", "observed", "time"}
        The variable x.

    Raises
    ------
    InputError, UnknownNameError
        For values outside their range, an unknown axis.

    Examples
    --------
    >>> from cevns import efficiency
    >>> round(efficiency.Decaying.coherent_csi_2021()(2.52), 4)  # e^(−0.0494 · 2)
    0.9059
    """

    start: float
    rate: float
    stop: float = math.inf
    axis: str = "time"

    __repr__ = of_fields

    def __post_init__(self) -> None:
        unit = unit_of(self.axis)
        set_fields(
            self,
            start=real_number(self.start, "start", unit=unit),
            rate=real_number(self.rate, "rate", unit=inverse_unit_of(self.axis), minimum=0.0),
            stop=real_number(self.stop, "stop", unit=unit, infinite=True),
        )
        if not self.stop > self.start:
            raise InputError(f"stop must be > start (got start={shown(self.start)} and stop={shown(self.stop)})")

    @classmethod
    def coherent_csi_2021(cls) -> Decaying:
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
class Step(Efficiency):
    """Constant between edges.

    Parameters
    ----------
    edges : array_like (n,)
        Increasing.
    values : array_like (n + 1,)
        Below the first edge, between the edges, from the last edge on; 0 to 1.
    axis : {"recoil", "observed", "time"}
        The variable x.

    Raises
    ------
    InputError, UnknownNameError
        For edges that do not increase, values outside their range, an unknown axis.
    """

    edges: tuple[float, ...]
    values: tuple[float, ...]
    axis: str = "observed"

    if TYPE_CHECKING:

        def __init__(self, edges: ArrayLike, values: ArrayLike, axis: str = "observed") -> None: ...

    constant_between_breaks: ClassVar[bool] = True

    __repr__ = of_fields

    def __post_init__(self) -> None:
        edges = increasing_points(self.edges, "edges", unit_of(self.axis), 1)
        values = real_array(self.values, "efficiency", minimum=0.0, maximum=1.0)
        if values.shape != (edges.size + 1,):
            raise InputError(f"values must be one more than edges (got shapes {values.shape} and {edges.shape})")
        set_fields(self, edges=tuple(edges.tolist()), values=tuple(values.tolist()))

    @property
    def breaks(self) -> tuple[float, ...]:
        return self.edges

    def _values(self, x: Array) -> Array:
        return np.asarray(self.values)[np.searchsorted(self.edges, x, side="right")]

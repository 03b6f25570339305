"""Quenching in closed form: constants, lines and polynomials that collaborations have fitted.

Formulas
--------
`Identity`, `Constant`, `Linear` quenching: QF = 1, QF = a, QF = a + b T
    definition
`Polynomial` quenching: E = c₁ T + c₂ T² + c₃ T³ + …
    definition
`CsICoherent` quenching: E/MeV = 0.0554628 x + 4.30681 x² − 111.707 x³ + 840.384 x⁴, x = T/MeV
    D. Akimov et al. (COHERENT), JINST 17 (2022) P10034
`LArCoherent` quenching: QF = 0.246 + 7.8e-4 T/keV
    D. Akimov et al. (COHERENT), Phys. Rev. Lett. 126 (2021) 012002
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ..._arguments import Array, digits, real_array, real_number, shown
from ...errors import InputError
from ...nuclei.nuclides import Nuclide
from ._base import LARGEST, Quenching, check_factor, check_unit, intervals


@dataclass(frozen=True, repr=False)
class Identity(Quenching):
    """No quenching: phonons, of which every recoil gives its whole energy. The unit is keV.

    Examples
    --------
    >>> from cevns import quenching
    >>> quenching.Identity().energy(0.1), quenching.Identity().unit
    (0.1, 'keV')
    """

    unit = "keV"
    depends_on: ClassVar[tuple[str, ...]] = ()

    def _factor(self, T: Array, nuclide: Nuclide | None) -> Array:
        return np.ones(T.shape)

    def _falls(self, nuclide: Nuclide | None) -> list[tuple[float, float]]:
        return []


@dataclass(frozen=True, repr=False)
class Constant(Quenching):
    """The same factor at every energy.

    Parameters
    ----------
    value : float
        QF, above 0 and up to 1; for a number of quanta, quanta per keV, up to 1e6. COHERENT's first analysis of CsI[Na] took
        0.0878 ± 0.0166 (D. Akimov et al., Science 357 (2017) 1123).
    unit : str
        Unit of the energy: "keV_ee", "keV", "electrons", "photons" or "quanta".

    Raises
    ------
    InputError, UnknownNameError
        For a factor outside its range, an unknown unit.

    Examples
    --------
    >>> from cevns import quenching
    >>> round(quenching.Constant(0.0878).energy(10.0), 3)
    0.878
    """

    value: float
    unit: str = "keV_ee"

    depends_on: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        check_unit(self.unit)
        object.__setattr__(self, "value", real_number(self.value, "value", minimum=0.0, maximum=1e6, above=True))
        check_factor(np.array([self.value]), "value", self.unit)

    def _factor(self, T: Array, nuclide: Nuclide | None) -> Array:
        return np.full(T.shape, self.value)

    def _falls(self, nuclide: Nuclide | None) -> list[tuple[float, float]]:
        return []


@dataclass(frozen=True, repr=False)
class Linear(Quenching):
    """A factor that is a straight line in the recoil energy, QF = a + b T, where that lies between 0 and 1, else 0 or 1.

    Parameters
    ----------
    constant : float
        a, from 0 to 1.
    slope : float
        b [1/keV], of either sign, up to 1e3.

    Raises
    ------
    InputError
        For a constant outside its range.

    Examples
    --------
    >>> from cevns import quenching
    >>> f"{quenching.Linear(0.246, 7.8e-4).energy(20.0):.3f} keV_ee"
    '5.232 keV_ee'
    """

    constant: float
    slope: float = 0.0

    depends_on: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "constant", real_number(self.constant, "constant", minimum=0.0, maximum=1.0))
        object.__setattr__(self, "slope", real_number(self.slope, "slope", unit="1/keV", minimum=-1e3, maximum=1e3))

    def _factor(self, T: Array, nuclide: Nuclide | None) -> Array:
        return np.clip(self.constant + self.slope * T, 0.0, 1.0)

    def _falls(self, nuclide: Nuclide | None) -> list[tuple[float, float]]:
        if self.slope >= 0:
            return []
        # a T + b T² falls behind a/2|b|, to 0 at a/|b|
        top = self.constant / (-2 * self.slope)
        return [(top, min(2 * top, LARGEST))] if 0 < top < LARGEST else []


@dataclass(frozen=True, repr=False)
class LArCoherent(Linear):
    """Liquid argon as COHERENT's CENNS-10 took it: QF = 0.246 + 7.8e-4 T/keV.

    A straight line through all measurements between 0 and 125 keV that were published then; beyond, the line goes on. The
    uncertainties are 0.006 of the constant and 0.9e-4/keV of the slope; give other values to vary them.

    Parameters
    ----------
    constant : float
        a, from 0 to 1.
    slope : float
        b [1/keV].

    References
    ----------
    D. Akimov et al. (COHERENT), Phys. Rev. Lett. 126 (2021) 012002; its data release, arXiv:2006.12659,
    LArParametersAnlA.yaml.

    Examples
    --------
    >>> from cevns import quenching
    >>> f"{quenching.LArCoherent().factor(100.0):.3f}"
    '0.324'
    """

    of_nuclei: ClassVar[bool] = True

    constant: float = 0.246
    slope: float = 7.8e-4

    elements = ("Ar",)


@dataclass(frozen=True, repr=False)
class Polynomial(Quenching):
    """The energy as a polynomial of the recoil energy, both in MeV: E = c₁ T + c₂ T² + c₃ T³ + …

    Parameters
    ----------
    coefficients : sequence of float
        c₁, c₂, …, in MeV^(1−n); without a constant, so that nothing gives nothing.
    hold : float
        The recoil energy [keV] above which QF keeps the value that it has there; polynomials mean nothing outside the data that
        they were fitted to. Default: nowhere.

    Raises
    ------
    InputError
        For no coefficients, or if the energy is below 0 or above T somewhere between 0 and `hold`, or 1 MeV.

    Examples
    --------
    >>> from cevns import quenching
    >>> quenching.Polynomial((0.2, 1.0), hold=50.0).energy(10.0)  # 0.2 · 10 keV + 10² keV² / 1 MeV
    2.1
    """

    coefficients: tuple[float, ...]
    hold: float = math.inf

    depends_on: ClassVar[tuple[str, ...]] = ()

    if TYPE_CHECKING:

        def __init__(self, coefficients: ArrayLike, hold: float = math.inf) -> None: ...

    def __post_init__(self) -> None:
        values = real_array(self.coefficients, "coefficients", minimum=-1e30, maximum=1e30)
        if values.ndim != 1 or not values.size:
            raise InputError(f"coefficients must be a sequence of numbers, at least one (got {shown(self.coefficients)})")
        hold = real_number(self.hold, "hold", unit="keV", minimum=0.0, above=True, infinite=True)
        object.__setattr__(self, "coefficients", tuple(values.tolist()))
        object.__setattr__(self, "hold", hold)
        T = np.linspace(0.0, min(hold, 1000.0), 1001)
        factor = self._factor(T, None)
        if not (factor.min() >= 0 and factor.max() <= 1):
            bad = int(np.argmax((factor < 0) | (factor > 1)))
            place = f"(got {digits(factor[bad])} at {digits(T[bad])} keV); else give hold"
            raise InputError(f"coefficients must keep QF >= 0 and <= 1 up to {T[-1]:g} keV {place}")

    def _factor(self, T: Array, nuclide: Nuclide | None) -> Array:
        x = np.minimum(T, self.hold) * 1e-3
        factor = np.zeros(T.shape)
        for coefficient in reversed(self.coefficients):
            factor = factor * x + coefficient
        return factor

    def _falls(self, nuclide: Nuclide | None) -> list[tuple[float, float]]:
        slope = [(n + 1) * c for n, c in enumerate(self.coefficients)]
        end = min(self.hold, LARGEST)
        roots = np.roots(slope[::-1]) * 1e3
        turns = sorted(float(root.real) for root in roots if abs(root.imag) < 1e-9 * abs(root) and 0 < root.real < end)
        T = np.array([0.0, *turns, end])
        return intervals(T, np.diff(self._energy(T, None)) < 0)


# COHERENT's scintRespCoefficients.txt: E/MeV = a x + b x² + c x³ + d x⁴, x = T/MeV
_NOMINAL = np.array([0.0554628, 4.30681, -111.707, 840.384])
_VARIED = {
    ("model_0", 1): np.array([0.0613632, 3.51547, -85.5548, 595.562]),
    ("model_0", -1): np.array([0.0495624, 5.09815, -137.858, 1085.2]),
    ("model_1", 1): np.array([0.055413, 3.93597, -93.1045, 630.092]),
    ("model_1", -1): np.array([0.0555126, 4.67765, -130.309, 1050.68]),
}


@dataclass(frozen=True, repr=False)
class CsICoherent(Quenching):
    """CsI[Na] as COHERENT took it in 2021: a polynomial of degree four, and two variations of it.

    Parameters
    ----------
    model_0, model_1 : float
        The two independent variations, in standard deviations, within ± 3: the published sets are 1 and -1 of one of them.
        Between and beyond, the coefficients are on straight lines through these.

    Raises
    ------
    InputError
        For a variation beyond ± 3.

    Notes
    -----
    With x = T/MeV::

        E/MeV = 0.0554628 x + 4.30681 x² - 111.707 x³ + 840.384 x⁴

    QF has a minimum near 60 keV (0.0932; at 56 to 68 keV for the published variations), and the polynomial rises behind it,
    where no data are: there QF keeps the minimum. The detector's light yield is 13.35 photoelectrons per keV_ee.

    References
    ----------
    D. Akimov et al. (COHERENT), JINST 17 (2022) P10034 (arXiv:2111.02477); Phys. Rev. Lett. 129 (2022) 081801
    (arXiv:2110.07730) and its ancillary file scintRespCoefficients.txt.

    Examples
    --------
    >>> from cevns import quenching
    >>> csi = quenching.CsICoherent()
    >>> f"{csi.energy(10.0):.4f} keV_ee, {csi.inverse(0.882):.2f} keV"
    '0.8820 keV_ee, 10.00 keV'
    >>> f"{quenching.CsICoherent(model_0=1.0).energy(10.0):.4f}"
    '0.8856'
    """

    of_nuclei: ClassVar[bool] = True

    model_0: float = 0.0
    model_1: float = 0.0

    elements = ("Cs", "I")
    depends_on: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for name in ("model_0", "model_1"):
            object.__setattr__(self, name, real_number(getattr(self, name), name, minimum=-3.0, maximum=3.0))

    @property
    def coefficients(self) -> tuple[float, ...]:
        """a, b, c, d of the polynomial in MeV."""
        values = _NOMINAL.copy()
        for name in ("model_0", "model_1"):
            size = getattr(self, name)
            values += abs(size) * (_VARIED[name, -1 if size < 0 else 1] - _NOMINAL)
        return tuple(values.tolist())

    @property
    def hold(self) -> float:
        """The recoil energy [keV] from which QF stays what it is there: that of its minimum, 70 keV at most."""
        _, b, c, d = self.coefficients
        # dQF/dx = b + 2 c x + 3 d x² = 0; with d ≤ 0, far from what is published, QF only falls
        minimum = (-c + math.sqrt(c**2 - 3 * b * d)) / (3 * d) if d > 0 else math.inf
        return min(1e3 * minimum, 70.0)

    def _factor(self, T: Array, nuclide: Nuclide | None) -> Array:
        a, b, c, d = self.coefficients
        x = np.minimum(T, self.hold) * 1e-3
        return a + x * (b + x * (c + x * d))

    def _falls(self, nuclide: Nuclide | None) -> list[tuple[float, float]]:
        return Polynomial(self.coefficients, self.hold)._falls(nuclide)

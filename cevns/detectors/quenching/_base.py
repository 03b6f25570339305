"""The base class of quenching models: energies, factors, and the inverse."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import lru_cache
from typing import Any, ClassVar, overload

import numpy as np
from numpy.typing import ArrayLike

from ..._arguments import Array, digits, in_unit, known_name, real_array, real_number, restore
from ..._immutable import Copied
from ..._numerics.lines import inverse_parabola
from ..._texts import of_fields
from ..._typed import Like, Many, Number, Values
from ...errors import InputError, UnsupportedError
from ...nuclei.nuclides import Nuclide, checked_nuclide

UNITS = ("keV_ee", "keV", "electrons", "photons", "quanta")
LARGEST = 1e4  # keV: recoils that the inverse looks at
_LOWEST = 1e-9  # keV: below the recoil of any one collision


class Quenching(Copied, ABC):
    """The base class of all quenching models; each subclass is one factor.

    Attributes
    ----------
    unit : str
        Unit of `energy`: "keV_ee", "keV" for phonons, or a number of "electrons", "photons" or "quanta".
    of_nuclei : bool
        Whether the model is one of nuclear recoils alone: an electron gives another signal.
    needs_nuclide : bool
        Whether `energy` asks for the nuclide that recoils. A model may depend on it and do without, as on an average.
    elements : tuple of str
        Symbols of the elements that the model is for; it refuses the nuclides of others. Empty for a model of any element.
    depends_on : tuple of str, or None
        Attributes of the nuclide that `energy` reads. Nuclides that agree in these are seen alike, and a detector computes them
        together. None, which a class that says nothing gets, stands for all of them: each nuclide is computed by itself.
    """

    of_nuclei: ClassVar[bool] = False
    needs_nuclide: ClassVar[bool] = False
    unit: str = "keV_ee"
    elements: tuple[str, ...] = ()
    depends_on: ClassVar[Any] = None

    def __init_subclass__(cls) -> None:
        # what a class inherits says nothing of a formula of its own
        if {"energy", "_energy", "_factor"} & vars(cls).keys() and "depends_on" not in vars(cls):
            cls.depends_on = None

    @overload
    def energy(self, recoil_energy: Number, nuclide: Nuclide | str | None = ...) -> float: ...
    @overload
    def energy(self, recoil_energy: Many, nuclide: Nuclide | str | None = ...) -> Array: ...
    @overload
    def energy(self, recoil_energy: Like, nuclide: Nuclide | str | None = ...) -> Values: ...
    def energy(self, recoil_energy: ArrayLike, nuclide: Nuclide | str | None = None) -> Values:
        """The part of a recoil's energy that the detector sees: QF(T) T.

        Parameters
        ----------
        recoil_energy : array_like
            T [keV], ≥ 0, any shape.
        nuclide : Nuclide or str, optional
            The nuclide that recoils; a model with `needs_nuclide` asks for it.

        Returns
        -------
        float or ndarray
            The energy, or the number of quanta, in `unit`; the shape of `recoil_energy`. 0 for T = 0.

        Raises
        ------
        InputError
            If T is negative, infinite or nan, or without a nuclide where the model needs one.
        UnknownNameError
            If there is no such nuclide.
        UnsupportedError
            For a nuclide of another element than the model is for.
        """
        known = self._nuclide(nuclide)
        T = real_array(recoil_energy, "recoil_energy", unit="keV", minimum=0.0)
        return restore(self._energy(np.ascontiguousarray(T).reshape(-1), known), T.shape)

    @overload
    def factor(self, recoil_energy: Number, nuclide: Nuclide | str | None = ...) -> float: ...
    @overload
    def factor(self, recoil_energy: Many, nuclide: Nuclide | str | None = ...) -> Array: ...
    @overload
    def factor(self, recoil_energy: Like, nuclide: Nuclide | str | None = ...) -> Values: ...
    def factor(self, recoil_energy: ArrayLike, nuclide: Nuclide | str | None = None) -> Values:
        """The quenching factor QF, energy per recoil energy; at T = 0 its limit.

        Parameters
        ----------
        recoil_energy : array_like
            T [keV], ≥ 0, any shape.
        nuclide : Nuclide or str, optional
            As for `energy`.

        Returns
        -------
        float or ndarray
            QF, without unit, or quanta per keV; the shape of `recoil_energy`.

        Raises
        ------
        InputError, UnknownNameError, UnsupportedError
            As for `energy`.
        """
        known = self._nuclide(nuclide)
        T = real_array(recoil_energy, "recoil_energy", unit="keV", minimum=0.0)
        return restore(self._factor(np.ascontiguousarray(T).reshape(-1), known), T.shape)

    @overload
    def inverse(self, energy: Number, nuclide: Nuclide | str | None = ..., *, maximum: float = ...) -> float: ...
    @overload
    def inverse(self, energy: Many, nuclide: Nuclide | str | None = ..., *, maximum: float = ...) -> Array: ...
    @overload
    def inverse(self, energy: Like, nuclide: Nuclide | str | None = ..., *, maximum: float = ...) -> Values: ...
    def inverse(self, energy: ArrayLike, nuclide: Nuclide | str | None = None, *, maximum: float = LARGEST) -> Values:
        """The recoil energy that gives an energy, for a model that is monotone up to `maximum`.

        Parameters
        ----------
        energy : array_like
            In `unit`, ≥ 0, any shape.
        nuclide : Nuclide or str, optional
            As for `energy`.
        maximum : float
            The largest recoil energy that is looked at [keV], up to 1e4; a table is looked at as far as it goes.

        Returns
        -------
        float or ndarray
            T [keV], the shape of `energy`, to 1e-13 of itself where the energy rises in proportion to T or faster; for an
            energy of 0 the largest recoil that gives it, such as the end of a cut-off.

        Raises
        ------
        InputError
            If the energy falls somewhere below `maximum`: the message says where; for an energy that no recoil up to `maximum`
            gives; and as for `energy`.

        Notes
        -----
        Bisection, secants and inverse parabolas (T. R. Chandrupatla, Adv. Eng. Softw. 28 (1997) 145), for all values at once.
        Where the energy falls is known exactly for the closed forms and tables, and searched for on 4000 energies between 1e-6
        and 1e4 keV for the others.
        """
        known = self._nuclide(nuclide)
        maximum = real_number(maximum, "maximum", unit="keV", minimum=0.0, maximum=LARGEST, above=True)
        maximum = min(maximum, self._largest)
        falling = [place for place in _falling(self, known) if place[0] < maximum]
        if falling:
            low, high = falling[0]
            best = f"; below {low:.6g} keV there is an inverse: give maximum={low:.6g}" if low > 0 else ""
            raise InputError(
                f"the energy falls with the recoil energy from {low:.6g} to {high:.6g} keV: it has no inverse{best}"
            )
        top = float(self._energy(np.array([maximum]), known)[0])
        energy = in_unit(energy, "energy", self.unit)
        what = f"{self.unit}, which a recoil of {maximum:g} keV gives"
        wanted = real_array(energy, "energy", unit=what, minimum=0.0, maximum=top)
        flat = np.ascontiguousarray(wanted).reshape(-1)
        found = _solve(lambda T: self._energy(T, known), flat, maximum)
        return restore(found, wanted.shape)

    @property
    def _largest(self) -> float:
        """The largest recoil energy [keV] that the inverse looks at."""
        return LARGEST

    def _nuclide(self, nuclide: Nuclide | str | None) -> Nuclide | None:
        """The nuclide, if one is given; an error if the model needs one, or is for another element."""
        if nuclide is None:
            if self.needs_nuclide:
                raise InputError(f"{type(self).__name__} depends on the nuclide that recoils: give nuclide (got None)")
            return None
        known = checked_nuclide(nuclide)
        if self.elements and known.symbol not in self.elements:
            raise UnsupportedError(f"{type(self).__name__} is for {' and '.join(self.elements)} (got {known.name})")
        return known

    def _energy(self, T: Array, nuclide: Nuclide | None) -> Array:
        """The energy of recoils (n,)."""
        return T * self._factor(T, nuclide)

    @abstractmethod
    def _factor(self, T: Array, nuclide: Nuclide | None) -> Array:
        """QF of recoils (n,), at T = 0 its limit."""

    def _falls(self, nuclide: Nuclide | None) -> list[tuple[float, float]]:
        """Where the energy falls with the recoil energy: (from, to) [keV]."""
        T = np.geomspace(1e-6, LARGEST, 4001)
        E = self._energy(T, nuclide)
        return intervals(T, np.diff(E) < -1e-14 * E[1:])

    __repr__ = of_fields


def intervals(T: Array, down: Any) -> list[tuple[float, float]]:
    """Neighbouring steps of T that go down, joined."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], down, [False]]).astype(int)))
    return [(float(T[a]), float(T[b])) for a, b in edges.reshape(-1, 2)]


def check_unit(unit: Any) -> str:
    return known_name(unit, UNITS, "unit")


def check_factor(factor: Array, name: str, unit: str) -> None:
    """No detector sees more energy than there is: QF ≤ 1, except for numbers of quanta."""
    if unit in ("keV_ee", "keV") and factor.size and factor.max() > 1:
        hint = ": perhaps in percent" if 1.5 < factor.max() <= 100 else ""
        raise InputError(f"{name} must be >= 0 and <= 1 (got {digits(factor.max())}){hint}")


@lru_cache(maxsize=256)
def _falling(quenching: Quenching, nuclide: Nuclide | None) -> tuple[tuple[float, float], ...]:
    return tuple(quenching._falls(nuclide))


def _solve(function: Any, wanted: Array, maximum: float) -> Array:
    """The T in [0, maximum] with function(T) = wanted, for a function that never falls, with function(0) = 0.

    A bracket is halved, or cut by a parabola through three points in the inverse function where that is safe; while its ends
    are of different orders of magnitude, it is halved in these.
    """
    low = np.zeros(wanted.size)
    high = np.full(wanted.size, maximum)
    # where nothing ends, by bisection of "nothing"
    flat = wanted == 0
    if flat.any():
        a, b = 0.0, maximum
        while b - a > 2e-16 * b and b > _LOWEST:
            middle = (a + b) / 2
            a, b = (middle, b) if function(np.array([middle]))[0] <= 0 else (a, middle)
        high[flat] = low[flat] = a if a > _LOWEST else 0.0
    active = np.flatnonzero(~flat)
    # x1, x2 enclose the root, x3 was one of them before
    x1, x2 = low[active], high[active]
    goal = wanted[active]
    f1, f2 = function(x1) - goal, function(x2) - goal
    x3, f3, part = x1.copy(), f1.copy(), np.full(active.size, 0.5)
    for _ in range(200):
        x = x1 + part * (x2 - x1)
        f = function(x) - goal
        same = np.sign(f) == np.sign(f1)
        x3, f3 = np.where(same, x1, x2), np.where(same, f1, f2)
        x2, f2 = np.where(same, x2, x1), np.where(same, f2, f1)
        x1, f1 = x, f
        best = np.where(np.abs(f1) < np.abs(f2), x1, x2)
        width = np.abs(x2 - x1)
        done = (f1 == 0) | (f2 == 0) | (width <= 4e-16 * np.abs(best))
        high[active] = best
        left = ~done
        if not left.any():
            break
        active, goal = active[left], goal[left]
        x1, f1, x2, f2, x3, f3 = (each[left] for each in (x1, f1, x2, f2, x3, f3))
        inverse = inverse_parabola(x1, x2, x3, f1, f2, f3)
        small, big = np.minimum(x1, x2), np.maximum(x1, x2)
        middle = np.where(big > 100 * small, np.maximum(np.sqrt(small) * np.sqrt(big), 1e-3 * big), (small + big) / 2)
        part = np.where(np.isnan(inverse), (middle - x1) / (x2 - x1), inverse)
        least = np.minimum(2e-16 * np.abs(x1) / np.abs(x2 - x1), 0.5)
        part = np.clip(part, least, 1 - least)
    return high

"""Quenching from tables: an own one, a file, a function; and the theory with a binding energy, solved once for Si and Ge.

Formulas
--------
`Sarkis` quenching: −½ k ε^(3/2) ν̄″ + k ε^(1/2) ν̄′ = ∫ dt f(√t)/(2t^(3/2)) [ν̄(ε − t/ε) + ν̄(t/ε − u) − ν̄(ε)]
    Y. Sarkis, A. Aguilar-Arevalo, J. C. D'Olivo, Phys. Rev. D 101 (2020) 102001
`Tabulated`, `Function` quenching: QF linear between the points of a table, or a function
    your own
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ..._arguments import Array, called, check_increasing, digits, known_name, real_array, shown
from ..._immutable import kept, sealing
from ..._units import UNITS as PHYSICAL
from ...data.columns import read_columns, unit_in
from ...data.curves import check_beyond, check_inside, column_number, columns_shown
from ...data.tables import rows as rows_of
from ...errors import InputError
from ...nuclei.nuclides import Nuclide, isotopes
from ._base import LARGEST, Quenching, check_factor, check_unit


@dataclass(frozen=True, repr=False)
class Tabulated(Quenching):
    """A table of the factor, on straight lines between its points; below the first, its value stays.

    Parameters
    ----------
    recoil_energy : sequence of float
        T [keV], ≥ 0, increasing.
    factors : sequence of float
        QF at these, from 0 to 1; for a number of quanta, quanta per keV. `from_energy` takes a table of energies, `from_file` a
        file.
    unit : str
        Unit of the energy: "keV_ee", "keV", "electrons", "photons" or "quanta".
    beyond : {"hold"}, optional
        Above the last point: its factor with "hold". By default (None) an error for recoils that a flux gives there.
    elements : sequence of str, optional
        Symbols of the elements that the table is for; those of others are refused. By default any.

    Raises
    ------
    InputError, UnknownNameError
        For tables of different lengths, energies that do not increase, factors outside their range, an unknown unit, choice or
        element; at a call, for recoils above the last point without `beyond`.

    Examples
    --------
    >>> from cevns import quenching
    >>> table = quenching.Tabulated([0.5, 1.0, 5.0], [0.156, 0.171, 0.213])
    >>> round(table.factor(3.0), 3)
    0.192
    """

    recoil_energy: tuple[float, ...]
    factors: tuple[float, ...]
    unit: str = "keV_ee"
    beyond: str | None = None
    elements: tuple[str, ...] = ()

    depends_on: ClassVar[tuple[str, ...]] = ()

    if TYPE_CHECKING:

        def __init__(
            self,
            recoil_energy: ArrayLike,
            factors: ArrayLike,
            unit: str = "keV_ee",
            beyond: str | None = None,
            elements: Iterable[str] = (),
        ) -> None: ...

    def __post_init__(self) -> None:
        check_unit(self.unit)
        T = _increasing(self.recoil_energy)
        factors = real_array(self.factors, "factors", minimum=0.0)
        if factors.shape != T.shape:
            raise InputError(f"factors must have as many values as recoil_energy (got shapes {factors.shape} and {T.shape})")
        check_factor(factors, "factors", self.unit)
        object.__setattr__(self, "recoil_energy", tuple(T.tolist()))
        object.__setattr__(self, "factors", tuple(factors.tolist()))
        check_beyond(self.beyond, ("hold",))
        object.__setattr__(self, "elements", _symbols(self.elements))

    @classmethod
    def from_energy(
        cls,
        recoil_energy: ArrayLike,
        energy: ArrayLike,
        *,
        unit: str = "keV_ee",
        beyond: str | None = None,
        elements: Sequence[str] = (),
    ) -> Tabulated:
        """A table of energies in place of factors; on straight lines in QF all the same.

        Parameters
        ----------
        recoil_energy : array_like
            T [keV], ≥ 0, increasing. At T = 0 the energy is 0, and QF is taken from the next point.
        energy : array_like
            In `unit`, ≥ 0.
        unit, beyond, elements
            As for the class.

        Examples
        --------
        >>> from cevns import quenching
        >>> quenching.Tabulated.from_energy([0.0, 1.0, 2.0], [0.0, 0.25, 0.5]).factors
        (0.25, 0.25, 0.25)
        """
        check_unit(unit)
        T = _increasing(recoil_energy)
        values = real_array(energy, "energy", unit=unit, minimum=0.0)
        if values.shape != T.shape:
            raise InputError(f"energy must have as many values as recoil_energy (got shapes {values.shape} and {T.shape})")
        if T[0] == 0.0:
            if values[0] != 0.0:
                raise InputError(f"energy must be 0 at a recoil energy of 0 (got {digits(values[0])})")
            if T.size == 1:
                raise InputError("recoil_energy must hold a value > 0 keV (got 0 alone)")
        largest = float(np.max(values[T > 0] / T[T > 0]))
        if unit in ("keV_ee", "keV") and largest > 1:
            hint = ": perhaps one is in eV" if largest > 10 else ""
            raise InputError(f"energy must not be above the recoil energy (got up to {digits(largest)} times it){hint}")
        factors = values[T > 0] / T[T > 0]
        every = np.append(factors[: T.size - factors.size], factors)
        return cls(tuple(T.tolist()), tuple(every.tolist()), unit, beyond, tuple(elements))

    @classmethod
    def from_file(
        cls,
        path: str | os.PathLike[str],
        column: int | str | None = None,
        *,
        quantity: str = "factor",
        unit: str = "keV_ee",
        beyond: str | None = None,
        elements: Sequence[str] = (),
    ) -> Tabulated:
        """A table from a file of numbers in columns, recoil energies [keV] in the first.

        The quenching factors of germanium that came with the Dresden-II data (J. Colaresi et al., Phys. Rev. Lett. 129 (2022)
        211802, ancillary file QF_Fef_YBe.txt, without a header) are `from_file(path, 1)` for the one from iron-filtered
        neutrons ("Fef") and `from_file(path, 2)` for that from photo-neutrons ("YBe"). With the first the energy falls from
        0.248 keV_ee at a recoil of 1.14 keV to 0.239 keV_ee at 1.34 keV: there it has no inverse.

        Parameters
        ----------
        path : path
            The file, separated by commas or blanks; a header may stand above, and # begins a comment.
        column : int or str, optional
            Column of the factors: its number, counted from 0, or its name in the header. A file of more than two columns asks
            for it.
        quantity : {"factor", "energy"}
            Quantity in the column.
        unit, beyond, elements
            As for the class.

        Raises
        ------
        InputError
            For several columns of which none is named, a file that is not such a table, a column that it does not have, or
            numbers that cannot be quenching factors; the message says when they look like percent or another unit of energy.
        UnknownNameError
            For an unknown quantity, unit, or name of a column.
        OSError
            If the file cannot be read.
        """
        known_name(quantity, ("factor", "energy"), "quantity")
        check_unit(unit)
        columns = read_columns(path)
        if column is None and columns.cells.shape[1] > 2:
            there = f"{columns.path}, line {columns.header_line}: there are {columns_shown(columns)}"
            raise InputError(f"{there}: say with column= which holds the {quantity}")
        index = column_number(columns, 1 if column is None else column, lowest=1)
        said = unit_in(columns.names[0]) if columns.names else None
        if said not in (None, "keV"):
            raise InputError(
                f"{columns.path}, line {columns.header_line}: recoil energies are in {said} (header {columns.names[0]!r}), "
                "but keV is expected"
            )
        T, values = columns.increasing(0, "recoil energies", "keV"), columns.column(index)
        columns.refuse(~np.isfinite(values), "numbers must be finite", index)
        try:
            make = cls.from_energy if quantity == "energy" else cls
            table = make(tuple(T.tolist()), tuple(values.tolist()), unit=unit, beyond=beyond, elements=tuple(elements))
        except InputError as error:
            raise InputError(f"{columns.path}, first row in line {columns.lines[0]}: {error}") from None
        if unit == "keV_ee" and max(table.factors) < 1e-3:
            raise InputError(
                f"{columns.path}, line {columns.lines[0]}: quenching factors are all below 0.001: "
                "perhaps an energy is in another unit than keV"
            )
        return table

    @property
    def _largest(self) -> float:
        return LARGEST if self.beyond == "hold" else min(self.recoil_energy[-1], LARGEST)

    def _factor(self, T: Array, nuclide: Nuclide | None) -> Array:
        if self.beyond is None:
            check_inside(T, self.recoil_energy[-1], "the quenching table", "recoil_energy", "keV", ("hold",))
        return np.asarray(np.interp(T, *self._points))

    def _falls(self, nuclide: Nuclide | None) -> list[tuple[float, float]]:
        return _falls(*self._points)

    @kept
    def _points(self) -> tuple[Array, Array]:
        return np.array(self.recoil_energy), np.array(self.factors)


@dataclass(frozen=True, repr=False)
class Function(Quenching):
    """A function of one's own.

    Parameters
    ----------
    function : callable
        Takes recoil energies T > 0 [keV] as an array, and the nuclide behind it if `needs_nuclide`; returns as many values, or
        quantities that convert to them.
    quantity : {"factor", "energy"}
        Quantity that the function returns.
    unit : str
        Unit of the energy: "keV_ee", "keV", "electrons", "photons" or "quanta".
    needs_nuclide : bool
        Whether it takes the nuclide.
    elements : sequence of str, optional
        Symbols of the elements that it is for; those of others are refused. By default any.

    Raises
    ------
    InputError, UnknownNameError
        For what is not callable, an unknown quantity or unit; at a call, for values that are no quenching factors.

    Notes
    -----
    At T = 0 the factor is that at 1e-9 keV. The object is hashed, compared and pickled by the function itself: one of a module
    can be pickled, a lambda cannot.

    Examples
    --------
    >>> from cevns import quenching
    >>> quenching.Function(lambda T: 0.1 + 0.01 * T).energy([0.0, 1.0, 2.0]).round(3)
    array([0.  , 0.11, 0.24])
    """

    function: Callable[..., Any]
    quantity: str = "factor"
    unit: str = "keV_ee"
    needs_nuclide: bool = False  # type: ignore[misc]
    elements: tuple[str, ...] = ()

    if TYPE_CHECKING:

        def __init__(
            self,
            function: Callable[..., Any],
            quantity: str = "factor",
            unit: str = "keV_ee",
            needs_nuclide: bool = False,
            elements: Iterable[str] = (),
        ) -> None: ...

    @property
    def depends_on(self) -> tuple[str, ...] | None:
        """Everything of the nuclide if it takes that, else nothing."""
        return None if self.needs_nuclide else ()

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise InputError(f"function must be callable (got {shown(self.function)})")
        try:
            hash(self.function)
        except TypeError:
            raise InputError(f"function must be hashable (got {shown(self.function)})") from None
        known_name(self.quantity, ("factor", "energy"), "quantity")
        check_unit(self.unit)
        object.__setattr__(self, "elements", _symbols(self.elements))

    def _factor(self, T: Array, nuclide: Nuclide | None) -> Array:
        positive = np.maximum(T, 1e-9)
        if not T.size:
            return positive
        # a percentage of nothing is no energy in keV; numbers of quanta are pure
        unit = self.unit if self.quantity == "energy" and self.unit in PHYSICAL else ""
        values = called(self.function, "the function", positive, *((nuclide,) if self.needs_nuclide else ()), unit=unit)
        if self.quantity == "energy":
            values = values / positive
        real_array(values, "the function's factor", minimum=0.0)
        check_factor(values, "the function's factor", self.unit)
        return values


@dataclass(frozen=True, repr=False)
class Sarkis(Quenching):
    """Lindhard's theory with a binding energy, solved numerically for silicon and germanium: nothing is ionised below T = 2U.

    An atom that is knocked from its place costs the binding energy U, and one that gets less stays. Of the nuclide that recoils
    the element decides: silicon has U = 0.15 keV and k = 0.161, germanium U = 0.02 keV and k = 0.162, the values that the
    authors fitted.

    Raises
    ------
    InputError
        Without a nuclide.
    UnsupportedError
        For another element.

    Notes
    -----
    In Lindhard's units ε and u, energies times 11.5 Z^(-7/3)/keV, with the recoil's ε + u, the energy ν̄ that goes into the
    motion of atoms obeys::

        -½ k ε^(3/2) ν̄″ + k ε^(1/2) ν̄′ = ∫ dt f(√t)/(2 t^(3/2)) [ν̄(ε - t/ε) + ν̄(t/ε - u) - ν̄(ε)],   εu < t < ε²

    with ν̄ = ε + u up to ε = u, ν̄″ → 0 far above, and f(η) = λ η^(1/3)/[1 + (2λ η^(4/3))^(2/3)]^(3/2), λ = 1.309, that of
    Thomas and Fermi; QF = (ε + u - ν̄)/(ε + u). `cevns.data.build_sarkis` solves it by collocation, to 1e-6; the straight lines
    between the 220 energies of the table are good to 1.2e-4 in QF and to 7e-4 of it above 2.1 U. Above 1 MeV QF stays.

    How far it is checked: finite differences (`cevns.reference.quenching`), which share no code with it, agree within 4e-3, and
    better the finer they are; without second derivative, u → 0 is Lindhard's formula to 5 %, the accuracy of that formula. The
    authors' own tables were not at hand. A curve for silicon that others read off a figure and name as theirs begins at 0.40
    keV, which is U = 0.2 keV, within the authors' error; solved with that U, this is 3 to 8 % above it from 0.45 to 2 keV and 3
    to 9 % below from 5 to 100 keV. The authors hold the model valid above 0.5 keV for silicon and 0.05 keV for germanium.

    References
    ----------
    Y. Sarkis, A. Aguilar-Arevalo, J. C. D'Olivo, Phys. Rev. D 101 (2020) 102001, arXiv:2001.06503; f: K. B. Winterbon, P.
    Sigmund, J. B. Sanders, Mat. Fys. Medd. Dan. Vid. Selsk. 37 (1970) no. 14.

    Examples
    --------
    >>> from cevns import quenching
    >>> sarkis = quenching.Sarkis()
    >>> sarkis.energy(0.04, "74Ge"), round(sarkis.factor(1.0, "74Ge"), 3)
    (0.0, 0.135)
    """

    of_nuclei: ClassVar[bool] = True

    needs_nuclide: ClassVar[bool] = True
    elements = ("Si", "Ge")
    depends_on: ClassVar[tuple[str, ...]] = ("symbol",)

    def _table(self, nuclide: Nuclide | None) -> tuple[Array, Array]:
        assert nuclide is not None
        return _sarkis()[nuclide.symbol]

    def _factor(self, T: Array, nuclide: Nuclide | None) -> Array:
        return np.asarray(np.interp(T, *self._table(nuclide)))

    def _falls(self, nuclide: Nuclide | None) -> list[tuple[float, float]]:
        return _falls(*self._table(nuclide))


def _symbols(elements: Any) -> tuple[str, ...]:
    """Symbols of elements, one or several, each of which exists."""
    if not isinstance(elements, str | list | tuple | set | frozenset):
        raise InputError(f"elements must be symbols of elements, as ('Cs', 'I') (got {shown(elements)})")
    symbols = (elements,) if isinstance(elements, str) else tuple(elements)
    for symbol in symbols:
        isotopes(symbol)
    return symbols


def _increasing(recoil_energy: ArrayLike) -> Array:
    T = real_array(recoil_energy, "recoil_energy", unit="keV", minimum=0.0)
    if T.ndim != 1 or not T.size:
        raise InputError(f"recoil_energy must be a sequence of energies, at least one (got an array of shape {T.shape})")
    check_increasing(T, "recoil_energy", "keV")
    return T


def _falls(T: Array, factor: Array) -> list[tuple[float, float]]:
    """Where T QF(T) falls: its slope QF + T QF′ is a straight line on each step of the table."""
    found: list[tuple[float, float]] = []
    for a, b, low, high in zip(T[:-1], T[1:], factor[:-1], factor[1:], strict=True):
        slope = (high - low) / (b - a)
        # zero of low + slope (2 T - a); it falls only where QF does, behind that zero
        turn = (a - low / slope) / 2 if slope < 0 else np.inf
        if turn < b:
            start, end = float(max(a, turn)), float(min(b, LARGEST))
            if found and found[-1][1] == start:
                start = found.pop()[0]
            found.append((start, end))
    return found


@cache
@sealing
def _sarkis() -> dict[str, tuple[Array, Array]]:
    """Element → recoil energies [keV] and factors."""
    lines = [tuple(row.values()) for row in rows_of("sarkis.csv")]
    tables = {}
    for element in dict.fromkeys(line[0] for line in lines):
        rows = np.array([[float(cell) for cell in line[1:]] for line in lines if line[0] == element])
        tables[element] = (rows[:, 0].copy(), rows[:, 1].copy())
    return tables

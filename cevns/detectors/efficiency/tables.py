"""Efficiencies from tables, files and functions.

Formulas
--------
`Tabulated`, `Function` efficiency: linear between the points of a table, or a function
    your own
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._arguments import Array, called, digits, increasing, real_array, several, shown
from ..._fields import set_fields
from ..._texts import of_fields
from ...data.columns import read_columns, unit_in
from ...data.curves import check_beyond, check_inside, column_number, columns_shown
from ...errors import InputError
from ._base import AXES, CALLED, Efficiency, increasing_points, unit_of


@dataclass(frozen=True)
class Tabulated(Efficiency):
    """Straight lines between points, and 0 below the first; a curve that ends above 0 asks what is beyond its last point.

    Parameters
    ----------
    points : array_like (n,)
        Increasing: keV, the unit of the bins, or μs, by `axis`.
    values : array_like (n,)
        0 to 1.
    axis : {"recoil", "observed", "time"}
        The variable x.
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
    >>> efficiency.Tabulated([1.0, 3.0], [0.0, 0.8], axis="recoil", beyond="hold")([0.5, 2.0, 9.0])
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
        points = increasing_points(self.points, "points", unit_of(self.axis), 2)
        values = real_array(self.values, "efficiency", minimum=0.0, maximum=1.0)
        if values.shape != points.shape:
            raise InputError(f"values must be as many as points (got shapes {values.shape} and {points.shape})")
        set_fields(self, points=tuple(points.tolist()), values=tuple(values.tolist()))

    @classmethod
    def from_file(
        cls,
        path: str | os.PathLike[str],
        *,
        axis: str = "observed",
        columns: tuple[int | str, int | str] | None = None,
        beyond: str | None = None,
    ) -> Tabulated:
        """The efficiency in a file of columns, separated by blanks or commas.

        Parameters
        ----------
        path : path
            The file; a header may stand above, and # begins a comment.
        axis : {"recoil", "observed", "time"}
            The variable x.
        columns : (int or str, int or str), optional
            Columns of points and of efficiencies: numbers, counted from 0, or names in the header. A file of more than two
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
                raise InputError(
                    f"{table.path}, line {table.header_line}: there are {held}: "
                    "say with columns=(…, …) which hold the points and the efficiencies"
                )
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
        points, values = table.increasing(first, "points", AXES[axis]), table.column(second)
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
            check_inside(x, self.points[-1], "the table of the efficiency", CALLED[self.axis], AXES[self.axis])
        return self._held(x)

    def _is_zero(self, x: Array) -> NDArray[np.bool_]:
        return np.asarray(self._held(x) == 0)

    def _held(self, x: Array) -> Array:
        return np.interp(x, self.points, self.values, left=0.0, right=0.0 if self.beyond == "zero" else None)


@dataclass(frozen=True)
class Function(Efficiency):
    """A Python function.

    Parameters
    ----------
    function : callable
        Takes points (n,) and returns values (n,), 0 to 1.
    axis : {"recoil", "observed", "time"}
        The variable x.
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

    if TYPE_CHECKING:

        def __init__(self, function: Callable[[Array], Any], axis: str = "observed", breaks: Iterable[float] = ()) -> None: ...

    __repr__ = of_fields

    def __post_init__(self) -> None:
        unit = unit_of(self.axis)
        if not callable(self.function):
            raise InputError(f"function must be callable (got {shown(self.function)})")
        given = several(self.breaks, "breaks must be a list of points")
        set_fields(self, breaks=tuple(increasing_points(given, "breaks", unit, 0).tolist()))

    def _breaks_between(self, low: float, high: float) -> tuple[float, ...]:
        named = [point for point in self.breaks if low < point < high]
        cuts = increasing(np.concatenate([np.linspace(low, high, 33), named]))
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
        return tuple(increasing(np.concatenate(found)).tolist())

    def _values(self, x: Array) -> Array:
        values = called(self.function, "the efficiency's function", x)
        wrong = ~((values >= 0) & (values <= 1))
        if wrong.any():
            i = int(np.argmax(wrong))
            raise InputError(f"efficiency must be >= 0 and <= 1 (got {digits(values[i])} at {digits(x[i])})")
        return values

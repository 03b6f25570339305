"""Blocks of a scan: χ² at the points of some numbers, checked, and mistakes that say at which point they were made."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from ..._arguments import Array, digits, known_name, shown
from ..._texts import of_fields
from ...errors import CevnsError, InputError, UnknownNameError, UnsupportedError
from .grids import coordinates, told
from .profiles import minimised

Likelihood = Callable[[Mapping[str, Array]], Any]


class _FormError(InputError):
    """An answer that no number of points makes right."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """The data that every block needs.

    Parameters
    ----------
    likelihood : callable
        Mapping of names to values (n,) → χ² (n,).
    grids : mapping
        The axes.
    profile : mapping
        Name → (low, high) of what χ² is made smallest over.
    """

    likelihood: Likelihood
    grids: dict[str, Array]
    profile: dict[str, tuple[float, float]]

    __repr__ = of_fields

    def block(self, first: int, last: int) -> Array:
        """χ² in row 0, and where it is smallest in one row for each profiled parameter: (1 + m, last − first).

        Raises
        ------
        Exception
            What the likelihood raises, with the point.
        """
        try:
            return self._block(first, last)
        except _FormError as error:
            raise InputError(str(error)) from None
        except (MemoryError, UnsupportedError, UnknownNameError):  # of no point
            raise
        except Exception as error:
            self._blame(error, first, last)

    def _block(self, first: int, last: int) -> Array:
        points = coordinates(self.grids, first, last)
        if not self.profile:
            return self._chi2(points, last - first)[None]

        def chi2(places: Any, theta: Array) -> Array:
            chosen = {name: values[places] for name, values in points.items()}
            chosen |= {name: np.ascontiguousarray(row) for name, row in zip(self.profile, theta, strict=True)}
            return self._chi2(chosen, theta.shape[1])

        lowest, where = minimised(chi2, list(self.profile.values()), last - first)
        return np.concatenate([lowest[None], where])

    def _chi2(self, points: Mapping[str, Array], number: int) -> Array:
        """The likelihood's answer, if it is one."""
        # copies, which it may change: some are the rows that a profile is followed by
        answer = np.asarray(self.likelihood({name: values.copy() for name, values in points.items()}))
        if answer.shape != (number,) or answer.dtype.kind not in "fiu":
            raise _FormError(
                f"likelihood must return {number} real numbers for as many points (got {answer.dtype} of shape {answer.shape})"
            )
        chi2 = np.array(answer, dtype=np.float64)  # a copy: a likelihood may use one buffer for all its answers
        wrong = ~(chi2 > -np.inf)
        if wrong.any():
            raise InputError(f"chi2 must be a number, or inf where counts are impossible (got {digits(chi2[wrong][0])})")
        return chi2

    def _blame(self, error: Exception, first: int, last: int) -> NoReturn:
        """Raise the error with the point that makes it: halves of the block are asked again."""
        foreign = isinstance(error, TypeError | ValueError) and not isinstance(error, CevnsError)
        if foreign and last - first > 1 and self._takes_numbers(first):
            raise InputError(
                "likelihood must take arrays of points, not single numbers only: write it with NumPy's functions, or give "
                f"numpy.vectorize of it ({type(error).__name__}: {error})"
            ) from error
        low, high = first, last
        while high - low > 1:
            middle = (low + high) // 2
            try:
                self._block(low, middle)
                low = middle
            except Exception as found:
                error, high = found, middle
        try:
            self._block(low, high)
            start, end = (coordinates(self.grids, i, i + 1) for i in (first, last - 1))
            where = f"at one of {last - first} points from {told(start)} to {told(end)}"  # none is wrong alone
        except Exception as found:
            error = found
            where = f"at {told(coordinates(self.grids, low, high))}"
        if isinstance(error, CevnsError):
            raise type(error)(f"{error}, {where}") from error
        error.add_note(where)  # keeps its type, whatever its constructor takes
        raise error

    def _takes_numbers(self, point: int) -> bool:
        """Whether the likelihood answers at one point whose values are plain numbers."""
        values = {name: float(value[0]) for name, value in coordinates(self.grids, point, point + 1).items()}
        values |= {name: low for name, (low, _) in self.profile.items()}
        try:
            self.likelihood(values)  # type: ignore[arg-type]
        except Exception:
            return False
        return True


def checked_likelihood(likelihood: Any, names: tuple[str, ...]) -> Likelihood:
    """The function to call, after a check of the parameters that it names."""
    if not callable(likelihood) or callable(getattr(likelihood, "likelihood", None)):
        method = getattr(likelihood, "likelihood", None)
        if not callable(method):
            raise InputError(
                "likelihood must be a function of a mapping of names to arrays, or have such a method `likelihood` "
                f"(got {shown(likelihood)})"
            )
        likelihood = method
    known = _names(likelihood, "parameters")
    if known is not None:
        for name in names:
            known_name(name, known, "parameter of the likelihood")
    found: Likelihood = likelihood
    return found


def nuisances_of(likelihood: Likelihood) -> str:
    """Whether the likelihood has nuisances "profiled" or "fixed"; "" if it has none, or does not tell."""
    if not _names(likelihood, "nuisances"):
        return ""
    try:
        profile = inspect.signature(likelihood).parameters["profile"].default  # of a partial: what it was given
    except (KeyError, TypeError, ValueError):
        return ""
    return ("profiled" if profile else "fixed") if isinstance(profile, bool | np.bool_) else ""


def _names(likelihood: Any, attribute: str) -> tuple[str, ...] | None:
    """Names of the parameters or nuisances, where the likelihood or what it is a method of has them."""
    while hasattr(likelihood, "func"):  # functools.partial
        likelihood = likelihood.func
    for owner in (likelihood, getattr(likelihood, "__self__", None)):
        names = getattr(owner, attribute, None)
        if isinstance(names, Mapping | tuple | list) and all(isinstance(name, str) for name in names):
            return tuple(names)
    return None

"""Validation at the border: every public function passes its arguments through here, and nothing behind it checks again."""

import sys
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._core.isa import first_outside
from .errors import InputError, UnknownNameError

Array = NDArray[np.float64]


def real_array(
    values: ArrayLike,
    name: str,
    *,
    unit: str = "",
    minimum: float = -np.inf,
    maximum: float = np.inf,
    above: bool = False,
    infinite: bool = False,
) -> Array:
    """Return `values` as a float64 array of any shape, or raise an `InputError` that names the first bad one.

    Parameters
    ----------
    values : array_like
        Numbers, of any shape; never changed.
    name, unit : str
        How the message calls the argument and its unit.
    minimum, maximum : float
        Allowed range, ends included (`above=True` leaves the lower end out).
    infinite : bool
        Whether +inf is allowed.
    """
    try:
        array = np.asarray(values)
        if array.dtype.kind == "c" or array.dtype.kind in "US":
            raise TypeError
        array = array.astype(np.float64, copy=False)
    except (TypeError, ValueError):
        raise InputError(f"{name} must be real numbers (got {_shown(values)})") from None
    high = maximum if infinite or maximum < np.inf else sys.float_info.max
    low = float(np.nextafter(minimum, np.inf)) if above else minimum
    if minimum == -np.inf and not infinite:
        low = -sys.float_info.max
    flat = np.ascontiguousarray(array).reshape(-1)
    first = first_outside(flat, low, high)
    if first < flat.size:
        count = np.count_nonzero(~((flat >= low) & (flat <= high)))
        place = f" at index {first}" if array.ndim else ""
        more = f", and {count - 1} more" if count > 1 else ""
        raise InputError(f"{name} must be {_range(minimum, maximum, above, infinite, unit)} (got {flat[first]:g}{place}{more})")
    return array


def real_number(
    value: Any,
    name: str,
    *,
    unit: str = "",
    minimum: float = -np.inf,
    maximum: float = np.inf,
    above: bool = False,
    infinite: bool = False,
) -> float:
    """Return `value` as a float, or raise an `InputError`; arguments as for `real_array`."""
    array = real_array(value, name, unit=unit, minimum=minimum, maximum=maximum, above=above, infinite=infinite)
    if array.ndim:
        raise InputError(f"{name} must be one number (got an array of shape {array.shape})")
    return float(array)


def broadcast(*arrays: Array) -> tuple[tuple[int, ...], list[Array]]:
    """The common shape of arrays, and each of them as a flat contiguous array of that many values."""
    if len(arrays) == 1 or all(array.shape == arrays[0].shape for array in arrays):
        shape = arrays[0].shape
    else:
        try:
            shape = np.broadcast_shapes(*(array.shape for array in arrays))
        except ValueError:
            shapes = " and ".join(str(array.shape) for array in arrays)
            raise InputError(f"the arguments' shapes {shapes} do not broadcast") from None
        arrays = tuple(np.broadcast_to(array, shape) for array in arrays)
    return shape, [np.ascontiguousarray(array).reshape(-1) for array in arrays]


def bin_edges(edges: ArrayLike, what: str, unit: str, *, above: bool = False, empty: bool = False) -> Array:
    """Increasing edges of bins, ≥ 0 (`above`: > 0), at least two, or none at all where that is allowed."""
    e = real_array(edges, "edges", unit=unit, minimum=0.0, above=above)
    if e.ndim != 1 or (e.size < 2 and not (empty and e.size == 0)):
        raise InputError(f"edges must be a list of at least 2 {what} in {unit} (got shape {e.shape})")
    if (np.diff(e) <= 0).any():
        i = int(np.argmax(np.diff(e) <= 0))
        raise InputError(f"edges must increase (got {e[i]:g} {unit} at index {i}, then {e[i + 1]:g} {unit})")
    return np.ascontiguousarray(e)


def increasing(values: ArrayLike) -> Array:
    """The values in order, each once: `numpy.unique`, which imports all of `numpy.ma` when it is first called."""
    ordered = np.sort(np.asarray(values, dtype=np.float64), axis=None)
    first = np.ones(ordered.size, dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def restore(values: Array, shape: tuple[int, ...] | None = None) -> Any:
    """Values in their shape; a float for 0-d."""
    if shape is None:
        shape = values.shape
    return float(values.reshape(-1)[0]) if shape == () else values.reshape(shape)


def known_name(value: Any, names: Iterable[str], what: str, *, hint: str = "") -> str:
    """Return `value` if it is one of `names`, or raise an `UnknownNameError` that suggests the nearest."""
    names = tuple(names)
    if isinstance(value, str) and value in names:
        return value
    raise UnknownNameError(f"unknown {what} {value!r}{nearest(value, names)}{hint}")


def nearest(value: Any, names: Iterable[str]) -> str:
    """The end of a message about an unknown name: the nearest known ones, or all if there are few."""
    import difflib  # costs 2 ms at import and is needed by mistakes only

    names = tuple(names)
    close = difflib.get_close_matches(str(value), names, n=3, cutoff=0.6)
    if close:
        return f"; did you mean {' or '.join(map(repr, close))}?"
    if len(names) <= 20:
        return f"; known are {', '.join(map(repr, names))}"
    return ""


def _range(minimum: float, maximum: float, above: bool, infinite: bool, unit: str) -> str:
    unit = f" {unit}" if unit else ""
    if minimum == -np.inf and maximum == np.inf:
        return "a number" if infinite else "finite"
    if maximum == np.inf:
        return f"{'>' if above else '>='} {minimum:g}{unit}{'' if infinite else ' and finite'}"
    if minimum == -np.inf:
        return f"<= {maximum:g}{unit}"
    return f"{'>' if above else '>='} {minimum:g} and <= {maximum:g}{unit}"


def _shown(values: Any) -> str:
    text = repr(values)
    return text if len(text) <= 60 else text[:57] + "..."

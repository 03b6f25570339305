"""Validation at the border: every public function passes its arguments through here, and nothing behind it checks again."""

import numbers
import reprlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._core.isa import first_outside
from ._units import is_quantity, magnitude, physical_range
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
    values : array_like or quantity
        Numbers, of any shape; never changed. A quantity of astropy or pint is converted to `unit`.
    name, unit : str
        How the message calls the argument and its unit, a key of `cevns._units.UNITS`; no unit for pure numbers.
    minimum, maximum : float
        Allowed range, ends included (`above=True` leaves the lower end out). Where it is open, the physical range of the unit.
    infinite : bool
        Whether +inf is allowed.
    """
    array = np.asarray(values) if type(values) in _PLAIN else _without_unit(values, name, unit)
    if array.dtype != np.float64:
        array = _as_float64(array, values, name)
    smallest, largest = physical_range(unit)
    low = -largest if minimum == -np.inf and not infinite else minimum
    if above:
        low = smallest if minimum == 0 else float(np.nextafter(minimum, np.inf))
    high = largest if maximum == np.inf and not infinite else maximum
    flat = np.ascontiguousarray(array).reshape(-1)
    first = first_outside(flat, low, high)
    if first < flat.size:
        value = float(flat[first])
        within = np.isfinite(value) and minimum <= value <= maximum and not (above and value == minimum)
        # a value that only misses the range of its unit is told that range; others what the argument itself asks for
        allowed = _range(low, high, False, False, unit) if within else _range(minimum, maximum, above, infinite, unit)
        count = np.count_nonzero(~((flat >= low) & (flat <= high)))
        place = f" at index {first}" if array.ndim else ""
        got = digits(value)
        if low <= float(got) <= high:
            got = repr(value)
        more = f", and {count - 1} more" if count > 1 else ""
        raise InputError(f"{name} must be {allowed} (got {got}{place}{more})")
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


_PLAIN = frozenset({float, int, np.ndarray, np.float64})  # types that carry no unit and hide no other objects


def _without_unit(values: Any, name: str, unit: str) -> NDArray[Any]:
    """An array of what is not plain numbers: quantities in `unit`, sequences, whatever NumPy makes of the rest."""
    try:
        if is_quantity(values):
            return np.asarray(magnitude(values, unit))
        if isinstance(values, (list, tuple)) and any(map(is_quantity, values)):
            return np.asarray([magnitude(value, unit) if is_quantity(value) else value for value in values])
    except Exception as error:  # each library has its own for units that do not convert
        wanted = f"in {unit}, or in a unit that converts to it" if unit else "a pure number"
        raise InputError(f"{name} must be {wanted} (got {shown(values)})") from error
    masked = getattr(values, "mask", None)
    if isinstance(values, np.ndarray) and masked is not None and np.any(masked):
        index = [int(i) for i in np.argwhere(masked)[0]] if np.ndim(masked) else [0]
        raise InputError(f"{name} must be real numbers (the value at index {', '.join(map(str, index))} is masked)")
    try:
        return np.asarray(values)
    except (TypeError, ValueError):
        raise InputError(f"{name} must be real numbers (got {shown(values)})") from None


def _as_float64(array: NDArray[Any], values: Any, name: str) -> Array:
    """Integers and other real numbers as float64; booleans, complex numbers, strings, dates and records are refused."""
    kind = array.dtype.kind
    if kind in "iuf":
        return array.astype(np.float64)
    if kind == "O" and array.size and all(isinstance(each, numbers.Real) and not isinstance(each, bool) for each in array.flat):
        try:
            return array.astype(np.float64)
        except OverflowError:
            largest = max((value for value in array.flat if isinstance(value, int)), key=abs)
            raise InputError(f"{name} must be finite (got {shown(largest)})") from None
    what = {"b": "a truth value", "M": "a date", "m": "a time span", "V": "a record"}.get(kind, "")
    hint = ": give its values() and variances()" if callable(getattr(values, "variances", None)) else ""
    raise InputError(f"{name} must be real numbers (got {what + ', ' if what else ''}{shown(values)}{hint})")


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
        raise InputError(f"edges must increase (got {digits(e[i])} {unit} at index {i}, then {digits(e[i + 1])} {unit})")
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


def flag(value: Any, name: str) -> bool:
    """True or False."""
    if not isinstance(value, bool | np.bool_):
        raise InputError(f"{name} must be True or False (got {shown(value)})")
    return bool(value)


def known_name(value: Any, names: Iterable[str], what: str, *, hint: str = "") -> str:
    """Return `value` if it is one of `names`, or raise an `UnknownNameError` that suggests the nearest."""
    names = tuple(names)
    if isinstance(value, str) and value in names:
        return value
    raise UnknownNameError(f"unknown {what} {shown(value)}{nearest(value, names)}{hint}")


def nearest(value: Any, names: Iterable[str]) -> str:
    """The end of a message about an unknown name: the nearest known ones, or all if there are few."""
    import difflib  # costs 2 ms at import and is needed by mistakes only

    names = tuple(names)
    like = isinstance(value, str) and len(value) <= _LONGEST
    close = difflib.get_close_matches(value, names, n=3, cutoff=0.6) if like else []
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


_LONGEST = 60  # characters of a value in a message


class _Short(reprlib.Repr):
    """A `repr` of a few items and levels, of which no object can be too large, too deep or too broken."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = self.maxlong = _LONGEST

    def repr_int(self, x: int, level: int) -> str:
        return f"an integer of {x.bit_length()} bits" if x.bit_length() > 256 else repr(x)

    def repr_float64(self, x: np.float64, level: int) -> str:
        return repr(float(x))

    def repr_instance(self, x: Any, level: int) -> str:
        try:
            text = " ".join((str if is_quantity(x) else repr)(x).split())
        except Exception:  # whatever the __repr__ of a stranger raises
            return f"a {type(x).__name__}"
        if len(text) <= _LONGEST:
            return text
        return text[: _LONGEST - 3] + "..." if isinstance(x, np.ndarray) else f"a {type(x).__name__}"


_short = _Short()


def shown(value: Any) -> str:
    """A value in a message, short whatever it holds."""
    text = _short.repr(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def digits(value: complex) -> str:
    """A number in a message: six digits, or all of them where six are another number than a few roundings make."""
    short = f"{value:g}"
    near = abs(complex(short) - value) <= 1e-14 * abs(value) or not np.isfinite(value)
    return short if near else repr(value.item() if isinstance(value, np.generic) else value).strip("()")

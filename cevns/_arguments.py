"""Validation at the border: every public function passes its arguments through here, and nothing behind it checks again."""

from __future__ import annotations

import math
import numbers
import reprlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _dates
from ._core.isa import first_outside
from ._units import OBSERVED, UNITS, is_quantity, magnitude, wanted
from .errors import CevnsError, InputError, UnknownNameError

Array = NDArray[np.float64]
_INF = math.inf


def real_array(
    values: ArrayLike,
    name: str,
    *,
    unit: str = "",
    minimum: float = -_INF,
    maximum: float = _INF,
    above: bool = False,
    infinite: bool = False,
) -> Array:
    """Return `values` as a float64 array of any shape, or raise an `InputError` that names the first bad one.

    Parameters
    ----------
    values : array_like or quantity
        Numbers, of any shape; never changed. A quantity of astropy or pint is converted to `unit`.
    name, unit : str
        Names of the argument and its unit in the message, the latter a key of `cevns._units.UNITS`; no unit for pure numbers.
    minimum, maximum : float
        Allowed range, ends included (`above=True` leaves the lower end out). Where it is open, the physical range of the unit.
    infinite : bool
        Whether +inf is allowed.
    """
    low, high = _ends(unit, minimum, maximum, above, infinite)
    kind = type(values)
    if kind is float or kind is np.float64:
        array = np.asarray(values, dtype=np.float64)
        if low <= values <= high:  # type: ignore[operator]
            return array
    else:
        array = unchecked(values, name, unit)
    flat = (array if array.flags.c_contiguous else np.ascontiguousarray(array)).reshape(-1)
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


def unchecked(values: ArrayLike, name: str, unit: str = "") -> Array:
    """Real numbers as float64, in the unit, whatever their size: also nan and infinite ones."""
    array = values if type(values) is np.ndarray else _without_unit(values, name, unit)
    return array if array.dtype is _DOUBLE else _as_float64(array, values, name, unit)


def real_number(
    value: Any,
    name: str,
    *,
    unit: str = "",
    minimum: float = -_INF,
    maximum: float = _INF,
    above: bool = False,
    infinite: bool = False,
) -> float:
    """Return `value` as a float, or raise an `InputError`; arguments as for `real_array`."""
    if type(value) is float:
        low, high = _ends(unit, minimum, maximum, above, infinite)
        if low <= value <= high:
            return value
    try:
        array = real_array(value, name, unit=unit, minimum=minimum, maximum=maximum, above=above, infinite=infinite)
    except InputError as error:
        if (hasattr(value, "__len__") and not isinstance(value, str | bytes)) or "must be real numbers" not in str(error):
            raise
        raise InputError(str(error).replace("must be real numbers", "must be a real number", 1)) from None
    if array.ndim:
        raise InputError(f"{name} must be one number (got an array of shape {array.shape})")
    return float(array)


def in_unit(values: Any, name: str, unit: str) -> Any:
    """Plain numbers: quantities converted to the unit, masks refused; what carries neither is returned as it is, unchecked."""
    if isinstance(values, str) or (type(values) in _PLAIN and not (type(values) is np.ndarray and values.dtype.kind == "O")):
        return values
    return _without_unit(values, name, unit)


def complex_array(values: Any, name: str, unit: str = "") -> NDArray[np.complex128]:
    """Return real or complex numbers as a complex array; raise an `InputError` for what is none, or not finite."""
    given = np.asarray(in_unit(values, name, unit))
    if given.dtype.kind == "O" and all(isinstance(each, numbers.Complex) and not isinstance(each, bool) for each in given.flat):
        try:
            given = given.astype(np.complex128)
        except OverflowError:
            raise InputError(f"{name} must be finite (got {shown(values)})") from None
    if given.dtype.kind not in "ciuf":
        raise InputError(f"{name} must be numbers, real or complex (got {shown(values)})")
    array = np.asarray(given, dtype=np.complex128)
    if not np.isfinite(array).all():
        raise InputError(f"{name} must be finite (got {shown(values)})")
    largest = UNITS.get(unit, _PURE).largest
    with np.errstate(over="ignore"):
        sizes = np.abs(array)
    if (sizes > largest).any():
        raise InputError(f"{name} must be <= {largest:g}{f' {unit}' if unit else ''} in size (got {digits(sizes.max())})")
    return array


def times(values: Any, name: str, *, unit: str, origin: str = "first") -> Array:
    """Return times as `real_array` does; a list of dates becomes the time since the first of them, or since its year began.

    Parameters
    ----------
    values : array_like, quantity or dates
        NumPy's datetime64, Python's datetime, pandas' indices, astropy's Time.
    name, unit : str
        As for `real_array`.
    origin : {"first", "year"}
        The origin of dates: the first of them, or the 1st of January, 0 h, of its year.
    """
    given = _dates.plain(values)
    if type(given) not in (float, int) and not is_quantity(given):
        try:
            array = np.asarray(given)
        except Exception:  # real_array says what is wrong with it
            array = np.empty(0)
        since = _dates.since(array, unit, origin) if array.dtype.kind in "MO" else None
        if since is not None:
            return since
    return real_array(given, name, unit=unit)


def _ends(unit: str, minimum: float, maximum: float, above: bool, infinite: bool) -> tuple[float, float]:
    """The smallest and the largest value that are allowed: those of the argument, and where it is open those of the unit."""
    if minimum == 0.0 and maximum < _INF and not above:  # the most frequent arguments need no look at the unit
        return minimum, maximum
    _, smallest, largest, _ = UNITS.get(unit, _PURE)
    if above:
        minimum = smallest if minimum == 0 else math.nextafter(minimum, _INF)
    elif minimum == -_INF and not infinite:
        minimum = -largest
    return minimum, largest if maximum == _INF and not infinite else maximum


_DOUBLE = np.dtype(np.float64)
_PURE = UNITS[""]
_NUMBERS = frozenset({float, int, np.float64})  # types that carry no unit and hide no other objects
_PLAIN = _NUMBERS | {np.ndarray}  # and those that hide none unless they are arrays of objects


def _without_unit(values: Any, name: str, unit: str) -> NDArray[Any]:
    """An array of what is not plain numbers: quantities in `unit`, sequences, whatever NumPy makes of the rest."""
    if type(values) is int or (isinstance(values, (list, tuple)) and _NUMBERS.issuperset(map(type, values))):
        return _as_array(values, name)
    given = values
    _refuse_masked(values, name)
    try:
        if isinstance(values, (list, tuple)):
            # each by itself: NumPy would take a truth value for 1, and leave units and masks out
            if any(map(_is_truth_value, values)):
                raise InputError(f"{name} must be real numbers (got a truth value, {shown(given)})")
            values = [_without_unit(each, name, unit) if _hides(each) else each for each in values]
        elif is_quantity(values):
            values = magnitude(values, unit)
            _refuse_masked(values, name)
    except InputError:
        raise
    except Exception as error:  # each library has its own for units that do not convert
        raise InputError(f"{name} must be {wanted(unit)} (got {shown(given)})") from error
    array = _as_array(_dates.plain(values), name)
    # quantities that an array or a Series holds as objects
    return _without_unit(array.tolist(), name, unit) if array.dtype.kind == "O" and _holds_quantities(array) else array


def _is_truth_value(value: Any) -> bool:
    """Whether a value in a list is one, of Python or of NumPy, or an array of them."""
    dtype = getattr(value, "dtype", None)
    return type(value) is bool or (dtype is not None and str(getattr(dtype, "kind", "")) == "b")


def _holds_quantities(array: NDArray[Any]) -> bool:
    return any(map(is_quantity, array.flat))


def _as_array(values: Any, name: str) -> NDArray[Any]:
    """What NumPy makes of values, or an `InputError` where it makes nothing."""
    try:
        return np.asarray(values)
    except Exception:  # whatever the __array__ of a stranger raises
        raise InputError(f"{name} must be real numbers (got {shown(values)})") from None


def _hides(value: Any) -> bool:
    """Whether NumPy would leave something out of a value in a list: a unit, a mask, or that of one of its own values."""
    if type(value) is np.ndarray:
        return bool(value.dtype.kind == "O")
    return isinstance(value, (list, tuple)) or hasattr(value, "mask") or is_quantity(value)


def _refuse_masked(values: Any, name: str) -> None:
    masked = getattr(values, "mask", None)
    if isinstance(values, np.ndarray) and isinstance(masked, (np.ndarray, np.bool_)) and np.any(masked):
        index = [int(i) for i in np.argwhere(masked)[0]] if np.ndim(masked) else [0]
        raise InputError(f"{name} must be real numbers (the value at index {', '.join(map(str, index))} is masked)")


def _as_float64(array: NDArray[Any], values: Any, name: str, unit: str = "") -> Array:
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
    spans = _dates.spans(array, unit) if kind in "mO" else None
    if spans is not None:
        return spans
    if kind == "O" and _holds_quantities(array):
        return _as_float64(_without_unit(array.tolist(), name, unit), values, name, unit)
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
    check_increasing(e, "edges", unit)
    return np.ascontiguousarray(e)


def check_increasing(values: Array, name: str, unit: str = "") -> None:
    """Raise an error if one of the values (n,) is not above the one before it."""
    down = values[1:] <= values[:-1]
    if down.any():
        i = int(np.argmax(down))
        first, second = (f"{digits(value)} {unit}".rstrip() for value in values[i : i + 2].tolist())
        raise InputError(f"{name} must increase (got {first} at index {i}, then {second})")


def increasing(values: ArrayLike) -> Array:
    """The values in order, each once: `numpy.unique`, which imports all of `numpy.ma` when it is first called."""
    ordered = np.sort(np.asarray(values, dtype=np.float64), axis=None)
    first = np.ones(ordered.size, dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def restore(values: Array, shape: tuple[int, ...] | None = None) -> float | Array:
    """Values in their shape; a float for 0-d."""
    if shape is None:
        shape = values.shape
    return float(values.reshape(-1)[0]) if shape == () else values.reshape(shape)


def called(
    function: Callable[..., Any],
    name: str,
    points: Array,
    *others: Any,
    unit: str = "",
    minimum: float = -np.inf,
    maximum: float = np.inf,
) -> Array:
    """The values of a caller's function at points of any shape: one finite number for each, or one for all.

    The function gets the points as a flat array of its own, which it may change, and what it returns is copied: it may use one
    buffer for all its answers.

    Parameters
    ----------
    function : callable
        Takes an array (n,), and `others`.
    name : str
        Name of the argument in messages.
    points : ndarray
        Where it is asked.
    unit, minimum, maximum
        Of what it returns, as for `real_array`.

    Raises
    ------
    InputError
        For a function that takes single numbers only, raises an error, or returns other than as many numbers.
    """
    answer = answer_of(function, name, points.reshape(-1), *others)
    values = real_array(answer, name, unit=unit, minimum=minimum, maximum=maximum)
    if values.shape not in ((points.size,), ()):
        raise InputError(f"{name} must return as many values as it takes (got shape {values.shape} for ({points.size},))")
    out = np.empty(points.shape)
    out[...] = values.reshape(points.shape) if values.ndim else values
    return out


def answer_of(function: Callable[..., Any], name: str, *arguments: Any, **named: Any) -> Any:
    """The answer of a caller's function as it is; arrays among the arguments are copied, so that it may change them.

    Raises
    ------
    InputError
        For an error in the function, whose own errors of cevns pass, or a function that takes single numbers only.
    """
    try:
        return function(*_copies(arguments), **named)
    except CevnsError:
        raise
    except Exception as error:
        what = shown(getattr(function, "__qualname__", function)) + f": {type(error).__name__}: {error}"
        if any(isinstance(each, np.ndarray) and each.size for each in arguments):
            first = (each.flat[0].item() if isinstance(each, np.ndarray) else each for each in _copies(arguments))
            try:
                function(*first, **named)
            except Exception:  # it fails either way
                pass
            else:
                hint = "write it with NumPy's functions, or give numpy.vectorize of it"
                raise InputError(f"{name} must take arrays, not single numbers only: {hint} ({what})") from error
        raise InputError(f"{name} raises an error ({what})") from error


def _copies(arguments: Iterable[Any]) -> list[Any]:
    return [each.copy() if isinstance(each, np.ndarray) else each for each in arguments]


def mapped(value: Any) -> Any:
    """The value; what has keys and is no Mapping, as a Series or a DataFrame of pandas, as a dict of what they lead to."""
    if isinstance(value, Mapping | type) or not (hasattr(value, "keys") and hasattr(value, "__getitem__")):
        return value
    return {key: value[key] for key in value.keys()}  # noqa: SIM118


def several(value: Any, name: str) -> tuple[Any, ...]:
    """The items of a list, a tuple or another iterable that is not a text; the message about another begins with `name`."""
    try:
        if isinstance(value, str | bytes):
            raise TypeError
        return tuple(value)
    except TypeError:
        raise InputError(f"{name} (got {shown(value)})") from None


def pairs_of(value: Any, name: str) -> tuple[tuple[Any, Any], ...]:
    """The (key, value) of a mapping, or of a sequence of such pairs; the message about what is neither begins with `name`."""
    value = mapped(value)
    items = several(value.items() if isinstance(value, Mapping) else value, name)
    if not all(isinstance(item, tuple | list) and len(item) == 2 for item in items):
        raise InputError(f"{name} (got {shown(value)})")
    return tuple((key, item) for key, item in items)


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


def canonical_name(value: Any, names: Iterable[str], what: str, *, hint: str = "") -> str:
    """Return the one of the library's own `names` that is `value`, in any case, or raise as `known_name` does.

    For models, sets of figures, experiments and sources. What users name themselves (parameters, components), flavours and
    units (meV is not MeV) are exact, as `known_name` takes them.
    """
    names = tuple(names)
    if isinstance(value, str) and value not in names:
        folded = value.casefold()
        return next((name for name in names if name.casefold() == folded), None) or known_name(value, names, what, hint=hint)
    return known_name(value, names, what, hint=hint)


def nearest(value: Any, names: Iterable[str]) -> str:
    """The end of a message about an unknown name: the nearest known ones, or all if there are few."""
    import difflib  # costs 2 ms at import and is needed by mistakes only

    names = tuple(names)
    like = isinstance(value, str) and len(value) <= _LONGEST
    close = difflib.get_close_matches(value, names, n=3, cutoff=0.6) if like else []
    if close:
        return f"; did you mean {' or '.join(map(repr, close))}?"
    if not names:
        return "; there are none"
    if len(names) <= 20:
        return f"; known are {', '.join(map(repr, names))}"
    return ""


def _range(minimum: float, maximum: float, above: bool, infinite: bool, unit: str) -> str:
    unit = f" {unit}" if unit and unit != OBSERVED else ""
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


def transposed(got: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """A hint for an error on counts of the wrong shape: that their axes are in another order, if that is what is wrong."""
    if got == wanted or sorted(got) != sorted(wanted):
        return ""
    return "; axes of counts are in the order (observable, ..., time): transpose it"

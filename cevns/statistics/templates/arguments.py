"""Checks of the constructors' arguments: names, exponents, and arrays in bins."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._arguments import Array, digits, mapped, real_array, real_number, shown, transposed, unchecked
from ..._immutable import frozen, sealed
from ...errors import InputError

Integers = NDArray[np.int64]
_LARGEST_EXPONENT = 16
LARGEST = 1e50  # counts, their changes, nuisances: squares of products of two stay numbers


def names_of(parameters: Any) -> tuple[str, ...]:
    try:
        if isinstance(parameters, str):
            raise TypeError
        given = tuple(parameters)
    except TypeError:  # an array without axes has __iter__ too
        raise InputError(f"parameters must be names, as ('eps_ee_u',) (got {shown(parameters)})") from None
    names = tuple(map(name_of, given))
    if len(set(names)) < len(names):
        raise InputError(f"parameters must be names, each once (got {shown(names)})")
    return names


def name_of(key: Any) -> str:
    if not isinstance(key, str) or not key:
        raise InputError(f"a name must be a text (got {shown(key)})")
    return key


def terms_of(exponents: ArrayLike, counts: ArrayLike, parameters: int) -> tuple[Integers, Array]:
    """Exponents, each row once, and the sums of the templates that they belong to."""
    powers = real_array(exponents, "exponents", minimum=0.0, maximum=_LARGEST_EXPONENT)
    if powers.ndim != 2 or powers.shape[1] != parameters or not len(powers):
        raise InputError(f"exponents must have the shape (n_terms, {parameters}) (got {powers.shape})")
    if (powers != np.floor(powers)).any():
        raise InputError(f"exponents must be integers (got {digits(float(powers[powers != np.floor(powers)][0]))})")
    values = real_array(counts, "counts")
    if values.ndim < 2 or values.shape[0] != powers.shape[0] or not values.size:
        raise InputError(
            f"counts must have the shape ({powers.shape[0]}, *bins) of a template for each term (got {values.shape})"
        )
    rows = [tuple(row) for row in powers.astype(np.int64).tolist()]
    kept = list(dict.fromkeys(rows))
    if len(kept) < len(rows):
        added = np.zeros((len(kept), *values.shape[1:]))
        for row, template in zip(rows, values, strict=True):
            added[kept.index(row)] += template
        values = added
    return sealed(np.array(kept, dtype=np.int64)), frozen(values)


def binned(values: ArrayLike, name: str, bins: tuple[int, ...], *, broadcast: bool = False) -> Array:
    array = real_array(values, name, minimum=-LARGEST, maximum=LARGEST)
    if broadcast and array.shape != bins:
        try:
            array = np.broadcast_to(array, bins)
        except ValueError:
            raise InputError(
                f"{name} must broadcast to the shape {bins} of the bins (got {array.shape}){transposed(array.shape, bins)}"
            ) from None
    if array.shape != bins:
        raise InputError(f"{name} must have the shape {bins} of the bins (got {array.shape}){transposed(array.shape, bins)}")
    return frozen(array)


def variance_of(variance: ArrayLike, bins: tuple[int, ...]) -> Array:
    array = np.array(unchecked(variance, "variance"))
    if array.shape != bins:
        raise InputError(f"variance must have the shape {bins} of the bins (got {array.shape})")
    real_array(array[~np.isnan(array)], "variance", minimum=1 / LARGEST, maximum=LARGEST**2)
    return frozen(array)


def limits_of(pair: Any, nuisance: str, mean: float) -> tuple[float, float]:
    """The limits of a nuisance: (low, high) with its mean between them; −inf and inf for None."""
    try:
        lower, upper = pair
    except (TypeError, ValueError):
        raise InputError(f"limits of {nuisance!r} must be (lower, upper) (got {shown(pair)})") from None
    low = -math.inf if lower is None else real_number(lower, f"lower limit of {nuisance!r}", infinite=True)
    if low == math.inf:
        raise InputError(f"lower limit of {nuisance!r} must be < inf (got inf)")
    high = math.inf if upper is None else real_number(upper, f"upper limit of {nuisance!r}", infinite=True)
    if not (low <= mean <= high and low < high):
        raise InputError(
            f"nuisance {nuisance!r} needs lower <= mean <= upper and lower < upper "
            f"(got {digits(low)}, {digits(mean)}, {digits(high)})"
        )
    return low, high


def mapping_of(values: Any, name: str) -> Mapping[str, Any]:
    if values is None:
        return {}
    values = mapped(values)
    if not isinstance(values, Mapping):
        raise InputError(f"{name} must map names to values (got {shown(values)})")
    return values

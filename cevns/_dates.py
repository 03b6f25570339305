"""Dates and time spans of other libraries: how many seconds lie between them.

NumPy's datetime64 and timedelta64, Python's datetime, pandas' indices and astropy's Time are taken where a time is meant. Dates
become the time since the first of them. NumPy's dates know no leap seconds, and a day has 86 400 s.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SPANS = {
    "ns": np.timedelta64(1, "ns"),
    "μs": np.timedelta64(1, "us"),
    "s": np.timedelta64(1, "s"),
    "d": np.timedelta64(86_400, "s"),
    "yr": np.timedelta64(31_557_600, "s"),  # Julian
}


def plain(values: Any) -> Any:
    """The values of astropy's Time and TimeDelta and of pandas' scalars as NumPy's; others as they are."""
    kind = type(values)
    if kind.__module__.startswith("astropy.time"):
        if kind.__name__ == "TimeDelta":
            return np.asarray(np.round(np.multiply(values.to_value("sec"), 1e9)), dtype="timedelta64[ns]")
        return values.utc.datetime64
    if kind.__module__.startswith("pandas") and getattr(getattr(values, "dtype", None), "tz", None) is not None:
        return values.to_numpy(dtype="datetime64[ns]")  # in UTC
    return values


def spans(array: NDArray[Any], unit: str) -> NDArray[Any] | None:
    """Time spans in a unit of time, as float64; None for what is no time span, or no unit of time."""
    if unit not in _SPANS:
        return None
    if array.dtype.kind == "O" and array.size and all(isinstance(value, timedelta) for value in array.flat):
        array = array.astype("timedelta64[us]")
    if array.dtype.kind != "m" or np.isnat(array).any():
        return None
    try:
        return np.asarray(array / _SPANS[unit])
    except TypeError:  # months and years of NumPy have no length
        return None


def since(array: NDArray[Any], unit: str, origin: str) -> NDArray[Any] | None:
    """Dates in a unit of time after the first, or the beginning of its year, as float64; None for what is no list of dates."""
    if array.ndim != 1 or not array.size:
        return None
    if array.dtype.kind == "M" and not np.isnat(array).any():
        return spans(array - (array[0].astype("datetime64[Y]") if origin == "year" else array[0]), unit)
    if array.dtype.kind == "O" and all(isinstance(value, date) for value in array):
        first = array[0]
        if origin == "year":
            midnight = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0} if isinstance(first, datetime) else {}
            first = first.replace(month=1, day=1, **midnight)
        try:
            return spans(np.array([value - first for value in array], dtype=object), unit)
        except TypeError:  # some with a time zone and some without, or with an hour and without
            return None
    return None

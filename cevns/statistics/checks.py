"""Checks of the arguments of statistical functions, beyond numbers and names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .._arguments import Array, digits, mapped, real_array, real_number, shown
from ..errors import InputError

_SMALLEST = 1e-150  # of standard deviations: the inverse of a square is a number


def of_kind(value: Any, name: str, kind: type) -> None:
    """Refuse an argument that is not of a class of this package."""
    if not isinstance(value, kind):
        raise InputError(f"{name} must be a cevns.statistics.{kind.__name__} (got {shown(value)})")


def model_of(value: Any, *needed: str) -> None:
    """Refuse what does not have what is needed of a model."""
    for attribute in ("nuisances", "shape", "counts", *needed):
        if isinstance(value, type) or not hasattr(value, attribute):
            raise InputError(f"model must be a cevns.statistics.Model (got {shown(value)})")


def whole(value: Any, name: str, *, minimum: int = 1, maximum: float = np.inf) -> int:
    """An integer."""
    number = real_number(value, name, minimum=minimum, maximum=maximum)
    if number != int(number):
        raise InputError(f"{name} must be an integer (got {shown(value)})")
    return int(number)


def mapping(value: Any, name: str, example: str) -> Mapping[Any, Any]:
    """A mapping; empty for None."""
    if value is None:
        return {}
    value = mapped(value)
    if not isinstance(value, Mapping):
        raise InputError(f"{name}, as {example} (got {shown(value)})")
    return value


def deviation(values: Any, name: str) -> Array:
    """Standard deviations, > 0; inf for what is free."""
    sigma = real_array(values, name, minimum=0.0, above=True, infinite=True)
    if sigma.size and sigma.min() < _SMALLEST:
        raise InputError(f"{name} must be >= {_SMALLEST:g} (got {digits(sigma.min())})")
    return sigma


def limit(value: Any, name: str) -> float:
    """A number, or ± infinity."""
    if isinstance(value, float | int | np.floating) and value == -np.inf:
        return -np.inf
    return real_number(value, name, infinite=True)

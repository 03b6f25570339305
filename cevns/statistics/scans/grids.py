"""The points of a scan: axes that increase, and the coordinates of points by their number, the last axis fastest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..._arguments import Array, check_increasing, digits, mapped, real_array, real_number, shown
from ..._immutable import sealed
from ...errors import InputError


def checked_grids(grids: Any) -> dict[str, Array]:
    """Axes by name, each a copy that cannot be changed; or an `InputError`."""
    grids = mapped(grids)
    if not isinstance(grids, Mapping) or not grids:
        raise InputError(f"grids must map names of parameters to their values, at least one (got {shown(grids)})")
    return {_name(name): axis(values, f"grid of {name!r}") for name, values in grids.items()}


def axis(values: Any, what: str) -> Array:
    """Increasing finite values (n,), n ≥ 1, that cannot be changed."""
    array = np.array(real_array(values, what), dtype=np.float64)
    if array.ndim != 1 or not array.size:
        raise InputError(f"{what} must be a list of values, at least one (got shape {array.shape})")
    check_increasing(array, what)
    return sealed(array)


def checked_ranges(profile: Any, grids: Mapping[str, Array]) -> dict[str, tuple[float, float]]:
    """Name → (low, high) of the parameters over which χ² is made smallest."""
    if profile is None:
        return {}
    if isinstance(profile, bool):
        raise InputError(
            "profile must map names of parameters to (low, high); nuisances of templates are profiled or fixed by their "
            f"likelihood: functools.partial(templates.likelihood, profile={profile})"
        )
    profile = mapped(profile)
    if not isinstance(profile, Mapping):
        raise InputError(f"profile must map names of parameters to (low, high) (got {shown(profile)})")
    ranges = {}
    for name, pair in profile.items():
        if _name(name) in grids:
            raise InputError(f"parameter {name!r} has a grid, and cannot be profiled too")
        try:
            low, high = pair
        except (TypeError, ValueError):
            raise InputError(f"profile of {name!r} must be (low, high) (got {shown(pair)})") from None
        low, high = real_number(low, f"profile of {name!r}"), real_number(high, f"profile of {name!r}")
        if not low < high:
            raise InputError(f"profile of {name!r} must increase (got {digits(low)} and {digits(high)})")
        ranges[name] = (low, high)
    return ranges


def coordinates(grids: Mapping[str, Array], first: int, last: int) -> dict[str, Array]:
    """Values (last − first,) of every parameter at the points of these numbers."""
    shape = tuple(values.size for values in grids.values())
    places = np.unravel_index(np.arange(first, last), shape)
    return {name: values[place] for (name, values), place in zip(grids.items(), places, strict=True)}


def told(point: Mapping[str, Any]) -> str:
    """A point in words."""
    return ", ".join(f"{name}={np.asarray(value).item():.10g}" for name, value in point.items())


def geometric(values: Array) -> bool:
    """Whether an axis has equal factors between its values, and not equal steps."""
    if values.size < 3 or values[0] <= 0:
        return False
    steps = np.diff(np.log(values))
    even = float(np.ptp(steps)) <= 1e-6 * float(steps.max())
    return even and values[-1] > values[0] * (1 + 1e-3)


def along(values: Array) -> Array:
    """The axis on which a likelihood is interpolated: logarithms of a geometric one."""
    return np.log(values) if geometric(values) else values


def number_of_points(grids: Mapping[str, Array]) -> int:
    """The number of points that the axes span."""
    return math.prod(values.size for values in grids.values())


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name:
        raise InputError(f"names of parameters must be text (got {shown(name)})")
    return name

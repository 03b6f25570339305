"""Checks of what a result of a scan is made of, and is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..._arguments import Array, mapped, real_array, real_number, shown
from ..._immutable import sealed
from ...errors import InputError


def checked_settings(settings: Any) -> dict[str, Any]:
    """Settings as JSON gives them back."""
    if settings is None:
        return {}
    settings = mapped(settings)
    if not isinstance(settings, Mapping):
        raise InputError(f"settings must be a mapping (got {shown(settings)})")
    try:
        kept: dict[str, Any] = json.loads(json.dumps(dict(settings), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise InputError(f"settings must be what JSON can write: {error}") from None
    return kept


def shaped(values: ArrayLike, shape: tuple[int, ...], what: str) -> Array:
    """A copy that cannot be changed, of the shape of the axes."""
    array = np.array(values, dtype=np.float64)
    if array.shape != shape:
        raise InputError(f"{what} must have the shape {shape} of the axes (got {array.shape})")
    return sealed(array)


def places(values: Any, what: str) -> Array:
    """Real numbers, nan where there is none."""
    array = np.asarray(values)
    if array.dtype.kind not in "fiu":
        raise InputError(f"{what} must be real numbers (got {array.dtype})")
    out = array.astype(np.float64)
    real_array(out[~np.isnan(out)], what)
    return out


def integer(dof: Any) -> int:
    """A number of parameters: an integer from 1 to a million."""
    number = real_number(dof, "dof", minimum=1.0, maximum=1e6)
    if isinstance(dof, bool) or number != int(number):
        raise InputError(f"dof must be an integer >= 1 (got {shown(dof)})")
    return int(number)


def ends(grid: Array) -> str:
    """The first and last value of an axis, in words."""
    return f"{grid[0]:g} to {grid[-1]:g}"


def sizes_of(dims: tuple[str, ...], shape: tuple[int, ...]) -> str:
    """Axes and their sizes, in words."""
    sizes = [f"{name} ({size})" for name, size in zip(dims, shape, strict=True)]
    return f"{', '.join(sizes[:-1])} and {sizes[-1]}" if len(sizes) > 1 else "".join(sizes) or "a point"


def now() -> str:
    """The time, as files have it."""
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds")

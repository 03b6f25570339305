"""Shapes of backgrounds in the observable: what they have in each bin, as exact integrals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from .._arguments import Array, real_number
from ..errors import InputError


def flat(edges: Array) -> Array:
    """The same everywhere."""
    return _share(np.diff(edges))


def exponential(edges: Array, *, length: float) -> Array:
    """e^(−x/length).

    Parameters
    ----------
    edges : ndarray (m + 1,)
        Edges of the bins.
    length : float
        > 0, in the unit of the edges.

    Raises
    ------
    InputError
        For a length that is not > 0.
    """
    scale = real_number(length, "length", minimum=0.0, above=True)
    with np.errstate(over="ignore"):
        low = (edges[:-1] - edges[0]) / scale
        return _share(np.exp(-low) * -np.expm1(-np.diff(edges) / scale))


def peaks(edges: Array, *, centers: list[float], widths: list[float], weights: list[float] | None = None) -> Array:
    """Gaussian peaks.

    Parameters
    ----------
    edges : ndarray (m + 1,)
        Edges of the bins.
    centers, widths : list of float
        Middle and standard deviation, > 0, of each, in the unit of the edges.
    weights : list of float, optional
        Weight of each, ≥ 0, in and outside the bins; alike by default.

    Raises
    ------
    InputError
        For a width that is not > 0, lists of different lengths, peaks that are outside the bins.
    """
    numbers = [1.0] * len(centers) if weights is None else weights
    if not centers or not len(centers) == len(widths) == len(numbers):
        raise InputError(
            f"peaks need as many widths and weights as centers (got {len(centers)}, {len(widths)}, {len(numbers)})"
        )
    counts = np.zeros(edges.size - 1)
    for center, width, weight in zip(centers, widths, numbers, strict=True):
        middle = real_number(center, "center of a peak")
        sigma = real_number(width, "width of a peak", minimum=0.0, above=True)
        below = [0.5 * math.erfc(-(x - middle) / (math.sqrt(2) * sigma)) for x in edges.tolist()]
        counts += real_number(weight, "weight of a peak", minimum=0.0) * np.diff(below)
    return _share(counts)


def _share(counts: Array) -> Array:
    """What is in the bins, normalised to one."""
    total = float(counts.sum())
    if not 0.0 < total < math.inf:
        raise InputError("a background has nothing in the bins")
    return np.asarray(counts / total)


SHAPES: Mapping[str, Callable[..., Array]] = MappingProxyType({"flat": flat, "exponential": exponential, "peaks": peaks})

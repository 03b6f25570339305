"""The minimum of a cost by a few steps of Newton's: what profiles and toys ask for thousands of times.

The first steps use the curvature that is expected on average (Fisher's scoring): it is positive, and finds a norm in one step.
Then the full curvature doubles the digits from step to step; where it is not positive, the expected one stands in. A step that
does not descend is halved. Limits are kept by holding at them the parameters that would pass.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._arguments import Array, digits, known_name, real_number, shown
from ..errors import InputError
from .checks import mapping
from .likelihoods import LEAST
from .minimum import Minimum

CLOSE = 1e-9  # of χ²: what the last step may still change
_STEPS = 200
_SCORING = 2  # steps with the expected curvature


@runtime_checkable
class Minimizable(Protocol):
    """The properties of a `cevns.statistics.Cost` that a minimum needs."""

    @property
    def parameters(self) -> tuple[str, ...]: ...
    @property
    def limits(self) -> tuple[tuple[float, float], ...]: ...
    @property
    def start(self) -> Array: ...
    @property
    def kind(self) -> str: ...
    def values(self, theta: ArrayLike | Mapping[str, float]) -> Array: ...
    def _value(self, theta: Array, least: float = 0.0) -> float: ...
    def _expanded(self, theta: Array, curvature: str = "none", least: float = 0.0) -> tuple[Array, Array]: ...


def minimize(
    cost: Minimizable, start: ArrayLike | Mapping[str, float] | None = None, *, fixed: Mapping[str, float] | None = None
) -> Minimum:
    """The minimum of a cost, without errors and in NumPy alone; see `fit` for one with errors.

    Parameters
    ----------
    cost : Cost
        The χ² to minimize.
    start : array_like or mapping, optional
        Where to begin; at the means by default.
    fixed : mapping, optional
        Parameter → value at which it stays.

    Raises
    ------
    InputError, UnknownNameError
        For unknown parameters, or values outside their limits.

    Examples
    --------
    >>> from cevns.statistics import Cost, Model, Sample, minimize
    >>> model = Model([Sample("signal", [10.0], norm="mu"), Sample("background", [3.0])])
    >>> round(minimize(Cost(model, [8]))["mu"], 6)
    0.5
    """
    theta, free = prepare(cost, start, fixed)
    theta, value, converged = newton(cost, theta, free)
    return Minimum(cost.parameters, tuple(theta.tolist()), value, converged)


def prepare(
    cost: Minimizable,
    start: ArrayLike | Mapping[str, float] | None,
    fixed: Mapping[str, float] | None,
    limits: tuple[tuple[float, float], ...] | None = None,
) -> tuple[Array, NDArray[np.bool_]]:
    """Where to begin, and which parameters are free; limits, if given, are in place of those of the cost."""
    if not isinstance(cost, Minimizable):
        raise InputError(f"cost must be a cevns.statistics.Cost (got {shown(cost)})")
    theta = cost.start if start is None else np.array(cost.values(start))
    free = np.ones(theta.size, dtype=bool)
    names = cost.parameters
    for name, value in mapping(fixed, "fixed must map parameters to values", "{'mu': 0.0}").items():
        i = names.index(known_name(name, names, "parameter"))
        theta[i] = real_number(value, f"parameter {name!r}")
        free[i] = False
    for name, x, (lower, upper) in zip(names, theta.tolist(), limits or cost.limits, strict=True):
        if not lower <= x <= upper:
            raise InputError(f"parameter {name!r} must be >= {lower:g} and <= {upper:g} (got {digits(x)})")
    return theta, free


def newton(
    cost: Minimizable, theta: Array, free: NDArray[np.bool_], limits: tuple[tuple[float, float], ...] | None = None
) -> tuple[Array, float, bool]:
    """The minimum over the free parameters: where, χ² there, and whether it has been reached."""
    lower, upper = np.array(cost.limits if limits is None else limits).reshape(-1, 2).T
    theta = theta.copy()
    if not free.any():
        return theta, cost._value(theta), True
    if cost.kind == "poisson" and not math.isfinite(cost._value(theta)):
        # impossible: counts are observed where none are expected. Parabolas in place of logarithms lead to where some are
        for least in LEAST:
            theta = _descend(cost, theta, free, lower, upper, least)[0]
            if math.isfinite(cost._value(theta)):
                break
    return _descend(cost, theta, free, lower, upper, 0.0)


def _descend(
    cost: Minimizable, theta: Array, free: NDArray[np.bool_], lower: Array, upper: Array, least: float
) -> tuple[Array, float, bool]:
    value = cost._value(theta, least)
    full = False
    for count in range(_STEPS):
        full = full or count == _SCORING
        gradient, curvature = cost._expanded(theta, "full" if full else "expected", least)
        if not (np.isfinite(gradient).all() and np.isfinite(curvature).all()):
            return theta, value, False
        step = _step(gradient, curvature, free, theta, lower, upper, full)
        if step is None:
            gradient, curvature = cost._expanded(theta, "expected", least)
            step = _step(gradient, curvature, free, theta, lower, upper, False)
            full = False
        assert step is not None
        gain = -float(gradient @ step)
        if gain <= CLOSE:
            return theta, value, bool(np.isfinite(value))
        size, reached = _room(theta, step, lower, upper)
        for _ in range(50):
            trial = theta + size * step
            if reached is not None:
                trial[reached] = lower[reached] if step[reached] < 0 else upper[reached]
            trial = np.clip(trial, lower, upper)
            found = cost._value(trial, least)
            if found <= value - 1e-4 * size * gain:
                break
            size, reached = size / 2, None
        else:
            if full and gain > 1e-6:  # once more with the expected curvature
                full = False
                continue
            # rounding, or a kink where a bin has become empty
            return theta, value, gain < 1e-4
        theta, value, full = trial, found, full or count >= _SCORING
    return theta, value, False


def _step(
    gradient: Array, curvature: Array, free: NDArray[np.bool_], theta: Array, lower: Array, upper: Array, strict: bool
) -> Array | None:
    """Newton's step of the parameters that are not held by a limit; None, if strict, where the curvature is not positive."""
    low, high = theta <= lower, theta >= upper
    moving = free & ~(low & (gradient > 0)) & ~(high & (gradient < 0))
    step = np.zeros(theta.size)
    while moving.any():
        index = np.flatnonzero(moving)
        block = curvature[np.ix_(index, index)]
        diagonal = np.diagonal(block)
        if strict and not diagonal.min() > 0:
            return None
        scale = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))  # a parameter that changes nothing stays
        block = block / scale[:, None] / scale
        try:
            root = np.linalg.cholesky(block)
            step[index] = -np.linalg.solve(root.T, np.linalg.solve(root, gradient[index] / scale)) / scale
        except np.linalg.LinAlgError:
            if strict:
                return None
            # parameters that do the same, or nothing: the shortest step
            step[index] = -np.linalg.lstsq(block, gradient[index] / scale, rcond=1e-12)[0] / scale
        outward = moving & ((low & (step < 0)) | (high & (step > 0)))
        if not outward.any():
            break
        moving &= ~outward
        step[:] = 0.0
    return step


def _room(theta: Array, step: Array, lower: Array, upper: Array) -> tuple[float, Any]:
    """The largest part of a step, at most 1, that passes no limit, and the parameter that stops it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(step < 0, (lower - theta) / step, np.where(step > 0, (upper - theta) / step, np.inf))
    first = int(np.argmin(parts))
    return (float(parts[first]), first) if parts[first] < 1 else (1.0, None)

"""The best of many points: samples spread far, then searches with the gradient."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..._arguments import Array
from ..._texts import of_fields

SAMPLES = 2000
_SEARCHES = 12
_IMPOSSIBLE = 1e30  # stands for an infinite χ², of which no line search can think


def spread(random: np.random.Generator, scales: Array) -> Array:
    """Values of either sign from a hundredth to ten times the scales."""
    return random.choice([-1.0, 1.0], scales.shape) * scales * 10.0 ** random.uniform(-2.0, 1.0, scales.shape)


@dataclass(frozen=True)
class Space:
    """Where parameters may be, and what they are searched in.

    Parameters
    ----------
    low, high : array (n_parameters,)
        Ends of each parameter's range.
    logarithm : array (n_parameters,) of bool
        Mask of the parameters that are searched in their logarithms.
    """

    low: Array
    high: Array
    logarithm: NDArray[np.bool_]

    __repr__ = of_fields


def lowest(
    chi2: Callable[[Array], Array],
    slopes: Callable[[Array], tuple[float, Array]],
    space: Space,
    samples: tuple[Array, Array],
    theta: Array,
    free: NDArray[np.bool_],
) -> Array:
    """The point of the least χ² over the free parameters, others as in theta.

    Parameters
    ----------
    chi2 : callable
        Points (n, n_parameters) → χ² (n,).
    slopes : callable
        Point (n_parameters,) → χ² and its derivatives (n_parameters,).
    space : Space
        Space of all parameters.
    samples : tuple of array (n, n_parameters)
        Points where a minimum may be near, and by how much each parameter must change to matter there.
    theta : array (n_parameters,)
        A further point, and the values of what is not free.
    free : array (n_parameters,) of bool
        Mask of the free parameters.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped,unused-ignore]

    points, scales = samples[0].copy(), samples[1]
    points[0] = theta
    points[:, ~free] = theta[~free]
    begins: list[int] = []
    for index in np.argsort(chi2(points), kind="stable").tolist():
        if all(np.abs((points[index] - points[other]) / scales[index])[free].max() > 0.1 for other in begins):
            begins.append(index)
        if len(begins) == _SEARCHES:
            break

    def whole(x: Array) -> Array:
        out = np.zeros(theta.size)
        out[free] = x
        return out

    low, high, logarithm = space.low, space.high, space.logarithm
    best, least = theta, math.inf
    for begin in begins:
        scale = scales[begin]

        def point(x: Array, scale: Array = scale) -> Array:
            at = theta.copy()
            at[free] = np.where(logarithm, np.exp(np.where(logarithm, whole(x), 0.0)), whole(x) * scale)[free]
            return np.clip(at, low, high)

        def function(x: Array, scale: Array = scale) -> tuple[float, Array]:
            at = point(x, scale)
            value, slope = slopes(at)
            if not math.isfinite(value):
                return _IMPOSSIBLE, np.zeros(x.size)
            return value, (slope * np.where(logarithm, at, scale))[free]

        def coordinate(at: Array, scale: Array = scale) -> Array:
            return np.where(logarithm, np.log(np.where(logarithm, at, 1.0)), at / scale)[free]

        bounds = list(zip(coordinate(low), coordinate(high), strict=True))
        options = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 500, "maxcor": 20}
        found = minimize(function, coordinate(points[begin]), jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        if found.fun < least:
            least, best = float(found.fun), point(found.x)
    return best
